-- TO_CHAR, TO_DATE, TO_TIMESTAMP[_TZ]: date format models.
--
-- Writing: the model is translated once (and folded when it is a constant) to a PostgreSQL template, whose C code does the
-- work; what PostgreSQL does not know is a control character in the template that is replaced afterwards.
-- Reading: a parser with Oracle's leniency and Oracle's errors.

CREATE FUNCTION oracle.format_tokens(fmt text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    tokens text[];
    token text;
    result text[] := '{}';
BEGIN
    SELECT array_agg(m[1]) INTO tokens FROM regexp_matches(fmt,
        '("[^"]*"|FM|FX|SYYYY|SYEAR|YEAR|YYYY|Y,YYY|YYY|YY|RRRR|RR|IYYY|IYY|IY|SCC|CC|B\.C\.|A\.D\.|BC|AD|A\.M\.|P\.M\.|AM|PM'
        '|MONTH|MON|MM|MI|RM|IW|WW|W|DDD|DD|DAY|DY|DL|DS|D|HH24|HH12|HH|SSSSS|SS|FF[1-9]|FF|TZH|TZM|TZR|TZD|TS'
        '|SPTH|THSP|SP|TH|X|Y|I|Q|J|EE|E|[^[:alnum:]"]+|.)', 'gi') AS m;
    IF array_to_string(tokens, '') <> fmt THEN
        RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '1821|date format not recognized';
    END IF;
    FOREACH token IN ARRAY coalesce(tokens, '{}') LOOP
        IF token ~* '^(ds)$' THEN
            result := result || ARRAY['fm', 'MM', '/', 'DD', '/', 'RRRR', 'fm'];
        ELSIF token ~* '^(dl)$' THEN
            result := result || ARRAY['fm', 'Day', ', ', 'Month', ' ', 'DD', ', ', 'YYYY', 'fm'];
        ELSIF token ~* '^(ts)$' THEN
            result := result || ARRAY['fm', 'HH', ':', 'fm', 'MI', ':', 'SS', ' ', 'AM'];
        ELSIF token ~* '^([acefghklmnorstuvzbp]|[0-9])$' OR token = '"' THEN
            RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '1821|date format not recognized';
        ELSE
            result := result || token;
        END IF;
    END LOOP;
    RETURN result;
END
$$;

-- Numbers in words, as YEAR and the suffixes SP and SPTH write them.
CREATE FUNCTION oracle.number_words(n int) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    small constant text[] := ARRAY['ONE', 'TWO', 'THREE', 'FOUR', 'FIVE', 'SIX', 'SEVEN', 'EIGHT', 'NINE', 'TEN', 'ELEVEN', 'TWELVE', 'THIRTEEN',
        'FOURTEEN', 'FIFTEEN', 'SIXTEEN', 'SEVENTEEN', 'EIGHTEEN', 'NINETEEN'];
    tens constant text[] := ARRAY['TEN', 'TWENTY', 'THIRTY', 'FORTY', 'FIFTY', 'SIXTY', 'SEVENTY', 'EIGHTY', 'NINETY'];
BEGIN
    RETURN CASE
        WHEN n = 0 THEN 'ZERO'
        WHEN n < 20 THEN small[n]
        WHEN n < 100 THEN tens[n / 10] || CASE WHEN n % 10 > 0 THEN '-' || small[n % 10] ELSE '' END
        WHEN n < 1000 THEN small[n / 100] || ' HUNDRED' || CASE WHEN n % 100 > 0 THEN ' ' || oracle.number_words(n % 100) ELSE '' END
        WHEN n < 1000000 THEN oracle.number_words(n / 1000) || ' THOUSAND' || CASE WHEN n % 1000 > 0 THEN ' ' || oracle.number_words(n % 1000) ELSE '' END
        ELSE oracle.number_words(n / 1000000) || ' MILLION' || CASE WHEN n % 1000000 > 0 THEN ' ' || oracle.number_words(n % 1000000) ELSE '' END END;
END
$$;
CREATE FUNCTION oracle.year_words(n int) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE WHEN $1 >= 1000 AND $1 % 1000 > 99 OR ($1 >= 1000 AND $1 % 1000 BETWEEN 10 AND 99) THEN oracle.number_words($1 / 100)
                    || ' ' || CASE WHEN $1 % 100 = 0 THEN 'HUNDRED' ELSE oracle.number_words($1 % 100) END
                ELSE oracle.number_words($1) END;
CREATE FUNCTION oracle.ordinal_words(words text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE WHEN $1 LIKE '%ONE' THEN "left"($1, -3) || 'FIRST' WHEN $1 LIKE '%TWO' THEN "left"($1, -3) || 'SECOND' WHEN $1 LIKE '%THREE' THEN "left"($1, -5) || 'THIRD'
                WHEN $1 LIKE '%FIVE' THEN "left"($1, -4) || 'FIFTH' WHEN $1 LIKE '%EIGHT' THEN $1 || 'H' WHEN $1 LIKE '%NINE' THEN "left"($1, -4) || 'NINTH'
                WHEN $1 LIKE '%TWELVE' THEN "left"($1, -6) || 'TWELFTH' WHEN $1 LIKE '%Y' THEN "left"($1, -1) || 'IETH' ELSE $1 || 'TH' END;
-- Between control characters 14 and 15: case (U, I, L), kind (Y year, T ordinal, - cardinal) and the number to spell.
CREATE FUNCTION oracle.spelled(s text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    m text[];
    words text;
BEGIN
    LOOP
        m := regexp_match(s, E'\x0E(.)(.)([ 0-9,]+)\x0F');
        EXIT WHEN m IS NULL;
        words := CASE m[2] WHEN 'Y' THEN oracle.year_words(translate(m[3], ' ,', '')::int) ELSE oracle.number_words(translate(m[3], ' ,', '')::int) END;
        words := CASE m[2] WHEN 'T' THEN oracle.ordinal_words(words) ELSE words END;
        words := CASE m[1] WHEN 'L' THEN lower(words) WHEN 'I' THEN initcap(words) ELSE words END;
        s := regexp_replace(s, E'\x0E[^\x0F]*\x0F', words);
    END LOOP;
    RETURN s;
END
$$;

-- A PostgreSQL template. kind: D (DATE), T (TIMESTAMP), Z (with time zone).
-- Placeholders: 1 fraction (with FF the digits of the value), 2 TZH, 3 TZM, 4 TZR, 5 sign of a year, 6 TZD.
CREATE FUNCTION oracle.pg_template(fmt text, kind text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    token text;
    t text;
    fill text := '';
    result text := '';
    before text := '';  -- without the last element
    latest text := '';
    fraction text;
BEGIN
    IF fmt IS NULL THEN
        RETURN NULL;
    END IF;
    FOREACH token IN ARRAY oracle.format_tokens(fmt) LOOP
        t := upper(token);
        IF t NOT IN ('TH', 'SP', 'SPTH', 'THSP') THEN
            before := result;
            latest := token;
        END IF;
        IF t ~ '^FF' THEN
            IF fraction <> t THEN
                RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '3001|unimplemented feature: FF elements of different lengths (flext-oracle-emulator)';
            END IF;
            fraction := t;
        END IF;
        IF left(t, 1) = '"' THEN
            result := result || replace(token, '\', '\\');
        ELSIF t !~ '[A-Z]' THEN
            result := result || '"' || replace(token, '\', '\\') || '"';
        ELSIF t = 'FM' THEN
            fill := CASE fill WHEN '' THEN 'FM' ELSE '' END;
        ELSIF t = 'FX' THEN
            NULL;
        ELSIF t ~ '^FF' OR t LIKE 'TZ_' THEN
            IF kind = 'D' OR (kind = 'T' AND t IN ('TZH', 'TZM', 'TZD')) THEN
                RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '1821|date format not recognized';
            END IF;
            result := result || CASE t WHEN 'TZH' THEN E'"\x02"' WHEN 'TZM' THEN E'"\x03"' WHEN 'TZR' THEN E'"\x04"' WHEN 'TZD' THEN E'"\x06"'
                ELSE E'"\x01"' END;
        ELSIF t = 'X' THEN
            result := result || '"."';
        ELSIF t IN ('TH', 'SP', 'SPTH', 'THSP') THEN
            IF right(result, 2) <> '""' OR upper(latest) ~ '^(MON|MONTH|DAY|DY|RM|AM|PM|AD|BC|FM|FX)$' THEN
                RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '1822|era format code is not valid with this calendar';
            END IF;
            IF t = 'TH' THEN
                result := left(result, -2) || token || '""';
            ELSE
                result := before || E'"\x0E' || CASE WHEN substr(latest, 1, 1) = lower(substr(latest, 1, 1)) THEN 'L'
                    WHEN substr(latest, 2, 1) = lower(substr(latest, 2, 1)) THEN 'I' ELSE 'U' END || CASE WHEN t = 'SP' THEN '-' ELSE 'T' END
                    || '"FM' || CASE upper(latest) WHEN 'RR' THEN 'YY' WHEN 'RRRR' THEN 'YYYY' WHEN 'SSSSS' THEN 'SSSS' ELSE upper(latest) END || E'"\x0F"""';
            END IF;
        ELSIF t IN ('YEAR', 'SYEAR') THEN
            result := result || CASE t WHEN 'SYEAR' THEN E'"\x05"' ELSE '' END || E'"\x0E' || CASE WHEN substr(token, 1, 1) = lower(substr(token, 1, 1)) THEN 'L'
                WHEN substr(token, 2, 1) = lower(substr(token, 2, 1)) THEN 'I' ELSE 'U' END || E'Y"FMYYYY"\x0F"';
        ELSIF t IN ('E', 'EE') THEN
            RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '3001|unimplemented feature: date format element ' || t;
        ELSIF t IN ('SYYYY', 'SCC') THEN
            result := result || E'"\x05"' || fill || substr(t, 2) || '""';
        ELSIF t IN ('MONTH', 'MON', 'DAY', 'DY', 'RM') THEN
            result := result || fill || CASE WHEN substr(token, 1, 1) = lower(substr(token, 1, 1)) THEN lower(t)
                WHEN t <> 'RM' AND substr(token, 2, 1) = lower(substr(token, 2, 1)) THEN initcap(t) ELSE t END || '""';
        ELSIF t IN ('AM', 'PM', 'A.M.', 'P.M.', 'AD', 'BC', 'A.D.', 'B.C.') THEN
            result := result || CASE WHEN substr(token, 1, 1) = lower(substr(token, 1, 1)) THEN lower(t) ELSE t END || '""';
        ELSE
            result := result || fill || CASE t WHEN 'RR' THEN 'YY' WHEN 'RRRR' THEN 'YYYY' WHEN 'SSSSS' THEN 'SSSS' ELSE t END || '""';
        END IF;
    END LOOP;
    RETURN result;
END
$$;
-- Digits of FF in a model; 0 when it has none or a plain FF.
CREATE FUNCTION oracle.template_digits(fmt text) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN coalesce(substring(pg_catalog.regexp_replace(upper($1), '"[^"]*"', '', 'g') FROM 'FF([1-9])'), '0')::int;
CREATE FUNCTION oracle.fraction_text(numeric, int) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN "left"(pg_catalog.lpad(oracle.nanoseconds($1)::text, 9, '0'), $2);

-- PostgreSQL calls its to_char STABLE because of the month names of lc_time; ours are always English.
CREATE FUNCTION oracle.format_clock(timestamp, text) RETURNS text LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'timestamp_to_char';
CREATE FUNCTION oracle.format_date(oracle.date, text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN nullif(pg_catalog.replace(oracle.format_clock($1::timestamp, oracle.pg_template($2, 'D')), E'\x05', CASE WHEN $1::timestamp < timestamp '0001-01-01' THEN '-' ELSE ' ' END), '');
CREATE FUNCTION oracle.to_char(oracle.date, text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN strpos(oracle.pg_template($2, 'D'), E'\x0E') > 0 THEN oracle.spelled(oracle.format_date($1, $2)) ELSE oracle.format_date($1, $2) END;
CREATE FUNCTION oracle.format_ts(oracle.ts, text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN nullif(pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(oracle.format_clock(oracle.clock($1::numeric), oracle.pg_template($2, 'T')), E'\x01',
        oracle.fraction_text($1::numeric, CASE WHEN oracle.template_digits($2) > 0 THEN oracle.template_digits($2) ELSE least(scale($1::numeric), 9) END)),
        E'\x05', CASE WHEN $1::numeric < -62135596800 THEN '-' ELSE ' ' END), E'\x04', '+00:00'), '');
CREATE FUNCTION oracle.to_char(oracle.ts, text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN strpos(oracle.pg_template($2, 'T'), E'\x0E') > 0 THEN oracle.spelled(oracle.format_ts($1, $2)) ELSE oracle.format_ts($1, $2) END;
CREATE FUNCTION oracle.tstz_text(x oracle.tstz, template text, digits int) RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    utc numeric := oracle.instant(x);
    code int := oracle.zone_of(x);
    minutes int := oracle.zone_minutes(code, utc);
    result text := oracle.format_clock(oracle.clock(utc + minutes * 60), template);
BEGIN
    IF strpos(result, E'\x01') > 0 THEN
        IF digits = 0 THEN
            digits := CASE WHEN utc = trunc(utc, 6) THEN 6 ELSE 9 END;
        END IF;
        result := replace(result, E'\x01', oracle.fraction_text(utc, digits));
    END IF;
    IF strpos(template, E'\x0E') > 0 THEN
        result := oracle.spelled(result);
    END IF;
    IF strpos(result, E'\x02') > 0 OR strpos(result, E'\x03') > 0 THEN
        result := replace(replace(result, E'\x02', left(oracle.offset_text(minutes), 3)), E'\x03', right(oracle.offset_text(minutes), 2));
    END IF;
    IF strpos(result, E'\x04') > 0 THEN
        result := replace(result, E'\x04', oracle.zone_name(code));
    END IF;
    IF strpos(result, E'\x06') > 0 THEN
        result := replace(result, E'\x06', CASE WHEN code <= 1800 THEN '' ELSE oracle.extract_zone('TIMEZONE_ABBR', x) END);
    END IF;
    RETURN nullif(replace(result, E'\x05', CASE WHEN utc < -62135596800 THEN '-' ELSE ' ' END), '');
END
$$;
CREATE FUNCTION oracle.to_char(oracle.tstz, text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    RETURN oracle.tstz_text($1, oracle.pg_template($2, 'Z'), oracle.template_digits($2));
CREATE FUNCTION oracle.to_char(oracle.tsltz, text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE RETURN oracle.to_char(oracle.to_tstz($1), $2);
CREATE FUNCTION oracle.to_char(oracle.date) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    RETURN oracle.to_char($1, oracle.setting('nls_date_format', 'DD-MON-RR'));
CREATE FUNCTION oracle.to_char(oracle.ts) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    RETURN oracle.to_char($1, oracle.setting('nls_timestamp_format', 'DD-MON-RR HH.MI.SSXFF AM'));
CREATE FUNCTION oracle.to_char(oracle.tstz) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    RETURN oracle.to_char($1, oracle.setting('nls_timestamp_tz_format', 'DD-MON-RR HH.MI.SSXFF AM TZR'));
CREATE FUNCTION oracle.to_char(oracle.tsltz) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE RETURN oracle.to_char(oracle.to_ts($1));
CREATE FUNCTION oracle.to_char(oracle.ids, text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN oracle.to_char($1);
CREATE FUNCTION oracle.to_char(oracle.iym, text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN oracle.to_char($1);
-- The third argument of TO_CHAR: names are English here, and another language is refused rather than ignored.
CREATE FUNCTION oracle.english(text) RETURNS bool LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
BEGIN
    IF $1 ~* 'nls_date_language' AND $1 !~* 'nls_date_language\s*=\s*["'']?(american|english)' THEN
        RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '3001|unimplemented feature: names in the language of ' || $1;
    END IF;
    RETURN true;
END
$$;
CREATE FUNCTION oracle.to_char(oracle.date, text, text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN oracle.english($3) THEN oracle.to_char($1, $2) END;
CREATE FUNCTION oracle.to_char(oracle.ts, text, text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN oracle.english($3) THEN oracle.to_char($1, $2) END;
CREATE FUNCTION oracle.to_char(oracle.tstz, text, text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN oracle.english($3) THEN oracle.to_char($1, $2) END;
CREATE FUNCTION oracle.to_char(oracle.tsltz, text, text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN oracle.english($3) THEN oracle.to_char($1, $2) END;

-- ---------------------------------------------------------------------------------------------------------------- reading
-- The result: seconds of the wall clock (nine decimals) and the zone code if the model has a zone.
CREATE FUNCTION oracle.parse_datetime(s text, tokens text[], kind text, today timestamp, OUT wall numeric, OUT zone int)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    token text;
    t text;
    p int := 1;
    size int := char_length(s);
    exact bool := false;
    m text[];
    digits int;
    n int;
    year int; month int; day int; doy int; julian int; seconds_of_day int;
    hour24 int; hour12 int; minute int; second int; nanos int;
    meridian text; era text; weekday text; tz_hour int; tz_sign int; tz_minute int; region text;
    seen text[] := '{}';
    slot text;
    stamp timestamp;
    months constant text[] := ARRAY['JANUARY', 'FEBRUARY', 'MARCH', 'APRIL', 'MAY', 'JUNE', 'JULY', 'AUGUST', 'SEPTEMBER', 'OCTOBER', 'NOVEMBER', 'DECEMBER'];
    days constant text[] := ARRAY['SUNDAY', 'MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY'];
    problem int := 0;
    rest text;
    skipped bool := false;  -- the model's punctuation before this element is missing
BEGIN
    IF s IS NULL OR tokens IS NULL THEN
        RETURN;
    END IF;
    s := rtrim(s, E' \t\n');
    size := char_length(s);
    IF size = 0 THEN
        PERFORM oracle.fail(1840, 'input value not long enough for date format', s, 0);
    END IF;
    WHILE substr(s, p, 1) = ' ' LOOP
        p := p + 1;
    END LOOP;
    FOR index IN 1 .. cardinality(tokens) LOOP
        token := tokens[index];
        t := upper(token);
        IF t = 'FM' THEN
            CONTINUE;
        ELSIF t = 'FX' THEN
            exact := NOT exact;
            CONTINUE;
        END IF;
        slot := CASE WHEN t IN ('YYYY', 'YYY', 'YY', 'Y', 'Y,YYY', 'SYYYY', 'RR', 'RRRR') THEN 'year'
                     WHEN t IN ('MM', 'MON', 'MONTH', 'RM') THEN 'month' WHEN t = 'DD' THEN 'day' WHEN t = 'DDD' THEN 'doy' WHEN t = 'J' THEN 'julian'
                     WHEN t IN ('HH', 'HH12') THEN 'hour12' WHEN t = 'HH24' THEN 'hour24' WHEN t = 'MI' THEN 'minute' WHEN t = 'SS' THEN 'second'
                     WHEN t = 'SSSSS' THEN 'sssss' WHEN t ~ '^FF' THEN 'fraction' WHEN t IN ('AM', 'PM', 'A.M.', 'P.M.') THEN 'meridian'
                     WHEN t IN ('AD', 'BC', 'A.D.', 'B.C.') THEN 'era' WHEN t IN ('DAY', 'DY') THEN 'weekday'
                     WHEN t = 'TZH' THEN 'tzh' WHEN t = 'TZM' THEN 'tzm' WHEN t = 'TZR' THEN 'tzr' WHEN t = 'TZD' THEN 'tzd' END;
        IF slot IS NOT NULL THEN
            IF slot = ANY (seen) THEN
                PERFORM oracle.fail(1810, 'format code appears twice', s, 0);
            END IF;
            seen := seen || slot;
            IF kind = 'D' AND slot IN ('fraction', 'tzh', 'tzm', 'tzr', 'tzd') OR kind = 'T' AND slot IN ('tzh', 'tzm', 'tzr', 'tzd') THEN
                PERFORM oracle.fail(1821, 'date format not recognized', s, 0);
            END IF;
        ELSIF t ~ '^[A-Z]' AND t <> 'X' THEN
            IF t IN ('TH', 'SP', 'SPTH', 'THSP') THEN
                PERFORM oracle.fail(1822, 'era format code is not valid with this calendar', s, 0);
            END IF;
            PERFORM oracle.fail(1820, 'format code cannot appear in date input format', s, 0);
        END IF;
        IF p > size THEN
            -- The time part may be missing; a date part may not.
            IF slot IN ('year', 'month', 'day', 'doy', 'julian', 'weekday', 'era') THEN
                PERFORM oracle.fail(1840, 'input value not long enough for date format', s, 0);
            END IF;
            CONTINUE;
        END IF;
        rest := substr(s, p);
        IF slot IS NULL AND (t = 'X' OR left(t, 1) <> '"') THEN
            -- Punctuation: any punctuation of the input will do, unless FX.
            IF exact AND t <> 'X' THEN
                IF left(rest, char_length(token)) <> token THEN
                    PERFORM oracle.fail(1861, 'literal does not match format string', s, 0);
                END IF;
                p := p + char_length(token);
            ELSE
                m := regexp_match(rest, '^[^[:alnum:]+-]+|^[^[:alnum:]]');
                IF m IS NULL THEN
                    IF btrim(token) = '' OR rest ~ '^[0-9]' OR t = 'X' THEN
                        skipped := t <> 'X' AND btrim(token) <> '';
                        CONTINUE;  -- may be left out
                    END IF;
                    PERFORM oracle.fail(1861, 'literal does not match format string', s, 0);
                END IF;
                n := char_length(m[1]);
                -- Blanks apart, not more punctuation than the format has.
                IF char_length(replace(m[1], ' ', '')) > char_length(replace(token, ' ', '')) AND btrim(token) <> '' THEN
                    n := char_length(token);
                ELSIF btrim(token) = '' AND btrim(m[1]) <> '' THEN
                    n := char_length((regexp_match(m[1], '^ *.?'))[1]);
                END IF;
                p := p + n;
                WHILE substr(s, p, 1) = ' ' LOOP
                    p := p + 1;
                END LOOP;
            END IF;
            CONTINUE;
        ELSIF left(t, 1) = '"' THEN
            IF left(rest, char_length(token) - 2) <> btrim(token, '"') THEN
                PERFORM oracle.fail(1861, 'literal does not match format string', s, 0);
            END IF;
            p := p + char_length(token) - 2;
            CONTINUE;
        END IF;
        WHILE substr(s, p, 1) = ' ' LOOP
            p := p + 1;
        END LOOP;
        rest := substr(s, p);
        -- Names
        IF t IN ('MON', 'MONTH') OR (t = 'MM' AND rest ~ '^[[:alpha:]]') THEN
            month := NULL;
            FOR i IN 1 .. 12 LOOP
                IF upper(left(rest, char_length(months[i]))) = months[i] THEN
                    month := i;
                    p := p + char_length(months[i]);
                ELSIF upper(left(rest, 3)) = left(months[i], 3) AND (t <> 'MONTH' OR substr(rest, 4, 1) !~ '[[:alpha:]]') THEN
                    month := i;
                    p := p + 3;
                END IF;
                EXIT WHEN month IS NOT NULL;
            END LOOP;
            IF month IS NULL AND skipped THEN
                PERFORM oracle.fail(1861, 'literal does not match format string', s, 0);
            END IF;
            IF month IS NULL AND rest ~ '^[0-9]' THEN  -- a number will do where a name is expected
                m := regexp_match(rest, '^\d{1,2}');
                month := m[1]::int;
                p := p + char_length(m[1]);
            END IF;
            IF month IS NULL OR month NOT BETWEEN 1 AND 12 THEN
                PERFORM oracle.fail(1843, 'not a valid month', s, 0);
            END IF;
            CONTINUE;
        ELSIF t = 'RM' THEN
            m := regexp_match(rest, '^[ivx]+', 'i');
            month := array_position(ARRAY['I', 'II', 'III', 'IV', 'V', 'VI', 'VII', 'VIII', 'IX', 'X', 'XI', 'XII'], upper(m[1]));
            IF month IS NULL THEN
                PERFORM oracle.fail(1843, 'not a valid month', s, 0);
            END IF;
            p := p + char_length(m[1]);
            CONTINUE;
        ELSIF slot = 'weekday' THEN
            n := 0;
            FOR i IN 1 .. 7 LOOP
                IF upper(left(rest, char_length(days[i]))) = days[i] THEN
                    n := char_length(days[i]);
                ELSIF upper(left(rest, 3)) = left(days[i], 3) THEN
                    n := 3;
                END IF;
                IF n > 0 THEN
                    weekday := days[i];
                    EXIT;
                END IF;
            END LOOP;
            IF n = 0 THEN
                PERFORM oracle.fail(1846, 'not a valid day of the week', s, 0);
            END IF;
            p := p + n;
            CONTINUE;
        ELSIF slot = 'meridian' THEN
            m := regexp_match(rest, '^[ap]\.m\.|^[ap]m', 'i');
            IF m IS NULL THEN
                PERFORM oracle.fail(1855, 'AM/A.M. or PM/P.M. required', s, 0);
            END IF;
            meridian := upper(left(m[1], 1));
            p := p + char_length(m[1]);
            CONTINUE;
        ELSIF slot = 'era' THEN
            m := regexp_match(rest, '^[ab]\.[dc]\.|^ad|^bc', 'i');
            IF m IS NULL THEN
                PERFORM oracle.fail(1861, 'literal does not match format string', s, 0);
            END IF;
            era := upper(left(m[1], 1));
            p := p + char_length(m[1]);
            CONTINUE;
        ELSIF slot = 'tzr' THEN
            m := regexp_match(rest, '^[+-]\d{1,2}(?::\d{1,2})?|^[[:alnum:]_/+-]+');
            IF m IS NULL THEN
                PERFORM oracle.fail(1857, 'not a valid time zone', s, 0);
            END IF;
            region := m[1];
            p := p + char_length(m[1]);
            CONTINUE;
        ELSIF slot = 'tzd' THEN
            m := regexp_match(rest, '^[[:alpha:]]+');
            p := p + coalesce(char_length(m[1]), 0);
            CONTINUE;
        ELSIF slot = 'tzh' THEN
            m := regexp_match(rest, '^([+-]?)(\d{1,2})');
            IF m IS NULL THEN
                PERFORM oracle.fail(1857, 'not a valid time zone', s, 0);
            END IF;
            tz_sign := CASE m[1] WHEN '-' THEN -1 ELSE 1 END;
            tz_hour := m[2]::int;
            p := p + char_length(m[1]) + char_length(m[2]);
            CONTINUE;
        END IF;
        -- Numbers
        digits := CASE WHEN t IN ('YYYY', 'SYYYY', 'RRRR') THEN 4 WHEN t IN ('YYY', 'DDD') THEN 3 WHEN t = 'Y' THEN 1 WHEN t = 'J' THEN 7
                       WHEN t = 'SSSSS' THEN 5 WHEN t = 'Y,YYY' THEN 5 WHEN t = 'FF' THEN 9 WHEN t ~ '^FF' THEN right(t, 1)::int ELSE 2 END;
        -- YY and RR take four digits where no digits can follow.
        IF t IN ('YY', 'RR') AND NOT exact AND rest ~ '^\d{4}(\D|$)' AND coalesce(tokens[index + 1], '-') !~ '^[A-Za-z]' THEN
            digits := 4;
            t := 'YYYY';
        END IF;
        IF t = 'Y,YYY' THEN
            m := regexp_match(rest, '^\d{1,2},\d{3}');
        ELSIF t = 'SYYYY' THEN
            m := regexp_match(rest, '^[+-]?\d{1,4}');
        ELSE
            m := regexp_match(rest, '^\d{1,' || digits || '}');
        END IF;
        IF m IS NULL THEN
            IF rest ~ '^[[:alpha:]]' OR slot <> 'year' THEN
                PERFORM oracle.fail(1858, 'a non-numeric character was found where a numeric was expected', s, 0);
            END IF;
            PERFORM oracle.fail(1841, '(full) year must be between -4713 and +9999, and not be 0', s, 0);
        END IF;
        IF exact AND char_length(m[1]) <> digits AND slot <> 'fraction' THEN
            PERFORM oracle.fail(1862, 'the numeric value does not match the length of the format item', s, 0);
        END IF;
        p := p + char_length(m[1]);
        n := replace(m[1], ',', '')::int;
        CASE slot
            WHEN 'year' THEN
                year := CASE
                    WHEN t = 'RR' OR (t = 'RRRR' AND char_length(m[1]) <= 2) THEN
                        CASE WHEN n < 50 AND extract(year FROM today)::int % 100 >= 50 THEN (extract(year FROM today)::int / 100 + 1) * 100 + n
                             WHEN n >= 50 AND extract(year FROM today)::int % 100 < 50 THEN (extract(year FROM today)::int / 100 - 1) * 100 + n
                             ELSE extract(year FROM today)::int / 100 * 100 + n END
                    WHEN t = 'YY' THEN extract(year FROM today)::int / 100 * 100 + n
                    WHEN t = 'YYY' THEN extract(year FROM today)::int / 1000 * 1000 + n
                    WHEN t = 'Y' THEN extract(year FROM today)::int / 10 * 10 + n
                    ELSE n END;
                IF year = 0 OR year > 9999 OR year < -4712 THEN
                    PERFORM oracle.fail(1841, '(full) year must be between -4713 and +9999, and not be 0', s, 0);
                END IF;
            WHEN 'month' THEN
                month := n;
                IF n NOT BETWEEN 1 AND 12 THEN
                    PERFORM oracle.fail(1843, 'not a valid month', s, 0);
                END IF;
            WHEN 'day' THEN
                day := n;
                IF n NOT BETWEEN 1 AND 31 THEN
                    PERFORM oracle.fail(1847, 'day of month must be between 1 and last day of month', s, 0);
                END IF;
            WHEN 'doy' THEN
                doy := n;
                IF n NOT BETWEEN 1 AND 366 THEN
                    PERFORM oracle.fail(1848, 'day of year must be between 1 and 365 (366 for leap year)', s, 0);
                END IF;
            WHEN 'julian' THEN
                julian := n;
                IF n NOT BETWEEN 1 AND 5373484 THEN
                    PERFORM oracle.fail(1854, 'julian date must be between 1 and 5373484', s, 0);
                END IF;
            WHEN 'hour12' THEN
                hour12 := n;
                IF n NOT BETWEEN 1 AND 12 THEN
                    PERFORM oracle.fail(1849, 'hour must be between 1 and 12', s, 0);
                END IF;
            WHEN 'hour24' THEN
                hour24 := n;
                IF n > 23 THEN
                    PERFORM oracle.fail(1850, 'hour must be between 0 and 23', s, 0);
                END IF;
            WHEN 'minute' THEN
                minute := n;
                IF n > 59 THEN
                    PERFORM oracle.fail(1851, 'minutes must be between 0 and 59', s, 0);
                END IF;
            WHEN 'second' THEN
                second := n;
                IF n > 59 THEN
                    PERFORM oracle.fail(1852, 'seconds must be between 0 and 59', s, 0);
                END IF;
            WHEN 'sssss' THEN
                seconds_of_day := n;
                IF n > 86399 THEN
                    PERFORM oracle.fail(1853, 'seconds in day must be between 0 and 86399', s, 0);
                END IF;
            WHEN 'fraction' THEN
                nanos := rpad(m[1], 9, '0')::int;
            WHEN 'tzm' THEN
                tz_minute := n;
                IF n > 59 THEN
                    PERFORM oracle.fail(1875, 'time zone minute must be between -59 and 59', s, 0);
                END IF;
        END CASE;
    END LOOP;
    IF p <= size THEN
        PERFORM oracle.fail(1830, 'date format picture ends before converting entire input string', s, 0);
    END IF;
    IF 'hour24' = ANY (seen) AND 'meridian' = ANY (seen) THEN
        PERFORM oracle.fail(1818, '''HH24'' precludes use of meridian indicator', s, 0);
    END IF;
    IF hour12 IS NOT NULL THEN
        hour24 := CASE meridian WHEN 'A' THEN hour12 % 12 WHEN 'P' THEN hour12 % 12 + 12 ELSE hour12 % 12 END;
        IF meridian IS NULL AND hour12 = 12 AND NOT 'meridian' = ANY (seen) THEN
            hour24 := 0;
        END IF;
    END IF;
    IF julian IS NOT NULL THEN
        stamp := timestamp '2000-01-01' + make_interval(days => julian - 2451545);
    ELSE
        IF era = 'B' THEN
            year := -coalesce(year, extract(year FROM today)::int);
        END IF;
        year := coalesce(year, extract(year FROM today)::int);
        IF doy IS NOT NULL AND month IS NULL THEN
            stamp := make_timestamp(year, 1, 1, 0, 0, 0) + make_interval(days => doy - 1);
            IF extract(year FROM stamp) <> year THEN
                PERFORM oracle.fail(1848, 'day of year must be between 1 and 365 (366 for leap year)', s, 0);
            END IF;
        ELSE
            month := coalesce(month, extract(month FROM today)::int);
            day := coalesce(day, 1);
            stamp := make_timestamp(year, month, 1, 0, 0, 0) + make_interval(days => day - 1);
            IF extract(month FROM stamp) <> month THEN
                PERFORM oracle.fail(1839, 'date not valid for month specified', s, 0);
            END IF;
        END IF;
    END IF;
    IF weekday IS NOT NULL AND days[extract(dow FROM stamp)::int + 1] <> weekday THEN
        PERFORM oracle.fail(1835, 'day of week conflicts with Julian date', s, 0);
    END IF;
    wall := oracle.seconds(stamp)
        + coalesce(seconds_of_day, coalesce(hour24, 0) * 3600 + coalesce(minute, 0) * 60 + coalesce(second, 0));
    IF kind <> 'D' THEN
        wall := round(wall + coalesce(nanos, 0) / 1000000000.0, 9);
    END IF;
    IF region IS NOT NULL THEN
        zone := oracle.zone_code(region);
    ELSIF tz_hour IS NOT NULL THEN
        zone := oracle.zone_code(format('%s%s:%s', CASE tz_sign WHEN -1 THEN '-' ELSE '+' END, tz_hour, coalesce(tz_minute, 0)));
    END IF;
END
$$;

-- A model that names day, month and a full year does not depend on today, so a constant can be folded.
CREATE FUNCTION oracle.is_complete(fmt text) RETURNS bool LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN upper(pg_catalog.regexp_replace($1, '"[^"]*"', '', 'g')) ~ 'YYYY|J'
       AND upper(pg_catalog.regexp_replace($1, '"[^"]*"', '', 'g')) ~ 'MM|MON|RM|DDD|J'
       AND upper(pg_catalog.regexp_replace($1, '"[^"]*"', '', 'g')) ~ 'DD|J';
CREATE FUNCTION oracle.parse_date(s text, tokens text[], today timestamp) RETURNS oracle.date LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RETURN oracle.clock((oracle.parse_datetime(s, tokens, 'D', today)).wall)::oracle.date;
END
$$;
CREATE FUNCTION oracle.parse_ts(s text, tokens text[], today timestamp) RETURNS oracle.ts LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RETURN (oracle.parse_datetime(s, tokens, 'T', today)).wall::oracle.ts;
END
$$;
CREATE FUNCTION oracle.parse_tstz(s text, tokens text[], today timestamp) RETURNS oracle.tstz LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS $$
DECLARE
    parsed record;
BEGIN
    SELECT * INTO parsed FROM oracle.parse_datetime(s, tokens, 'Z', today);
    RETURN oracle.make_tstz(oracle.wall_to_utc(parsed.wall, coalesce(parsed.zone, oracle.session_zone())), coalesce(parsed.zone, oracle.session_zone()));
END
$$;
CREATE FUNCTION oracle.today() RETURNS timestamp LANGUAGE sql STABLE PARALLEL SAFE RETURN statement_timestamp() AT TIME ZONE 'UTC';
CREATE FUNCTION oracle.to_date(text, text) RETURNS oracle.date LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN oracle.is_complete($2) THEN oracle.parse_date(nullif($1, ''), oracle.format_tokens($2), timestamp '2000-01-01')
                ELSE oracle.parse_date(nullif($1, ''), oracle.format_tokens($2), oracle.today()) END;
CREATE FUNCTION oracle.to_timestamp(text, text) RETURNS oracle.ts LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN oracle.is_complete($2) THEN oracle.parse_ts(nullif($1, ''), oracle.format_tokens($2), timestamp '2000-01-01')
                ELSE oracle.parse_ts(nullif($1, ''), oracle.format_tokens($2), oracle.today()) END;
CREATE FUNCTION oracle.to_timestamp_tz(text, text) RETURNS oracle.tstz LANGUAGE sql STABLE PARALLEL SAFE
    RETURN oracle.parse_tstz(nullif($1, ''), oracle.format_tokens($2), oracle.today());
CREATE FUNCTION oracle.to_date(text) RETURNS oracle.date LANGUAGE sql STABLE PARALLEL SAFE
    RETURN oracle.to_date($1, oracle.setting('nls_date_format', 'DD-MON-RR'));
CREATE FUNCTION oracle.to_timestamp(text) RETURNS oracle.ts LANGUAGE sql STABLE PARALLEL SAFE
    RETURN oracle.to_timestamp($1, oracle.setting('nls_timestamp_format', 'DD-MON-RR HH.MI.SSXFF AM'));
CREATE FUNCTION oracle.to_timestamp_tz(text) RETURNS oracle.tstz LANGUAGE sql STABLE PARALLEL SAFE
    RETURN oracle.to_timestamp_tz($1, oracle.setting('nls_timestamp_tz_format', 'DD-MON-RR HH.MI.SSXFF AM TZR'));
CREATE FUNCTION oracle.to_tsltz(text) RETURNS oracle.tsltz LANGUAGE sql STABLE PARALLEL SAFE RETURN oracle.to_tsltz(oracle.to_timestamp($1));
CREATE FUNCTION oracle.to_date(text, text, text) RETURNS oracle.date LANGUAGE sql STABLE PARALLEL SAFE RETURN oracle.to_date($1, $2);
CREATE FUNCTION oracle.to_timestamp(text, text, text) RETURNS oracle.ts LANGUAGE sql STABLE PARALLEL SAFE RETURN oracle.to_timestamp($1, $2);
CREATE FUNCTION oracle.to_timestamp_tz(text, text, text) RETURNS oracle.tstz LANGUAGE sql STABLE PARALLEL SAFE RETURN oracle.to_timestamp_tz($1, $2);
-- TO_DATE of a number reads its digits; of a DATE it goes through text, as Oracle does.
CREATE FUNCTION oracle.to_date(numeric, text) RETURNS oracle.date LANGUAGE sql STABLE PARALLEL SAFE RETURN oracle.to_date(oracle.to_char($1), $2);
CREATE FUNCTION oracle.to_date(oracle.date) RETURNS oracle.date LANGUAGE sql STABLE PARALLEL SAFE RETURN oracle.to_date(oracle.to_char($1));
CREATE FUNCTION oracle.to_date(oracle.date, text) RETURNS oracle.date LANGUAGE sql STABLE PARALLEL SAFE RETURN oracle.to_date(oracle.to_char($1), $2);

-- ------------------------------------------------------------------------------------------------------- implicit conversion
DO $$
DECLARE
    c record;
    target text;
    op record;
BEGIN
    FOR c IN SELECT * FROM (VALUES ('date', 'oracle.to_date'), ('ts', 'oracle.to_timestamp'), ('tstz', 'oracle.to_timestamp_tz'),
            ('tsltz', 'oracle.to_tsltz'), ('ids', 'oracle.to_dsinterval'), ('iym', 'oracle.to_yminterval')) AS v(name, reader) LOOP
        EXECUTE format('CREATE CAST (oracle.%s AS text) WITH FUNCTION oracle.to_char(oracle.%s) AS IMPLICIT', c.name, c.name);
        EXECUTE format('CREATE CAST (text AS oracle.%s) WITH FUNCTION %s(text) AS ASSIGNMENT', c.name, c.reader);
        FOREACH target IN ARRAY ARRAY['varchar', 'bpchar', 'oracle.nvarchar2'] LOOP
            EXECUTE format('CREATE FUNCTION oracle.%s_to_%s(oracle.%s) RETURNS %s LANGUAGE sql STABLE PARALLEL SAFE RETURN oracle.to_char($1)::%s',
                c.name, replace(target, 'oracle.', ''), c.name, target, target);
            EXECUTE format('CREATE CAST (oracle.%s AS %s) WITH FUNCTION oracle.%s_to_%s(oracle.%s) AS ASSIGNMENT', c.name, target, c.name,
                replace(target, 'oracle.', ''), c.name);
            EXECUTE format('CREATE FUNCTION oracle.%s_to_%s(%s) RETURNS oracle.%s LANGUAGE sql STABLE PARALLEL SAFE RETURN %s($1::text)',
                replace(target, 'oracle.', ''), c.name, target, c.name, c.reader);
            EXECUTE format('CREATE CAST (%s AS oracle.%s) WITH FUNCTION oracle.%s_to_%s(%s) AS ASSIGNMENT', target, c.name,
                replace(target, 'oracle.', ''), c.name, target);
        END LOOP;
        -- Comparison with text: the text is converted.
        FOR op IN SELECT * FROM (VALUES ('=', 'eq', '<>'), ('<>', 'ne', '='), ('<', 'lt', '>='), ('<=', 'le', '>'), ('>', 'gt', '<='), ('>=', 'ge', '<'))
                AS v(symbol, name, negator) LOOP
            EXECUTE format('CREATE FUNCTION oracle.%s_text_%s(oracle.%s, text) RETURNS bool LANGUAGE sql STABLE PARALLEL SAFE'
                ' RETURN $1 OPERATOR(oracle.%s) %s($2)', c.name, op.name, c.name, op.symbol, c.reader);
            EXECUTE format('CREATE FUNCTION oracle.text_%s_%s(text, oracle.%s) RETURNS bool LANGUAGE sql STABLE PARALLEL SAFE'
                ' RETURN %s($1) OPERATOR(oracle.%s) $2', c.name, op.name, c.name, c.reader, op.symbol);
            EXECUTE format('CREATE OPERATOR oracle.%s (FUNCTION = oracle.%s_text_%s, LEFTARG = oracle.%s, RIGHTARG = text, NEGATOR = OPERATOR(oracle.%s))',
                op.symbol, c.name, op.name, c.name, op.negator);
            EXECUTE format('CREATE OPERATOR oracle.%s (FUNCTION = oracle.text_%s_%s, LEFTARG = text, RIGHTARG = oracle.%s, NEGATOR = OPERATOR(oracle.%s))',
                op.symbol, c.name, op.name, c.name, op.negator);
        END LOOP;
    END LOOP;
END
$$;
CREATE FUNCTION oracle.nvl(oracle.date, text) RETURNS oracle.date LANGUAGE sql STABLE PARALLEL SAFE RETURN coalesce($1, oracle.to_date($2));
CREATE FUNCTION oracle.nvl(oracle.ts, text) RETURNS oracle.ts LANGUAGE sql STABLE PARALLEL SAFE RETURN coalesce($1, oracle.to_timestamp($2));
CREATE FUNCTION oracle.nvl(text, oracle.date) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE RETURN coalesce($1, oracle.to_char($2));
-- A date and text that holds a number of days.
CREATE FUNCTION oracle.date_plus(oracle.date, text) RETURNS oracle.date LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN oracle.date_plus($1, oracle.to_number($2));
CREATE FUNCTION oracle.date_minus(oracle.date, text) RETURNS oracle.date LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN oracle.date_minus($1, oracle.to_number($2));
CREATE OPERATOR oracle.+ (FUNCTION = oracle.date_plus, LEFTARG = oracle.date, RIGHTARG = text);
CREATE OPERATOR oracle.- (FUNCTION = oracle.date_minus, LEFTARG = oracle.date, RIGHTARG = text);

-- || of everything that has a text: exact overloads, because PostgreSQL's own anynonarray || text would compete.
DO $$
DECLARE
    others text[] := ARRAY['numeric', 'int4', 'int8', 'float8', 'oracle.date', 'oracle.ts', 'oracle.tstz', 'oracle.tsltz', 'oracle.ids', 'oracle.iym'];
    lobs text[] := ARRAY['oracle.clob', 'oracle.nclob'];
    a text;
    b text;
BEGIN
    CREATE FUNCTION oracle.to_char(float8) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
        RETURN CASE WHEN $1 = 0 THEN '0' WHEN $1 = 'NaN' THEN 'Nan' WHEN $1 = 'Infinity' THEN 'Inf' WHEN $1 = '-Infinity' THEN '-Inf'
                    ELSE (SELECT pg_catalog.regexp_replace(split_part(t, 'e', 1), '(\.\d+?)0+$', '\1') || 'E' || "left"(split_part(t, 'e', 2), 1)
                                 || pg_catalog.lpad(pg_catalog.substr(split_part(t, 'e', 2), 2), 3, '0')
                            FROM (SELECT btrim(pg_catalog.to_char($1, '9.0000000000000000EEEE'))) AS v(t)) END;
    FOREACH a IN ARRAY others LOOP
        EXECUTE format('CREATE FUNCTION oracle.concat(%s, text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE RETURN oracle.concat(oracle.to_char($1), $2)', a);
        EXECUTE format('CREATE FUNCTION oracle.concat(text, %s) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE RETURN oracle.concat($1, oracle.to_char($2))', a);
        EXECUTE format('CREATE OPERATOR oracle.|| (FUNCTION = oracle.concat, LEFTARG = %s, RIGHTARG = text)', a);
        EXECUTE format('CREATE OPERATOR oracle.|| (FUNCTION = oracle.concat, LEFTARG = text, RIGHTARG = %s)', a);
        FOREACH b IN ARRAY others LOOP
            EXECUTE format('CREATE FUNCTION oracle.concat(%s, %s) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE'
                ' RETURN oracle.concat(oracle.to_char($1), oracle.to_char($2))', a, b);
            EXECUTE format('CREATE OPERATOR oracle.|| (FUNCTION = oracle.concat, LEFTARG = %s, RIGHTARG = %s)', a, b);
        END LOOP;
        FOREACH b IN ARRAY lobs LOOP
            EXECUTE format('CREATE FUNCTION oracle.concat(%s, %s) RETURNS %s LANGUAGE sql STABLE PARALLEL SAFE'
                ' RETURN oracle.concat(oracle.to_char($1), $2::text)::%s', a, b, b, b);
            EXECUTE format('CREATE FUNCTION oracle.concat(%s, %s) RETURNS %s LANGUAGE sql STABLE PARALLEL SAFE'
                ' RETURN oracle.concat($1::text, oracle.to_char($2))::%s', b, a, b, b);
            EXECUTE format('CREATE OPERATOR oracle.|| (FUNCTION = oracle.concat, LEFTARG = %s, RIGHTARG = %s)', a, b);
            EXECUTE format('CREATE OPERATOR oracle.|| (FUNCTION = oracle.concat, LEFTARG = %s, RIGHTARG = %s)', b, a);
        END LOOP;
    END LOOP;
    FOREACH b IN ARRAY lobs LOOP
        EXECUTE format('CREATE FUNCTION oracle.concat(%1$s, text) RETURNS %1$s LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN oracle.concat($1::text, $2)::%1$s', b);
        EXECUTE format('CREATE FUNCTION oracle.concat(text, %1$s) RETURNS %1$s LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN oracle.concat($1, $2::text)::%1$s', b);
        EXECUTE format('CREATE FUNCTION oracle.concat(%1$s, %1$s) RETURNS %1$s LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN oracle.concat($1::text, $2::text)::%1$s', b);
        EXECUTE format('CREATE OPERATOR oracle.|| (FUNCTION = oracle.concat, LEFTARG = %s, RIGHTARG = text)', b);
        EXECUTE format('CREATE OPERATOR oracle.|| (FUNCTION = oracle.concat, LEFTARG = text, RIGHTARG = %s)', b);
        EXECUTE format('CREATE OPERATOR oracle.|| (FUNCTION = oracle.concat, LEFTARG = %s, RIGHTARG = %s)', b, b);
    END LOOP;
END
$$;
