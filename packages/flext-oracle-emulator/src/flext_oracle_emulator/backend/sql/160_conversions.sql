-- Conversions that answer NULL instead of an error (DEFAULT .. ON CONVERSION ERROR, VALIDATE_CONVERSION), character set
-- functions, and the few functions of supplied packages that queries call (DBMS_LOB, UTL_RAW, DBMS_RANDOM, DBMS_UTILITY).

-- `conversion` is the text of an expression over $1 (the value) and $2 (its model). Whatever it refuses is NULL.
CREATE FUNCTION oracle.convert_or_null(value text, model text, conversion text, sample anyelement) RETURNS anyelement
LANGUAGE plpgsql STABLE AS $$
DECLARE
    result sample%TYPE;
BEGIN
    EXECUTE 'SELECT ' OPERATOR(pg_catalog.||) conversion INTO result USING value, model;
    RETURN result;
EXCEPTION
    WHEN data_exception OR SQLSTATE 'ORA00' THEN
        RETURN NULL;
END
$$;

-- BOOLEAN (23ai) as text and from it.
CREATE FUNCTION oracle.to_char(bool) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN CASE WHEN $1 THEN 'TRUE' ELSE 'FALSE' END;
CREATE FUNCTION oracle.to_boolean(numeric) RETURNS bool LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN $1 <> 0;
CREATE FUNCTION oracle.to_boolean(bool) RETURNS bool LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN $1;

-- --------------------------------------------------------------------------------------------------------- character sets
CREATE TABLE oracle.character_sets (id int PRIMARY KEY, name text NOT NULL, encoding text);
INSERT INTO oracle.character_sets VALUES (1, 'US7ASCII', 'SQL_ASCII'), (31, 'WE8ISO8859P1', 'LATIN1'), (46, 'WE8ISO8859P15', 'LATIN9'),
    (178, 'WE8MSWIN1252', 'WIN1252'), (171, 'CL8MSWIN1251', 'WIN1251'), (170, 'EE8MSWIN1250', 'WIN1250'), (32, 'EE8ISO8859P2', 'LATIN2'),
    (871, 'UTF8', 'UTF8'), (873, 'AL32UTF8', 'UTF8'), (2000, 'AL16UTF16', NULL), (832, 'JA16SJIS', 'SJIS'), (830, 'JA16EUC', 'EUC_JP'),
    (852, 'ZHS16GBK', 'GBK'), (846, 'KO16MSWIN949', 'UHC');
CREATE FUNCTION oracle.nls_charset_id(text) RETURNS numeric LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (SELECT c.id::numeric FROM oracle.character_sets c WHERE c.name = CASE pg_catalog.upper($1) WHEN 'CHAR_CS' THEN 'AL32UTF8' WHEN 'NCHAR_CS' THEN 'AL16UTF16' ELSE pg_catalog.upper($1) END);
CREATE FUNCTION oracle.nls_charset_name(numeric) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (SELECT c.name FROM oracle.character_sets c WHERE c.id = oracle.int($1));
-- Collations by number; only the binary ones are here.
CREATE FUNCTION oracle.nls_collation_id(text) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE pg_catalog.upper($1) WHEN 'BINARY' THEN 16383 WHEN 'BINARY_AI' THEN 81919 WHEN 'BINARY_CI' THEN 147455
        ELSE oracle.fail(3001, 'unimplemented feature: NLS_COLLATION_ID of linguistic collations (flext-oracle-emulator)', $1, NULL::numeric) END;
CREATE FUNCTION oracle.nls_collation_name(numeric) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE $1 WHEN 16383 THEN 'BINARY' WHEN 81919 THEN 'BINARY_AI' WHEN 147455 THEN 'BINARY_CI'
        ELSE oracle.fail(3001, 'unimplemented feature: NLS_COLLATION_NAME of linguistic collations (flext-oracle-emulator)', $1::text, NULL::text) END;
CREATE FUNCTION oracle.nls_collation_name(numeric, text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN oracle.nls_collation_name($1);
-- What a character set has not is replaced: letters by those without accents, the rest by a question mark.
CREATE FUNCTION oracle.convert(s text, target text, source text) RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    encoding text;
    result text := '';
    c text;
BEGIN
    IF s IS NULL OR target IS NULL THEN
        RETURN NULL;
    END IF;
    IF NOT EXISTS (SELECT FROM oracle.character_sets x WHERE x.name = upper(source)) THEN
        RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '1482|unsupported character set';
    END IF;
    SELECT x.encoding INTO encoding FROM oracle.character_sets x WHERE x.name = upper(target);
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '1482|unsupported character set';
    ELSIF encoding = 'UTF8' THEN
        RETURN s;
    ELSIF encoding = 'SQL_ASCII' THEN
        FOREACH c IN ARRAY regexp_split_to_array(s, '') LOOP
            result := result || CASE WHEN ascii(c) < 128 THEN c ELSE
                CASE WHEN ascii(left(normalize(c, NFD), 1)) < 128 THEN left(normalize(c, NFD), 1) ELSE '?' END END;
        END LOOP;
        RETURN result;
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '3001|unimplemented feature: CONVERT to ' || upper(target) || ' (flext-oracle-emulator)';
END
$$;
CREATE FUNCTION oracle.convert(text, text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE RETURN oracle.convert($1, $2, 'AL32UTF8');
-- ASCII 33 to 126 and their full-width twins; the blank's twin is U+3000.
CREATE FUNCTION oracle.full_width(single bool) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (SELECT string_agg(pg_catalog.chr(CASE WHEN $1 THEN c WHEN c = 32 THEN 12288 ELSE c + 65248 END), '' ORDER BY c) FROM generate_series(32, 126) AS c);
CREATE FUNCTION oracle.to_multi_byte(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN pg_catalog.translate($1, oracle.full_width(true), oracle.full_width(false));
CREATE FUNCTION oracle.to_single_byte(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN pg_catalog.translate($1, oracle.full_width(false), oracle.full_width(true));

-- ------------------------------------------------------------------------------------------------------------ small ones
CREATE FUNCTION oracle.bin_to_num(VARIADIC bits numeric[]) RETURNS numeric LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    result numeric := 0;
    b numeric;
BEGIN
    FOREACH b IN ARRAY bits LOOP
        IF b IS NULL OR b NOT IN (0, 1) THEN
            RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '1760|illegal argument for function';
        END IF;
        result := result * 2 + b;
    END LOOP;
    RETURN result;
END
$$;
-- The zones' rules do not change while the emulator runs.
CREATE FUNCTION oracle.ora_dst_affected(oracle.tstz) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN 0::numeric;
CREATE FUNCTION oracle.ora_dst_error(oracle.tstz) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN 0::numeric;
CREATE FUNCTION oracle.ora_dst_convert(oracle.tstz) RETURNS oracle.tstz LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN $1;
CREATE FUNCTION oracle.ora_dst_convert(oracle.tstz, numeric) RETURNS oracle.tstz LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN $1;
CREATE FUNCTION oracle.ora_dst_convert(oracle.tstz, numeric, numeric) RETURNS oracle.tstz LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN $1;
CREATE FUNCTION oracle.rawtohex(numeric) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN oracle.rawtohex(oracle.internal($1));
-- FLOAT(b) keeps b binary digits, rounded to the decimal digits that they are worth.
CREATE FUNCTION oracle.float_of(x numeric, bits int) RETURNS numeric LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    kept int := ceil(bits * 0.30103)::int;
    digits text := ltrim(replace(oracle.plain(abs(x)), '.', ''), '0');
BEGIN
    IF x = 0 THEN
        RETURN x;
    END IF;
    RETURN trim_scale(round(x, kept - (char_length(digits) - scale(x))));
END
$$;

-- IEEE bytes, turned so that they sort: the sign bit flipped, of a negative number all bits.
CREATE FUNCTION oracle.sortable(b bytea) RETURNS bytea LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog AS $$
BEGIN
    IF get_byte(b, 0) < 128 THEN
        RETURN set_byte(b, 0, get_byte(b, 0) + 128);
    END IF;
    FOR i IN 0 .. octet_length(b) - 1 LOOP
        b := set_byte(b, i, 255 - get_byte(b, i));
    END LOOP;
    RETURN b;
END
$$;
CREATE FUNCTION oracle.internal(float8) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN oracle.sortable(float8send($1));
CREATE FUNCTION oracle.internal(float4) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN oracle.sortable(float4send($1));
DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['float4', 'float8'] LOOP
        EXECUTE format('CREATE FUNCTION oracle.standard_hash(%s, text) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN oracle.standard_hash(oracle.internal($1), $2)', t);
        EXECUTE format('CREATE FUNCTION oracle.standard_hash(%s) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN oracle.standard_hash(oracle.internal($1))', t);
        EXECUTE format('CREATE FUNCTION oracle.ora_hash(%s) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN oracle.ora_hash(oracle.internal($1))', t);
        EXECUTE format('CREATE FUNCTION oracle.ora_hash(%s, numeric) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN oracle.ora_hash(oracle.internal($1), $2)', t);
        EXECUTE format('CREATE FUNCTION oracle.ora_hash(%s, numeric, numeric) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN oracle.ora_hash(oracle.internal($1), $2, $3)', t);
        EXECUTE format('CREATE FUNCTION oracle.vsize(%s) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN octet_length(oracle.internal($1))::numeric', t);
    END LOOP;
END
$$;

-- DUMP of `length` bytes from `start` (0: all of them); with fmt + 1000 the character set of text is named.
CREATE FUNCTION oracle.dump_part(b bytea, code int, fmt numeric, start numeric, length numeric) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog AS $$
DECLARE
    first int := greatest(oracle.int(start), 1);
    part bytea := CASE WHEN length > 0 THEN substr(b, first, oracle.int(length)) ELSE substr(b, first) END;
    shown text := oracle.dump_text(part, code, (oracle.int(fmt) % 1000));
BEGIN
    IF b IS NULL THEN
        RETURN 'NULL';
    END IF;
    RETURN format('Typ=%s Len=%s%s: %s', code, octet_length(b), CASE WHEN fmt > 1000 AND code IN (1, 96) THEN ' CharacterSet=AL32UTF8' ELSE '' END,
        substr(shown, strpos(shown, ': ') + 2));
END
$$;

-- -------------------------------------------------------------------------------------------------------- supplied packages
CREATE FUNCTION oracle.dbms_lob_getlength(text) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN char_length($1)::numeric;
CREATE FUNCTION oracle.dbms_lob_getlength(bytea) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN octet_length($1)::numeric;
CREATE FUNCTION oracle.dbms_lob_substr(text, numeric, numeric) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN $2 >= 1 AND $3 >= 1 THEN nullif(pg_catalog.substr($1, oracle.int($3), oracle.int($2)), '') END;
CREATE FUNCTION oracle.dbms_lob_substr(text, numeric) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN oracle.dbms_lob_substr($1, $2, 1::numeric);
CREATE FUNCTION oracle.dbms_lob_substr(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN oracle.dbms_lob_substr($1, 32767::numeric, 1::numeric);
CREATE FUNCTION oracle.dbms_lob_substr(bytea, numeric, numeric) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN $2 >= 1 AND $3 >= 1 THEN nullif(pg_catalog.substr($1, oracle.int($3), oracle.int($2)), ''::bytea) END;
CREATE FUNCTION oracle.dbms_lob_substr(bytea, numeric) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN oracle.dbms_lob_substr($1, $2, 1::numeric);
CREATE FUNCTION oracle.dbms_lob_substr(bytea) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN oracle.dbms_lob_substr($1, 32767::numeric, 1::numeric);
CREATE FUNCTION oracle.dbms_lob_instr(text, text, numeric, numeric) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN oracle.instr($1, $2, $3, $4);
CREATE FUNCTION oracle.dbms_lob_instr(text, text, numeric) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN oracle.instr($1, $2, $3, 1::numeric);
CREATE FUNCTION oracle.dbms_lob_instr(text, text) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN oracle.instr($1, $2, 1::numeric, 1::numeric);
CREATE FUNCTION oracle.dbms_lob_compare(text, text) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE WHEN $1 = $2 THEN 0 WHEN $1 COLLATE "C" < $2 COLLATE "C" THEN -1 ELSE 1 END::numeric;
CREATE FUNCTION oracle.dbms_lob_compare(bytea, bytea) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE WHEN $1 = $2 THEN 0 WHEN $1 < $2 THEN -1 ELSE 1 END::numeric;
CREATE FUNCTION oracle.utl_raw_cast_to_raw(text) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN convert_to($1, 'UTF8');
CREATE FUNCTION oracle.utl_raw_cast_to_varchar2(bytea) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN convert_from($1, 'UTF8');
CREATE FUNCTION oracle.utl_raw_length(bytea) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN octet_length($1)::numeric;
CREATE FUNCTION oracle.utl_raw_substr(bytea, numeric, numeric) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN nullif(pg_catalog.substr($1, CASE WHEN $2 < 0 THEN octet_length($1) + oracle.int($2) + 1 ELSE oracle.int($2) END, oracle.int($3)), ''::bytea);
CREATE FUNCTION oracle.utl_raw_substr(bytea, numeric) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN oracle.utl_raw_substr($1, $2, 32767::numeric);
CREATE FUNCTION oracle.utl_raw_cast_from_number(numeric) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN oracle.internal($1);
CREATE FUNCTION oracle.utl_raw_cast_from_binary_integer(numeric) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN int4send($1::int4);
CREATE FUNCTION oracle.utl_raw_cast_to_binary_integer(bytea) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (('x' || pg_catalog.lpad(encode($1, 'hex'), 8, '0'))::bit(32)::int4)::numeric;
CREATE FUNCTION oracle.utl_encode_base64_encode(bytea) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN convert_to(pg_catalog.replace(encode($1, 'base64'), E'\n', E'\r\n'), 'UTF8');
CREATE FUNCTION oracle.utl_encode_base64_decode(bytea) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN decode(convert_from($1, 'UTF8'), 'base64');
CREATE FUNCTION oracle.dbms_random_value() RETURNS numeric LANGUAGE sql VOLATILE PARALLEL RESTRICTED
    RETURN (random(0, 99999999999999999999999999999999999999::numeric) / 1e38)::numeric;
CREATE FUNCTION oracle.dbms_random_value(numeric, numeric) RETURNS numeric LANGUAGE sql VOLATILE PARALLEL RESTRICTED
    RETURN oracle.number($1 + oracle.dbms_random_value() * ($2 - $1));
CREATE FUNCTION oracle.dbms_random_random() RETURNS numeric LANGUAGE sql VOLATILE PARALLEL RESTRICTED RETURN random(-2147483648, 2147483647)::numeric;
CREATE FUNCTION oracle.dbms_random_normal() RETURNS numeric LANGUAGE sql VOLATILE PARALLEL RESTRICTED RETURN random_normal()::numeric;
CREATE FUNCTION oracle.dbms_random_string(opt text, len numeric) RETURNS text LANGUAGE sql VOLATILE PARALLEL RESTRICTED
    RETURN (SELECT string_agg(pg_catalog.substr(s.letters, random(1, char_length(s.letters)), 1), '')
              FROM (SELECT CASE pg_catalog.lower($1) WHEN 'l' THEN 'abcdefghijklmnopqrstuvwxyz' WHEN 'a' THEN 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'
                                WHEN 'x' THEN 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
                                WHEN 'p' THEN (SELECT string_agg(pg_catalog.chr(c), '') FROM generate_series(32, 126) AS c)
                                ELSE 'ABCDEFGHIJKLMNOPQRSTUVWXYZ' END AS letters) AS s, generate_series(1, oracle.int($2)) AS n);
CREATE FUNCTION oracle.dbms_utility_get_time() RETURNS numeric LANGUAGE sql VOLATILE PARALLEL SAFE
    RETURN pg_catalog.trunc(extract(epoch FROM clock_timestamp() - pg_postmaster_start_time()) * 100);
CREATE FUNCTION oracle.dbms_utility_get_hash_value(text, numeric, numeric) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN $2 + pg_catalog.mod((hashtextextended($1, 0) & 4294967295)::numeric, $3);
CREATE FUNCTION oracle.dbms_session_unique_session_id() RETURNS text LANGUAGE sql STABLE RETURN pg_catalog.lpad(to_hex(pg_backend_pid()), 12, '0');

-- -------------------------------------------------------------------------------------------------- Unicode, sort keys, LONG
DO $$
DECLARE
    suffix text;
BEGIN
    -- Characters, code units and code points: here they are all code points.
    FOREACH suffix IN ARRAY ARRAY['2', '4'] LOOP
        EXECUTE format('CREATE FUNCTION oracle.substr%s(text, numeric) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN oracle.substr($1, $2)', suffix);
        EXECUTE format('CREATE FUNCTION oracle.substr%s(text, numeric, numeric) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN oracle.substr($1, $2, $3)', suffix);
        EXECUTE format('CREATE FUNCTION oracle.length%s(text) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN char_length($1)::numeric', suffix);
        EXECUTE format('CREATE FUNCTION oracle.instr%s(text, text) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN oracle.instr($1, $2)', suffix);
        EXECUTE format('CREATE FUNCTION oracle.instr%s(text, text, numeric) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN oracle.instr($1, $2, $3)', suffix);
        EXECUTE format('CREATE FUNCTION oracle.instr%s(text, text, numeric, numeric) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN oracle.instr($1, $2, $3, $4)', suffix);
    END LOOP;
END
$$;
CREATE FUNCTION oracle.compose(text) RETURNS oracle.nvarchar2 LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN normalize($1, NFC)::oracle.nvarchar2;
CREATE FUNCTION oracle.decompose(text) RETURNS oracle.nvarchar2 LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN normalize($1, NFD)::oracle.nvarchar2;
CREATE FUNCTION oracle.nlssort(s text, sort text) RETURNS bytea LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
BEGIN
    CASE upper(replace(sort, ' ', ''))
        WHEN 'NLS_SORT=BINARY' THEN RETURN convert_to(s, 'UTF8') || '\x00'::bytea;
        WHEN 'NLS_SORT=BINARY_CI' THEN RETURN convert_to(lower(s), 'UTF8') || '\x00'::bytea;
        ELSE RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '3001|unimplemented feature: NLSSORT by ' || sort || ' (flext-oracle-emulator)';
    END CASE;
END
$$;
CREATE FUNCTION oracle.nlssort(text) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN oracle.nlssort($1, 'NLS_SORT=BINARY');
CREATE FUNCTION oracle.to_lob(text) RETURNS oracle.clob LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN $1::oracle.clob;
CREATE FUNCTION oracle.rowidtonchar(oracle.rowid) RETURNS oracle.nvarchar2 LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN oracle.rowidtochar($1)::oracle.nvarchar2;
CREATE FUNCTION oracle.nls_charset_decl_len(numeric, numeric) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN pg_catalog.trunc($1 / CASE WHEN $2 = 2000 THEN 2 ELSE 1 END);
