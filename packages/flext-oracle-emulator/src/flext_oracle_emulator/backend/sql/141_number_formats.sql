-- TO_CHAR and TO_NUMBER with a number format model.
--
-- `oracle.number_model` takes a model apart once; what is no model is ORA-01481. Widths are Oracle's: one place for the sign,
-- ten for a currency symbol, seven for the ISO currency, and what does not fit is as many # as the whole is wide.

-- X: whole numbers of any length to base 16, and back.
CREATE FUNCTION oracle.hexadecimal(x numeric) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    digits text := '';
BEGIN
    WHILE x >= 16 LOOP
        digits := to_hex(mod(x, 16)::int) || digits;
        x := div(x, 16);
    END LOOP;
    RETURN to_hex(abs(x)::int) || digits;
END
$$;
CREATE FUNCTION oracle.of_hexadecimal(digits text) RETURNS numeric LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    result numeric := 0;
    digit text;
BEGIN
    FOREACH digit IN ARRAY regexp_split_to_array(lower(digits), '') LOOP
        result := result * 16 + strpos('0123456789abcdef', digit) - 1;
    END LOOP;
    RETURN result;
END
$$;
-- NLS parameters of the third argument: NLS_NUMERIC_CHARACTERS = ',.' NLS_CURRENCY = 'x' NLS_ISO_CURRENCY = y.
CREATE FUNCTION oracle.nls_argument(arguments text, parameter text, fallback text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN coalesce(substring(arguments FROM '(?i)' || parameter || '\s*=\s*''?([^'']*?)''?(\s|$)'), fallback);
CREATE FUNCTION oracle.numeric_characters() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    RETURN oracle.setting('nls_numeric_characters', '.,');

CREATE FUNCTION oracle.number_model(fmt text, OUT fill bool, OUT lead text, OUT whole text, OUT point text, OUT decimals text,
    OUT shift bool, OUT exponent bool, OUT tail text) LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    m text[] := regexp_match(upper(fmt), '^(FM)?((?:S|B|\$|L|C|U)*)([09$B][09,G$B]*|)(?:(\.|D|V)([09$B]*))?(EEEE)?((?:MI|S|PR|L|C|U|\$|B)*)$');
BEGIN
    IF m IS NULL OR fmt = '' OR m[3] || coalesce(m[5], '') !~ '[09]' THEN
        RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '1481|invalid number format model';
    END IF;
    fill := m[1] IS NOT NULL;
    -- $ and B may stand between the digits
    lead := m[2] || CASE WHEN strpos(m[3] || coalesce(m[5], ''), '$') > 0 THEN '$' ELSE '' END
        || CASE WHEN strpos(m[3] || coalesce(m[5], ''), 'B') > 0 THEN 'B' ELSE '' END;
    whole := translate(m[3], '$B', '');
    point := CASE WHEN m[4] = 'V' THEN NULL ELSE m[4] END;
    shift := coalesce(m[4] = 'V', false);
    decimals := translate(coalesce(m[5], ''), '$B', '');
    exponent := m[6] IS NOT NULL;
    tail := m[7];
    IF (lead || tail) ~ 'S.*S' OR (lead || tail) ~ 'S.*(MI|PR)' OR tail ~ 'MI.*PR|PR.*MI' OR (exponent AND whole ~ '[,G]') OR (shift AND exponent) THEN
        RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '1481|invalid number format model';
    END IF;
END
$$;

CREATE FUNCTION oracle.roman(n int) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN btrim(pg_catalog.to_char(n, 'FMRN'));

-- The text minimum formats: TM and TM9 plain, TME with an exponent.
CREATE FUNCTION oracle.minimum_text(x numeric, scientific bool) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    digits text;
    e int;
BEGIN
    IF NOT scientific AND char_length(oracle.plain(trim_scale(x))) <= 64 THEN
        RETURN CASE WHEN abs(x) < 1 AND x <> 0 THEN replace(oracle.plain(trim_scale(x)), '0.', '.') ELSE oracle.plain(trim_scale(x)) END;
    END IF;
    x := trim_scale(x);
    digits := ltrim(replace(oracle.plain(abs(x)), '.', ''), '0');
    e := char_length(digits) - 1 - scale(x);
    digits := rtrim(digits, '0');
    IF x = 0 THEN
        RETURN '0E+00';
    END IF;
    RETURN CASE WHEN x < 0 THEN '-' ELSE '' END || left(digits, 1) || CASE WHEN char_length(digits) > 1 THEN '.' || substr(digits, 2) ELSE '' END
        || 'E' || CASE WHEN e < 0 THEN '-' ELSE '+' END || lpad(abs(e)::text, greatest(2, char_length(abs(e)::text)), '0');
END
$$;

CREATE FUNCTION oracle.format_number(x numeric, fmt text, marks text, currency text, iso text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    model text := upper(fmt);
    m record;
    n numeric;
    e int := 0;
    digits text;       -- of the whole part
    fraction text;
    places int;
    body text := '';
    symbol text := '';
    sign text;
    width int;
    started bool := false;
    i int;
    c text;
    taken int;
    forced bool := false;
BEGIN
    IF x IS NULL OR fmt IS NULL THEN
        RETURN NULL;
    END IF;
    IF model ~ '^(FM)?TM[9E]?$' THEN
        RETURN replace(oracle.minimum_text(x, right(model, 1) = 'E'), '.', left(marks, 1));
    ELSIF model ~ '^(FM)?RN$' THEN
        body := CASE WHEN round(x) BETWEEN 1 AND 3999 THEN oracle.roman(round(x)::int) ELSE repeat('#', 15) END;
        body := CASE WHEN strpos(fmt, 'rn') > 0 OR strpos(fmt, 'rN') > 0 THEN lower(body) ELSE body END;
        RETURN CASE WHEN left(model, 2) = 'FM' THEN body ELSE lpad(body, 15) END;
    ELSIF model ~ '^(FM)?[0X]*X$' THEN
        width := char_length(replace(model, 'FM', ''));
        body := oracle.hexadecimal(round(x));
        IF round(x) < 0 OR char_length(body) > width THEN
            RETURN repeat('#', width + 1);
        END IF;
        body := CASE WHEN strpos(fmt, 'x') > 0 THEN body ELSE upper(body) END;
        body := CASE WHEN strpos(model, '0') > 0 THEN lpad(body, width, '0') ELSE body END;
        RETURN CASE WHEN left(model, 2) = 'FM' THEN body ELSE lpad(body, width + 1) END;
    END IF;
    m := oracle.number_model(fmt);
    places := char_length(m.decimals);
    taken := char_length(regexp_replace(m.whole, '[^09]', '', 'g'));
    n := abs(x);
    IF m.exponent THEN
        IF n <> 0 THEN
            digits := ltrim(replace(oracle.plain(n), '.', ''), '0');
            e := char_length(digits) - 1 - scale(n);
            n := round(n * CASE WHEN e >= 0 THEN 1 ELSE ('1' || repeat('0', -e))::numeric END / CASE WHEN e > 0 THEN ('1' || repeat('0', e))::numeric ELSE 1 END, places);
            IF n >= 10 THEN
                n := n / 10;
                e := e + 1;
            END IF;
        END IF;
    ELSIF m.shift THEN
        n := round(n * ('1' || repeat('0', places))::numeric);
        taken := taken + places;
    ELSE
        n := round(n, places);
    END IF;
    symbol := CASE WHEN m.lead LIKE '%$%' OR m.tail LIKE '%$%' THEN '$' WHEN m.lead ~ '[LU]' OR m.tail ~ '[LU]' THEN currency
        WHEN m.lead LIKE '%C%' OR m.tail LIKE '%C%' THEN iso ELSE '' END;
    width := char_length(m.whole) + places + CASE WHEN m.point IS NULL THEN 0 ELSE 1 END + CASE WHEN m.exponent THEN 5 ELSE 0 END
        + CASE WHEN m.lead LIKE '%$%' OR m.tail LIKE '%$%' THEN 1 WHEN m.lead ~ '[LU]' OR m.tail ~ '[LU]' THEN 10
               WHEN m.lead LIKE '%C%' OR m.tail LIKE '%C%' THEN 7 ELSE 0 END
        + CASE WHEN m.tail LIKE '%PR%' THEN 2 ELSE 1 END;
    digits := oracle.plain(trunc(n));
    digits := CASE WHEN digits = '0' THEN '' ELSE digits END;
    IF char_length(digits) > taken THEN
        RETURN repeat('#', width);
    END IF;
    fraction := CASE WHEN m.shift OR places = 0 THEN '' ELSE lpad(oracle.plain((n - trunc(n)) * ('1' || repeat('0', places))::numeric)::numeric::int8::text, places, '0') END;
    IF places > 18 AND NOT m.shift THEN
        fraction := rpad(coalesce(substring(oracle.plain(round(n, places)) FROM '\.(.*)'), ''), places, '0');
    END IF;
    -- The whole part: digits from the right, blanks or zeros before them, separators once a digit has been shown.
    digits := lpad(digits, taken);
    i := 0;
    FOREACH c IN ARRAY regexp_split_to_array(m.whole || CASE WHEN m.shift THEN m.decimals ELSE '' END, '') LOOP
        CONTINUE WHEN c = '';
        IF c IN (',', 'G') THEN
            body := body || CASE WHEN started THEN CASE c WHEN 'G' THEN substr(marks, 2, 1) ELSE ',' END ELSE ' ' END;
            CONTINUE;
        END IF;
        i := i + 1;
        forced := forced OR c = '0';
        IF substr(digits, i, 1) <> ' ' THEN
            started := true;
            body := body || substr(digits, i, 1);
        ELSIF forced OR (i = taken AND ((places = 0 AND m.point IS NULL) OR m.shift OR m.exponent)) THEN
            started := true;
            body := body || '0';
        ELSE
            body := body || ' ';
        END IF;
    END LOOP;
    IF m.lead LIKE '%B%' AND trunc(n) = 0 THEN
        RETURN CASE WHEN m.fill THEN NULL ELSE repeat(' ', width) END;
    END IF;
    body := ltrim(body);
    IF m.point IS NOT NULL THEN
        IF m.fill THEN
            fraction := left(fraction, greatest(char_length(rtrim(fraction, '0')), coalesce(char_length(m.decimals) - strpos(reverse(m.decimals), '0') + 1, 0)
                * CASE WHEN strpos(m.decimals, '0') > 0 THEN 1 ELSE 0 END));
        END IF;
        body := body || CASE m.point WHEN 'D' THEN left(marks, 1) ELSE '.' END || fraction;
    END IF;
    IF m.exponent THEN
        body := body || 'E' || CASE WHEN e < 0 THEN '-' ELSE '+' END || lpad(abs(e)::text, greatest(2, char_length(abs(e)::text)), '0');
    END IF;
    body := CASE WHEN m.tail ~ '[LCU]' THEN body || symbol ELSE symbol || body END;
    sign := CASE WHEN x < 0 AND n <> 0 THEN '-' ELSE '+' END;
    body := CASE
        WHEN m.lead LIKE '%S%' THEN sign || body
        WHEN m.tail LIKE '%S%' THEN body || sign
        WHEN m.tail LIKE '%MI%' THEN body || CASE sign WHEN '-' THEN '-' WHEN '+' THEN CASE WHEN m.fill THEN '' ELSE ' ' END END
        WHEN m.tail LIKE '%PR%' THEN CASE sign WHEN '-' THEN '<' || body || '>' ELSE CASE WHEN m.fill THEN body ELSE ' ' || body || ' ' END END
        ELSE CASE sign WHEN '-' THEN '-' || body ELSE CASE WHEN m.fill THEN body ELSE ' ' || body END END END;
    RETURN CASE WHEN m.fill THEN body ELSE lpad(body, greatest(width, char_length(body))) END;
END
$$;

CREATE FUNCTION oracle.to_char(numeric, text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    RETURN oracle.format_number($1, $2, oracle.numeric_characters(), oracle.setting('nls_currency', '$'), 'USD');
CREATE FUNCTION oracle.to_char(numeric, text, text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    RETURN oracle.format_number($1, $2, oracle.nls_argument($3, 'NLS_NUMERIC_CHARACTERS', oracle.numeric_characters()),
        oracle.nls_argument($3, 'NLS_CURRENCY', oracle.setting('nls_currency', '$')), 'USD');
CREATE FUNCTION oracle.to_char(text, text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    RETURN oracle.to_char(oracle.to_number($1), $2);
CREATE FUNCTION oracle.to_char(text, text, text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    RETURN oracle.to_char(oracle.to_number($1), $2, $3);
CREATE FUNCTION oracle.to_char(float8, text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN $1 IN ('NaN', 'Infinity', '-Infinity') THEN oracle.to_char($1) ELSE oracle.to_char($1::numeric, $2) END;

CREATE FUNCTION oracle.parse_number(s text, fmt text, marks text, currency text) RETURNS numeric
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    model text := upper(fmt);
    t text := btrim(s, ' ');
    m record;
    negative bool := false;
    point text;
    parts text[];
    groups text;
BEGIN
    IF s IS NULL OR fmt IS NULL THEN
        RETURN NULL;
    END IF;
    IF model ~ '^(FM)?[0X]*X$' THEN
        IF t !~ '^[0-9A-Fa-f]+$' OR char_length(t) > char_length(replace(model, 'FM', '')) THEN
            RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '1722|invalid number';
        END IF;
        RETURN oracle.of_hexadecimal(t);
    ELSIF model ~ '^(FM)?TM[9E]?$' THEN
        RETURN oracle.to_number(replace(t, left(marks, 1), '.'));
    END IF;
    m := oracle.number_model(fmt);
    IF m.tail LIKE '%PR%' THEN
        negative := t ~ '^<.*>$';
        t := btrim(btrim(t, '<>'), ' ');
    ELSIF m.tail LIKE '%S%' OR m.tail LIKE '%MI%' THEN
        negative := right(t, 1) = '-';
        t := rtrim(t, '+- ');
    ELSE
        negative := left(t, 1) = '-';
        t := regexp_replace(t, '^[+-]', '');
    END IF;
    t := CASE WHEN (m.lead || m.tail) ~ '[$]' THEN regexp_replace(t, '^\s*\$', '')
        WHEN (m.lead || m.tail) ~ '[LU]' THEN btrim(replace(t, currency, ''), ' ')
        WHEN (m.lead || m.tail) ~ 'C' THEN btrim(replace(t, 'USD', ''), ' ') ELSE t END;
    IF m.exponent THEN
        IF t !~ '^[0-9]*\.?[0-9]*([eE][+-]?[0-9]+)?$' OR t !~ '[0-9]' THEN
            RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '1722|invalid number';
        END IF;
        RETURN oracle.to_number(CASE WHEN negative THEN '-' ELSE '' END || t);
    END IF;
    point := CASE m.point WHEN 'D' THEN left(marks, 1) ELSE '.' END;
    parts := string_to_array(t, point);
    groups := CASE WHEN m.whole LIKE '%G%' THEN substr(marks, 2, 1) WHEN m.whole LIKE '%,%' THEN ',' ELSE '' END;
    -- Separators stand where the model has them, counted from the point.
    IF t = '' OR cardinality(parts) > 2 OR (cardinality(parts) = 2 AND m.point IS NULL)
        OR translate(parts[1], '0123456789' || groups, '') <> '' OR coalesce(parts[2], '') !~ '^[0-9]*$' OR t !~ '[0-9]'
        OR char_length(translate(parts[1], groups, '')) > char_length(translate(m.whole, ',G', ''))
        OR char_length(coalesce(parts[2], '')) > char_length(m.decimals)
        OR (groups <> '' AND strpos(parts[1], groups) > 0
            AND regexp_replace(parts[1], '[0-9]', '9', 'g') <> right(replace(replace(translate(m.whole, '0', '9'), 'G', groups), ',', groups), char_length(parts[1])))
    THEN
        RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '1722|invalid number';
    END IF;
    RETURN oracle.to_number(CASE WHEN negative THEN '-' ELSE '' END || translate(parts[1], groups, '') || coalesce('.' || nullif(parts[2], ''), ''))
        / CASE WHEN m.shift THEN ('1' || repeat('0', char_length(m.decimals)))::numeric ELSE 1 END;
END
$$;
CREATE FUNCTION oracle.to_number(text, text) RETURNS numeric LANGUAGE sql STABLE PARALLEL SAFE
    RETURN oracle.parse_number($1, $2, oracle.numeric_characters(), oracle.setting('nls_currency', '$'));
CREATE FUNCTION oracle.to_number(text, text, text) RETURNS numeric LANGUAGE sql STABLE PARALLEL SAFE
    RETURN oracle.parse_number($1, $2, oracle.nls_argument($3, 'NLS_NUMERIC_CHARACTERS', oracle.numeric_characters()),
        oracle.nls_argument($3, 'NLS_CURRENCY', oracle.setting('nls_currency', '$')));
