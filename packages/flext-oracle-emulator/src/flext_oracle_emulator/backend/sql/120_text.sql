-- Character functions. An empty result is NULL; positions and lengths are NUMBERs whose fraction is cut off.

-- ---------------------------------------------------------------------------------------------------------- concatenation
CREATE FUNCTION oracle.concat(text, text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN $1 IS NULL THEN $2 WHEN $2 IS NULL THEN $1 ELSE $1 || $2 END;
CREATE OPERATOR oracle.|| (FUNCTION = oracle.concat, LEFTARG = text, RIGHTARG = text);

-- ------------------------------------------------------------------------------------------------------------------ case
CREATE FUNCTION oracle.upper(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN pg_catalog.upper($1);
CREATE FUNCTION oracle.lower(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN pg_catalog.lower($1);
CREATE FUNCTION oracle.initcap(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN pg_catalog.initcap($1);
CREATE FUNCTION oracle.nls_upper(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN pg_catalog.upper($1);
CREATE FUNCTION oracle.nls_upper(text, text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN pg_catalog.upper($1);
CREATE FUNCTION oracle.nls_lower(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN pg_catalog.lower($1);
CREATE FUNCTION oracle.nls_lower(text, text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN pg_catalog.lower($1);
CREATE FUNCTION oracle.nls_initcap(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN pg_catalog.initcap($1);

-- ---------------------------------------------------------------------------------------------------------------- length
CREATE FUNCTION oracle.length(text) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN nullif(char_length($1), 0)::numeric;
CREATE FUNCTION oracle.length(bpchar) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN nullif(char_length($1::text), 0)::numeric;
CREATE FUNCTION oracle.lengthb(text) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN nullif(octet_length($1), 0)::numeric;
CREATE FUNCTION oracle.lengthc(text) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN nullif(char_length($1), 0)::numeric;
CREATE FUNCTION oracle.length(oracle.clob) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN char_length($1::text)::numeric;
CREATE FUNCTION oracle.length(bytea) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN nullif(octet_length($1), 0)::numeric * 2;
CREATE FUNCTION oracle.length(oracle.blob) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN octet_length($1::bytea)::numeric;
CREATE FUNCTION oracle.lengthb(bytea) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN nullif(octet_length($1), 0)::numeric * 2;
CREATE FUNCTION oracle.vsize(text) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN octet_length($1)::numeric;

-- ---------------------------------------------------------------------------------------------------------------- substr
CREATE FUNCTION oracle.substr(text, int4) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN nullif(CASE WHEN $2 > 0 THEN pg_catalog.substr($1, $2) WHEN $2 = 0 THEN $1
                       WHEN char_length($1) + $2 >= 0 THEN pg_catalog.substr($1, char_length($1) + $2 + 1) END, '');
CREATE FUNCTION oracle.substr(text, int4, int4) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN nullif(CASE WHEN $3 < 1 THEN NULL WHEN $2 > 0 THEN pg_catalog.substr($1, $2, $3) WHEN $2 = 0 THEN pg_catalog.substr($1, 1, $3)
                       WHEN char_length($1) + $2 >= 0 THEN pg_catalog.substr($1, char_length($1) + $2 + 1, $3) END, '');
CREATE FUNCTION oracle.substr(text, numeric) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN oracle.substr($1, oracle.int($2));
CREATE FUNCTION oracle.substr(text, numeric, numeric) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN oracle.substr($1, oracle.int($2), oracle.int($3));
CREATE FUNCTION oracle.substr(oracle.clob, numeric) RETURNS oracle.clob LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN oracle.substr($1::text, oracle.int($2))::oracle.clob;
CREATE FUNCTION oracle.substr(oracle.clob, numeric, numeric) RETURNS oracle.clob LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN oracle.substr($1::text, oracle.int($2), oracle.int($3))::oracle.clob;
CREATE FUNCTION oracle.substrc(text, numeric, numeric) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN oracle.substr($1, oracle.int($2), oracle.int($3));
-- SUBSTRB: bytes; a character that is cut becomes blanks.
CREATE FUNCTION oracle.substrb(s text, start numeric, count numeric) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog AS $$
DECLARE
    b bytea := convert_to(s, 'UTF8');
    size int := length(b);
    first int := oracle.int(start);
    last int;
    lead int := 0;
    tail int := 0;
BEGIN
    first := CASE WHEN first > 0 THEN first WHEN first = 0 THEN 1 ELSE size + first + 1 END;
    IF first < 1 OR first > size OR count < 1 THEN
        RETURN NULL;
    END IF;
    last := least(size, first::int8 + oracle.int(count) - 1);
    WHILE first <= last AND (get_byte(b, first - 1) & 192) = 128 LOOP
        first := first + 1;
        lead := lead + 1;
    END LOOP;
    WHILE last >= first AND last < size AND (get_byte(b, last) & 192) = 128 LOOP
        tail := tail + 1;
        last := last - 1;
        EXIT WHEN (get_byte(b, last) & 192) <> 128;
    END LOOP;
    RETURN nullif(repeat(' ', lead) || convert_from(substr(b, first, last - first + 1), 'UTF8') || repeat(' ', tail), '');
END
$$;
CREATE FUNCTION oracle.substrb(text, numeric) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN oracle.substrb($1, $2, 2147483646);

-- ----------------------------------------------------------------------------------------------------------------- instr
CREATE FUNCTION oracle.instr(text, text) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN strpos($1, nullif($2, ''))::numeric;
CREATE FUNCTION oracle.instr(s text, sub text, start numeric, occurrence numeric) RETURNS numeric
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    size int := char_length(s);
    width int := char_length(sub);
    p int := oracle.int(start);
    left_to_find int := oracle.int(occurrence);
    found int;
BEGIN
    IF left_to_find < 1 THEN
        PERFORM oracle.fail(1428, 'argument ''' || oracle.number_text(occurrence) || ''' is out of range', '', 0);
    ELSIF width = 0 THEN
        RETURN NULL;
    ELSIF p = 0 THEN
        RETURN 0;
    ELSIF p > 0 THEN
        LOOP
            found := CASE WHEN p > size THEN 0 ELSE strpos(substr(s, p), sub) END;
            IF found = 0 THEN
                RETURN 0;
            END IF;
            p := p + found - 1;
            left_to_find := left_to_find - 1;
            IF left_to_find = 0 THEN
                RETURN p;
            END IF;
            p := p + 1;
        END LOOP;
    END IF;
    -- From the end: the match may start at size + p + 1 or before.
    p := size + p + 1;
    WHILE p >= 1 LOOP
        IF substr(s, p, width) = sub THEN
            left_to_find := left_to_find - 1;
            IF left_to_find = 0 THEN
                RETURN p;
            END IF;
        END IF;
        p := p - 1;
    END LOOP;
    RETURN 0;
END
$$;
CREATE FUNCTION oracle.instr(text, text, numeric) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN oracle.instr($1, $2, $3, 1);
CREATE FUNCTION oracle.instrc(text, text) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN oracle.instr($1, $2);
CREATE FUNCTION oracle.instrb(text, text) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN position(convert_to(nullif($2, ''), 'UTF8') IN convert_to($1, 'UTF8'))::numeric;

-- ------------------------------------------------------------------------------------------------------- trim, pad, replace
CREATE FUNCTION oracle.ltrim(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN nullif(pg_catalog.ltrim($1), '');
CREATE FUNCTION oracle.rtrim(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN nullif(pg_catalog.rtrim($1), '');
CREATE FUNCTION oracle."trim"(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN nullif(btrim($1), '');
CREATE FUNCTION oracle.ltrim(text, text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN nullif(pg_catalog.ltrim($1, $2), '');
CREATE FUNCTION oracle.rtrim(text, text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN nullif(pg_catalog.rtrim($1, $2), '');
-- TRIM(c FROM s) as trim(s, c): c is one character, else ORA-30001.
CREATE FUNCTION oracle."trim"(text, text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN char_length($2) > 1 THEN oracle.fail(30001, 'trim set should have only one character', $2, $1)
                ELSE nullif(btrim($1, $2), '') END;
CREATE FUNCTION oracle.trim_leading(text, text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN char_length($2) > 1 THEN oracle.fail(30001, 'trim set should have only one character', $2, $1)
                ELSE nullif(pg_catalog.ltrim($1, $2), '') END;
CREATE FUNCTION oracle.trim_trailing(text, text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN char_length($2) > 1 THEN oracle.fail(30001, 'trim set should have only one character', $2, $1)
                ELSE nullif(pg_catalog.rtrim($1, $2), '') END;
CREATE FUNCTION oracle.lpad(text, numeric, text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN nullif(pg_catalog.lpad($1, oracle.int($2), nullif($3, '')), '');
CREATE FUNCTION oracle.rpad(text, numeric, text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN nullif(pg_catalog.rpad($1, oracle.int($2), nullif($3, '')), '');
CREATE FUNCTION oracle.lpad(text, numeric) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN nullif(pg_catalog.lpad($1, oracle.int($2)), '');
CREATE FUNCTION oracle.rpad(text, numeric) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN nullif(pg_catalog.rpad($1, oracle.int($2)), '');
CREATE FUNCTION oracle.lpad(text, int4, text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN nullif(pg_catalog.lpad($1, $2, nullif($3, '')), '');
CREATE FUNCTION oracle.rpad(text, int4, text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN nullif(pg_catalog.rpad($1, $2, nullif($3, '')), '');
CREATE FUNCTION oracle.lpad(text, int4) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN nullif(pg_catalog.lpad($1, $2), '');
CREATE FUNCTION oracle.rpad(text, int4) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN nullif(pg_catalog.rpad($1, $2), '');
-- A NULL pattern leaves the text alone, a NULL replacement removes.
CREATE FUNCTION oracle.replace(text, text, text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN coalesce($2, '') = '' THEN $1 ELSE nullif(pg_catalog.replace($1, $2, coalesce($3, '')), '') END;
CREATE FUNCTION oracle.replace(text, text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN oracle.replace($1, $2, NULL::text);
CREATE FUNCTION oracle.replace(oracle.clob, text, text) RETURNS oracle.clob LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN oracle.replace($1::text, $2, $3)::oracle.clob;
CREATE FUNCTION oracle.replace(oracle.clob, text) RETURNS oracle.clob LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN oracle.replace($1::text, $2, NULL::text)::oracle.clob;
CREATE FUNCTION oracle.translate(text, text, text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN nullif(pg_catalog.translate($1, $2, nullif($3, '')), '');
CREATE FUNCTION oracle.reverse(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN pg_catalog.reverse($1);
CREATE FUNCTION oracle.upper(oracle.clob) RETURNS oracle.clob LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN pg_catalog.upper($1::text)::oracle.clob;
CREATE FUNCTION oracle.lower(oracle.clob) RETURNS oracle.clob LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN pg_catalog.lower($1::text)::oracle.clob;
CREATE FUNCTION oracle."trim"(oracle.clob) RETURNS oracle.clob LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN nullif(btrim($1::text), '')::oracle.clob;

-- ------------------------------------------------------------------------------------------------------------- code points
-- CHR counts in the database character set: the bytes of the UTF-8 form as one number.
CREATE FUNCTION oracle.chr(numeric) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE WHEN $1 < 0 OR $1 > 4294967295 THEN oracle.fail(1428, 'argument ''' || oracle.number_text($1) || ''' is out of range', $1::text, NULL::text)
                WHEN $1 >= 1 AND $1 < 128 THEN pg_catalog.chr(pg_catalog.trunc($1)::int4)
                WHEN $1 < 1 THEN oracle.fail(3001, 'unimplemented feature: the character CHR(0)', $1::text, NULL::text)
                ELSE convert_from(pg_catalog.ltrim(decode(pg_catalog.lpad(to_hex(pg_catalog.trunc($1)::int8), 8, '0'), 'hex'), '\x00'::bytea), 'UTF8') END;
CREATE FUNCTION oracle.nchr(numeric) RETURNS oracle.nvarchar2 LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN pg_catalog.chr(oracle.int($1))::oracle.nvarchar2;
CREATE FUNCTION oracle.ascii(text) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE WHEN $1 = '' THEN NULL WHEN pg_catalog.ascii($1) < 128 THEN pg_catalog.ascii($1)
                ELSE ('x' || pg_catalog.lpad(encode(convert_to("left"($1, 1), 'UTF8'), 'hex'), 16, '0'))::bit(64)::int8 END::numeric;

-- ---------------------------------------------------------------------------------------------------- regular expressions
-- Oracle's match parameters in PostgreSQL's letters. By default '.' does not match a newline and ^ $ only the ends.
CREATE FUNCTION oracle.regexp_flags(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN $1 IS NULL THEN 'p' WHEN $1 ~ '[^icnmx]' THEN oracle.fail(1760, 'illegal argument for function', $1, $1)
        ELSE CASE WHEN strpos($1, 'n') > 0 AND strpos($1, 'm') > 0 THEN 'w' WHEN strpos($1, 'n') > 0 THEN 's'
                  WHEN strpos($1, 'm') > 0 THEN 'n' ELSE 'p' END
             || CASE WHEN strpos($1, 'x') > 0 THEN 'x' ELSE '' END
             || CASE WHEN $1 ~ 'i[^c]*$' THEN 'i' ELSE '' END END;
-- Oracle's regular expressions as PostgreSQL's: a backslash in brackets is itself, and before a letter only \d \w \s, their
-- complements, \A and \Z mean something. What the engines read in different ways is refused: (?..), and greedy quantifiers
-- with non-greedy ones in a pattern that is not fixed at both ends, because PostgreSQL lets the first of them decide for all.
CREATE FUNCTION oracle.regex(pattern text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    result text := '';
    i int := 1;
    c text;
    following text;
    class text;
    greedy bool := false;
    lazy bool := false;
BEGIN
    IF pattern = '' OR strpos(pattern, '\') = 0 AND strpos(pattern, '?') = 0 THEN
        RETURN nullif(pattern, '');
    END IF;
    WHILE i <= length(pattern) LOOP
        c := substr(pattern, i, 1);
        following := substr(pattern, i + 1, 1);
        i := i + 1;
        IF c = '\' AND following <> '' THEN
            result := result || CASE WHEN following = 'z' THEN '\Z' WHEN following ~ '[a-zA-Z]' AND following !~ '[dDwWsSAZ]' THEN following ELSE c || following END;
            i := i + 1;
        ELSIF c = '[' THEN
            class := (regexp_match(substr(pattern, i), '^\^?\]?(?:\[:[a-z]*:\]|\[\..*?\.\]|\[=.*?=\]|[^]])*'))[1];
            result := result || '[' || replace(class, '\', '\\');
            i := i + length(class);
        ELSIF c = '(' AND following = '?' THEN
            RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '3001|unimplemented feature: (? in a regular expression (flext-oracle-emulator)';
        ELSE
            IF c IN ('*', '+', '?') OR c = '{' AND substr(pattern, i) ~ '^\d+,\d*\}' THEN
                IF c = '{' THEN
                    class := (regexp_match(substr(pattern, i), '^[^}]*\}'))[1];
                    c := c || class;
                    i := i + length(class);
                END IF;
                IF substr(pattern, i, 1) = '?' THEN
                    c := c || '?';
                    i := i + 1;
                    lazy := true;
                ELSE
                    greedy := true;
                END IF;
            END IF;
            result := result || c;
        END IF;
    END LOOP;
    IF greedy AND lazy AND pattern !~ '^\^[^|]*[^\\|][$]$' THEN
        RAISE EXCEPTION USING ERRCODE = 'ORA00',
            MESSAGE = '3001|unimplemented feature: greedy and non-greedy quantifiers in one regular expression without ^ and $ (flext-oracle-emulator)';
    END IF;
    RETURN result;
END
$$;
-- A position or occurrence.
CREATE FUNCTION oracle.positive(numeric) RETURNS int LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE WHEN $1 < 1 THEN oracle.fail(1428, 'argument ''' || oracle.number_text($1) || ''' is out of range', $1::text, 0) ELSE oracle.int($1) END;
CREATE FUNCTION oracle.regexp_like(text, text, text) RETURNS bool LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN pg_catalog.regexp_like($1, oracle.regex($2), oracle.regexp_flags($3));
CREATE FUNCTION oracle.regexp_like(text, text) RETURNS bool LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN pg_catalog.regexp_like($1, oracle.regex($2), 'p');
CREATE FUNCTION oracle.regexp_count(text, text, numeric, text) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN pg_catalog.regexp_count($1, oracle.regex($2), oracle.positive($3), oracle.regexp_flags($4))::numeric;
CREATE FUNCTION oracle.regexp_count(text, text, numeric) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN oracle.regexp_count($1, $2, $3, '');
CREATE FUNCTION oracle.regexp_count(text, text) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN oracle.regexp_count($1, $2, 1, '');
CREATE FUNCTION oracle.regexp_instr(text, text, numeric, numeric, numeric, text, numeric) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN pg_catalog.regexp_instr($1, oracle.regex($2), oracle.positive($3), oracle.positive($4), CASE WHEN $5 = 0 THEN 0 ELSE 1 END, oracle.regexp_flags($6),
        oracle.int($7))::numeric;
CREATE FUNCTION oracle.regexp_instr(text, text, numeric, numeric, numeric, text) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN oracle.regexp_instr($1, $2, $3, $4, $5, $6, 0);
CREATE FUNCTION oracle.regexp_instr(text, text, numeric, numeric, numeric) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN oracle.regexp_instr($1, $2, $3, $4, $5, '', 0);
CREATE FUNCTION oracle.regexp_instr(text, text, numeric, numeric) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN oracle.regexp_instr($1, $2, $3, $4, 0, '', 0);
CREATE FUNCTION oracle.regexp_instr(text, text, numeric) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN oracle.regexp_instr($1, $2, $3, 1, 0, '', 0);
CREATE FUNCTION oracle.regexp_instr(text, text) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN oracle.regexp_instr($1, $2, 1, 1, 0, '', 0);
CREATE FUNCTION oracle.regexp_substr(text, text, numeric, numeric, text, numeric) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN nullif(pg_catalog.regexp_substr($1, oracle.regex($2), oracle.positive($3), oracle.positive($4), oracle.regexp_flags($5), oracle.int($6)), '');
CREATE FUNCTION oracle.regexp_substr(text, text, numeric, numeric, text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN oracle.regexp_substr($1, $2, $3, $4, $5, 0);
CREATE FUNCTION oracle.regexp_substr(text, text, numeric, numeric) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN oracle.regexp_substr($1, $2, $3, $4, '', 0);
CREATE FUNCTION oracle.regexp_substr(text, text, numeric) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN oracle.regexp_substr($1, $2, $3, 1, '', 0);
CREATE FUNCTION oracle.regexp_substr(text, text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN oracle.regexp_substr($1, $2, 1, 1, '', 0);
CREATE FUNCTION oracle.regexp_replace(text, text, text, numeric, numeric, text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN coalesce($2, '') = '' THEN $1
                ELSE nullif(pg_catalog.regexp_replace($1, oracle.regex($2), coalesce($3, ''), oracle.positive($4), oracle.int($5), oracle.regexp_flags($6)), '') END;
CREATE FUNCTION oracle.regexp_replace(text, text, text, numeric, numeric) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN oracle.regexp_replace($1, $2, $3, $4, $5, '');
CREATE FUNCTION oracle.regexp_replace(text, text, text, numeric) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN oracle.regexp_replace($1, $2, $3, $4, 0, '');
CREATE FUNCTION oracle.regexp_replace(text, text, text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN oracle.regexp_replace($1, $2, $3, 1, 0, '');
CREATE FUNCTION oracle.regexp_replace(text, text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN oracle.regexp_replace($1, $2, NULL, 1, 0, '');

-- ------------------------------------------------------------------------------------------------------------------ others
CREATE FUNCTION oracle.to_char(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN $1;
CREATE FUNCTION oracle.to_char(oracle.clob) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN $1::text;
CREATE FUNCTION oracle.to_nchar(text) RETURNS oracle.nvarchar2 LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN $1::oracle.nvarchar2;
CREATE FUNCTION oracle.to_nchar(numeric) RETURNS oracle.nvarchar2 LANGUAGE sql STABLE STRICT PARALLEL SAFE RETURN oracle.to_char($1)::oracle.nvarchar2;
CREATE FUNCTION oracle.to_clob(text) RETURNS oracle.clob LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN $1::oracle.clob;
CREATE FUNCTION oracle.to_clob(oracle.clob) RETURNS oracle.clob LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN $1;
CREATE FUNCTION oracle.to_nclob(text) RETURNS oracle.nclob LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN $1::oracle.nclob;
CREATE FUNCTION oracle.empty_clob() RETURNS oracle.clob LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN ''::text::oracle.clob;
CREATE FUNCTION oracle.empty_blob() RETURNS oracle.blob LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN ''::bytea::oracle.blob;
CREATE FUNCTION oracle.to_blob(bytea) RETURNS oracle.blob LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN $1::oracle.blob;
CREATE FUNCTION oracle.unistr(text) RETURNS oracle.nvarchar2 LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN nullif(pg_catalog.unistr($1), '')::oracle.nvarchar2;
CREATE FUNCTION oracle.asciistr(s text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    c text;
    code int;
    result text := '';
BEGIN
    FOREACH c IN ARRAY regexp_split_to_array(s, '') LOOP
        code := ascii(c);
        IF code = 92 THEN
            result := result || '\005C';
        ELSIF code < 128 THEN
            result := result || c;
        ELSIF code < 65536 THEN
            result := result || '\' || upper(lpad(to_hex(code), 4, '0'));
        ELSE
            result := result || '\' || upper(to_hex(55296 + ((code - 65536) >> 10))) || '\' || upper(to_hex(56320 + ((code - 65536) & 1023)));
        END IF;
    END LOOP;
    RETURN result;
END
$$;
CREATE FUNCTION oracle.soundex(s text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    letters text := regexp_replace(upper(s), '[^A-Z]', '', 'g');
    codes text := translate(letters, 'BFPVCGJKQSXZDTLMNRHWAEIOUY', '11112222222233455600......');
    result text;
    previous text;
    c text;
BEGIN
    IF letters = '' THEN
        RETURN NULL;
    END IF;
    result := left(letters, 1);
    previous := left(codes, 1);
    FOR i IN 2 .. char_length(codes) LOOP
        c := substr(codes, i, 1);
        CONTINUE WHEN c = '0';  -- H and W do not separate equal codes
        IF c <> '.' AND c <> previous THEN
            result := result || c;
        END IF;
        previous := c;
    END LOOP;
    RETURN rpad(left(result, 4), 4, '0');
END
$$;

-- ---------------------------------------------------------------------------------------------------------------- NVL & co.
CREATE FUNCTION oracle.nvl(anycompatible, anycompatible) RETURNS anycompatible LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT COALESCE($1, $2)';
CREATE FUNCTION oracle.nvl(text, text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN coalesce($1, $2);
CREATE FUNCTION oracle.nvl(numeric, numeric) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN coalesce($1, $2);
CREATE FUNCTION oracle.nvl(numeric, text) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN coalesce($1, oracle.to_number($2));
CREATE FUNCTION oracle.nvl(text, numeric) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE RETURN coalesce($1, oracle.to_char($2));
CREATE FUNCTION oracle.nvl(oracle.clob, text) RETURNS oracle.clob LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN coalesce($1, $2::oracle.clob);
CREATE FUNCTION oracle.nvl2(anyelement, anycompatible, anycompatible) RETURNS anycompatible LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS 'SELECT CASE WHEN $1 IS NOT NULL THEN $2 ELSE $3 END';
CREATE FUNCTION oracle.nvl2(anyelement, text, numeric) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    AS 'SELECT CASE WHEN $1 IS NOT NULL THEN $2 ELSE oracle.to_char($3) END';
CREATE FUNCTION oracle.nvl2(anyelement, numeric, text) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS 'SELECT CASE WHEN $1 IS NOT NULL THEN $2 ELSE oracle.to_number($3) END';
CREATE FUNCTION oracle.lnnvl(bool) RETURNS bool LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN $1 IS NOT TRUE;

-- GREATEST and LEAST are NULL when any argument is; PostgreSQL's ignore NULLs.
DO $$
DECLARE
    f text;
    arguments int;
BEGIN
    FOREACH f IN ARRAY ARRAY['greatest', 'least'] LOOP
        EXECUTE format('CREATE FUNCTION oracle.%I(anyelement) RETURNS anyelement LANGUAGE sql IMMUTABLE PARALLEL SAFE AS %L', f, 'SELECT $1');
        FOR arguments IN 2 .. 12 LOOP
            EXECUTE format('CREATE FUNCTION oracle.%I(%s) RETURNS anycompatible LANGUAGE sql IMMUTABLE PARALLEL SAFE AS %L', f,
                (SELECT string_agg('anycompatible', ', ') FROM generate_series(1, arguments)),
                (SELECT format('SELECT CASE WHEN %s THEN %s(%s) END', string_agg(format('$%s IS NOT NULL', i), ' AND '), f, string_agg(format('$%s', i), ', '))
                   FROM generate_series(1, arguments) AS i));
        END LOOP;
    END LOOP;
END
$$;
