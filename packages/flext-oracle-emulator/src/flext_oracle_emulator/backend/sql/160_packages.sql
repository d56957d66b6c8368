-- Functions of supplied packages that SQL may call: DBMS_LOB.GETLENGTH(x) is oracle.dbms_lob_getlength(x).
-- PL/SQL has its own (plsql/supplied); these are the ones that read values without side effects.

-- ---------------------------------------------------------------------------------------------------------------- DBMS_LOB
CREATE FUNCTION oracle.dbms_lob_getlength(text) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN char_length($1)::numeric;
CREATE FUNCTION oracle.dbms_lob_getlength(oracle.clob) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN char_length($1::text)::numeric;
CREATE FUNCTION oracle.dbms_lob_getlength(oracle.nclob) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN char_length($1::text)::numeric;
CREATE FUNCTION oracle.dbms_lob_getlength(bytea) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN octet_length($1)::numeric;
CREATE FUNCTION oracle.dbms_lob_getlength(oracle.blob) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN octet_length($1::bytea)::numeric;

-- SUBSTR(lob, amount, offset): 32767 from the beginning unless told; NULL for what no LOB can have.
CREATE FUNCTION oracle.lob_part(body text, amount numeric, start numeric) RETURNS varchar LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE WHEN amount >= 1 AND amount <= 32767 AND start >= 1
                THEN nullif(pg_catalog.substr(body, trunc(start)::int, trunc(amount)::int), '')::varchar END;
CREATE FUNCTION oracle.lob_part(body bytea, amount numeric, start numeric) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE WHEN amount >= 1 AND amount <= 32767 AND start >= 1
                THEN nullif(pg_catalog.substr(body, trunc(start)::int, trunc(amount)::int), ''::bytea) END;
DO $$
DECLARE
    kind record;
BEGIN
    FOR kind IN SELECT * FROM (VALUES ('text', 'text', 'varchar'), ('oracle.clob', 'text', 'varchar'), ('oracle.nclob', 'text', 'varchar'),
            ('bytea', 'bytea', 'bytea'), ('oracle.blob', 'bytea', 'bytea')) AS v(lob, base, result) LOOP
        EXECUTE format('CREATE FUNCTION oracle.dbms_lob_substr(%s) RETURNS %s LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE'
            ' RETURN oracle.lob_part($1::%s, 32767, 1)', kind.lob, kind.result, kind.base);
        EXECUTE format('CREATE FUNCTION oracle.dbms_lob_substr(%s, numeric) RETURNS %s LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE'
            ' RETURN oracle.lob_part($1::%s, $2, 1)', kind.lob, kind.result, kind.base);
        EXECUTE format('CREATE FUNCTION oracle.dbms_lob_substr(%s, numeric, numeric) RETURNS %s LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE'
            ' RETURN oracle.lob_part($1::%s, $2, $3)', kind.lob, kind.result, kind.base);
        EXECUTE format('CREATE FUNCTION oracle.dbms_lob_compare(%s, %s) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE'
            ' RETURN CASE WHEN $1::%s OPERATOR(pg_catalog.=) $2::%s THEN 0 WHEN $1::%s OPERATOR(pg_catalog.<) $2::%s THEN -1 ELSE 1 END',
            kind.lob, kind.lob, kind.base, kind.base, kind.base, kind.base);
    END LOOP;
    FOR kind IN SELECT * FROM (VALUES ('text'), ('oracle.clob'), ('oracle.nclob')) AS v(lob) LOOP
        EXECUTE format('CREATE FUNCTION oracle.dbms_lob_instr(%s, text) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE'
            ' RETURN coalesce(oracle.instr($1::text, $2), 0)', kind.lob);
        EXECUTE format('CREATE FUNCTION oracle.dbms_lob_instr(%s, text, numeric) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE'
            ' RETURN coalesce(oracle.instr($1::text, $2, $3, 1), 0)', kind.lob);
        EXECUTE format('CREATE FUNCTION oracle.dbms_lob_instr(%s, text, numeric, numeric) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE'
            ' RETURN coalesce(oracle.instr($1::text, $2, $3, $4), 0)', kind.lob);
    END LOOP;
END
$$;

-- ----------------------------------------------------------------------------------------------------------------- UTL_RAW
CREATE FUNCTION oracle.utl_raw_cast_to_raw(text) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN convert_to($1, 'UTF8');
CREATE FUNCTION oracle.utl_raw_cast_to_varchar2(bytea) RETURNS varchar LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN convert_from($1, 'UTF8')::varchar;
CREATE FUNCTION oracle.utl_raw_length(bytea) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN octet_length($1)::numeric;
CREATE FUNCTION oracle.utl_raw_substr(bytea, numeric) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN nullif(pg_catalog.substr($1, CASE WHEN $2 < 0 THEN octet_length($1) + $2::int + 1 ELSE greatest($2::int, 1) END), ''::bytea);
CREATE FUNCTION oracle.utl_raw_substr(bytea, numeric, numeric) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN nullif(pg_catalog.substr($1, CASE WHEN $2 < 0 THEN octet_length($1) + $2::int + 1 ELSE greatest($2::int, 1) END, greatest($3::int, 0)), ''::bytea);
CREATE FUNCTION oracle.utl_raw_concat(bytea, bytea) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN nullif(coalesce($1, ''::bytea) || coalesce($2, ''::bytea), ''::bytea);

-- ------------------------------------------------------------------------------------------------- DBMS_RANDOM, DBMS_UTILITY
CREATE FUNCTION oracle.dbms_random_value() RETURNS numeric LANGUAGE sql VOLATILE PARALLEL RESTRICTED
    RETURN trunc(random()::numeric * 1e38::numeric / 1e38::numeric, 38);
CREATE FUNCTION oracle.dbms_random_value(low numeric, high numeric) RETURNS numeric LANGUAGE sql VOLATILE PARALLEL RESTRICTED
    RETURN low + random()::numeric * (high - low);
CREATE FUNCTION oracle.dbms_random_normal() RETURNS numeric LANGUAGE sql VOLATILE PARALLEL RESTRICTED
    RETURN random_normal()::numeric;
CREATE FUNCTION oracle.dbms_random_string(opt text, len numeric) RETURNS varchar LANGUAGE plpgsql VOLATILE STRICT PARALLEL RESTRICTED
SET search_path = pg_catalog AS $$
DECLARE
    alphabet text := CASE upper(opt)
        WHEN 'L' THEN 'abcdefghijklmnopqrstuvwxyz'
        WHEN 'A' THEN 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
        WHEN 'X' THEN 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
        WHEN 'P' THEN (SELECT string_agg(chr(code), '') FROM generate_series(32, 126) AS code)
        ELSE 'ABCDEFGHIJKLMNOPQRSTUVWXYZ' END;
    result text := '';
BEGIN
    FOR i IN 1 .. least(len, 4000) LOOP
        result := result || substr(alphabet, 1 + floor(random() * char_length(alphabet))::int, 1);
    END LOOP;
    RETURN nullif(result, '')::varchar;
END
$$;
