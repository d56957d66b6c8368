-- ROWID, SYS_CONTEXT, hashes, RAW functions, SCN and the aggregates that Oracle has.

-- ------------------------------------------------------------------------------------------------------------------- ROWID
-- 18 characters of base 64: object (6), file (3), block (6), row (3). Text order is the order of the numbers only within
-- one digit class, as in Oracle; compare ROWIDs as oracle.rowid. The number has the object in its upper 21 bits, then 32 bits
-- of block and 10 of row; there is only file 1. (backend/transcode.py does the same.)
CREATE FUNCTION oracle.base64_digits(n int8, width int) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    digits constant text := 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
    result text := '';
BEGIN
    FOR i IN 1 .. width LOOP
        result := substr(digits, (n & 63)::int + 1, 1) || result;
        n := n >> 6;
    END LOOP;
    RETURN result;
END
$$;
CREATE FUNCTION oracle.base64_number(s text) RETURNS int8 LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    result int8 := 0;
BEGIN
    FOR i IN 1 .. char_length(s) LOOP
        result := result * 64 + strpos('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/', substr(s, i, 1)) - 1;
    END LOOP;
    RETURN result;
END
$$;
CREATE FUNCTION oracle.rowidtochar(oracle.rowid) RETURNS varchar LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (oracle.base64_digits($1::int8 >> 42, 6) || 'AAB'
        || oracle.base64_digits(($1::int8 >> 10) & 4294967295, 6) || oracle.base64_digits($1::int8 & 1023, 3))::varchar(18);
CREATE FUNCTION oracle.rowid_from_text(text) RETURNS oracle.rowid LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN $1 !~ '^[A-Za-z0-9+/]{18}$' OR oracle.base64_number(pg_catalog.substr($1, 1, 6)) >= 2097152
                  OR oracle.base64_number(pg_catalog.substr($1, 10, 6)) >= 4294967296 OR oracle.base64_number(pg_catalog.substr($1, 16, 3)) >= 1024
                THEN oracle.fail(1410, 'invalid ROWID', $1, NULL::oracle.rowid)
                ELSE ((oracle.base64_number(pg_catalog.substr($1, 1, 6)) << 42) | (oracle.base64_number(pg_catalog.substr($1, 10, 6)) << 10)
                     | oracle.base64_number(pg_catalog.substr($1, 16, 3)))::oracle.rowid END;
CREATE FUNCTION oracle.chartorowid(text) RETURNS oracle.rowid LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN oracle.rowid_from_text($1);
DO $$
DECLARE
    op record;
BEGIN
    FOR op IN SELECT * FROM (VALUES ('=', 'eq', '<>'), ('<>', 'ne', '='), ('<', 'lt', '>='), ('<=', 'le', '>'), ('>', 'gt', '<='), ('>=', 'ge', '<'))
            AS v(symbol, name, negator) LOOP
        EXECUTE format('CREATE FUNCTION oracle.rowid_text_%s(oracle.rowid, text) RETURNS bool LANGUAGE sql IMMUTABLE PARALLEL SAFE'
            ' RETURN $1 OPERATOR(oracle.%s) oracle.rowid_from_text($2)', op.name, op.symbol);
        EXECUTE format('CREATE FUNCTION oracle.text_rowid_%s(text, oracle.rowid) RETURNS bool LANGUAGE sql IMMUTABLE PARALLEL SAFE'
            ' RETURN oracle.rowid_from_text($1) OPERATOR(oracle.%s) $2', op.name, op.symbol);
        EXECUTE format('CREATE OPERATOR oracle.%s (FUNCTION = oracle.rowid_text_%s, LEFTARG = oracle.rowid, RIGHTARG = text, NEGATOR = OPERATOR(oracle.%s))',
            op.symbol, op.name, op.negator);
        EXECUTE format('CREATE OPERATOR oracle.%s (FUNCTION = oracle.text_rowid_%s, LEFTARG = text, RIGHTARG = oracle.rowid, NEGATOR = OPERATOR(oracle.%s))',
            op.symbol, op.name, op.negator);
    END LOOP;
END
$$;
CREATE CAST (text AS oracle.rowid) WITH FUNCTION oracle.rowid_from_text(text) AS ASSIGNMENT;

-- --------------------------------------------------------------------------------------------------------------------- RAW
CREATE FUNCTION oracle.hextoraw(text) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN $1 !~ '^[0-9A-Fa-f]*$' THEN oracle.fail(1465, 'invalid hex number', $1, NULL::bytea)
                ELSE nullif(decode(CASE WHEN char_length($1) % 2 = 1 THEN '0' || $1 ELSE $1 END, 'hex'), ''::bytea) END;
CREATE FUNCTION oracle.to_blob(text) RETURNS oracle.blob LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN oracle.hextoraw($1)::oracle.blob;
CREATE FUNCTION oracle.rawtohex(bytea) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN nullif(pg_catalog.upper(encode($1, 'hex')), '');
CREATE FUNCTION oracle.rawtohex(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN nullif(pg_catalog.upper(encode(convert_to($1, 'UTF8'), 'hex')), '');
CREATE FUNCTION oracle.rawtonhex(bytea) RETURNS oracle.nvarchar2 LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN oracle.rawtohex($1)::oracle.nvarchar2;
-- RAW and text convert into each other by hexadecimal digits.
CREATE FUNCTION oracle.to_char(bytea) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN oracle.rawtohex($1);
CREATE CAST (bytea AS text) WITH FUNCTION oracle.to_char(bytea) AS IMPLICIT;
CREATE FUNCTION oracle.raw_to_varchar(bytea) RETURNS varchar LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN oracle.rawtohex($1)::varchar;
CREATE CAST (bytea AS varchar) WITH FUNCTION oracle.raw_to_varchar(bytea) AS ASSIGNMENT;
CREATE FUNCTION oracle.raw_to_char(bytea) RETURNS bpchar LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN oracle.rawtohex($1)::bpchar;
CREATE CAST (bytea AS bpchar) WITH FUNCTION oracle.raw_to_char(bytea) AS ASSIGNMENT;
CREATE CAST (text AS bytea) WITH FUNCTION oracle.hextoraw(text) AS ASSIGNMENT;
CREATE FUNCTION oracle.varchar_to_raw(varchar) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN oracle.hextoraw($1::text);
CREATE CAST (varchar AS bytea) WITH FUNCTION oracle.varchar_to_raw(varchar) AS ASSIGNMENT;
CREATE FUNCTION oracle.char_to_raw(bpchar) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN oracle.hextoraw($1::text);
CREATE CAST (bpchar AS bytea) WITH FUNCTION oracle.char_to_raw(bpchar) AS ASSIGNMENT;
DO $$
DECLARE
    op record;
BEGIN
    FOR op IN SELECT * FROM (VALUES ('=', 'eq', '<>'), ('<>', 'ne', '='), ('<', 'lt', '>='), ('<=', 'le', '>'), ('>', 'gt', '<='), ('>=', 'ge', '<'))
            AS v(symbol, name, negator) LOOP
        EXECUTE format('CREATE FUNCTION oracle.raw_text_%s(bytea, text) RETURNS bool LANGUAGE sql IMMUTABLE PARALLEL SAFE'
            ' RETURN $1 OPERATOR(pg_catalog.%s) oracle.hextoraw($2)', op.name, op.symbol);
        EXECUTE format('CREATE FUNCTION oracle.text_raw_%s(text, bytea) RETURNS bool LANGUAGE sql IMMUTABLE PARALLEL SAFE'
            ' RETURN oracle.hextoraw($1) OPERATOR(pg_catalog.%s) $2', op.name, op.symbol);
        EXECUTE format('CREATE OPERATOR oracle.%s (FUNCTION = oracle.raw_text_%s, LEFTARG = bytea, RIGHTARG = text, NEGATOR = OPERATOR(oracle.%s))',
            op.symbol, op.name, op.negator);
        EXECUTE format('CREATE OPERATOR oracle.%s (FUNCTION = oracle.text_raw_%s, LEFTARG = text, RIGHTARG = bytea, NEGATOR = OPERATOR(oracle.%s))',
            op.symbol, op.name, op.negator);
    END LOOP;
    CREATE FUNCTION oracle.concat(bytea, text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN oracle.concat(oracle.rawtohex($1), $2);
    CREATE FUNCTION oracle.concat(text, bytea) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN oracle.concat($1, oracle.rawtohex($2));
    CREATE FUNCTION oracle.concat(bytea, bytea) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE
        RETURN CASE WHEN $1 IS NULL THEN $2 WHEN $2 IS NULL THEN $1 ELSE $1 || $2 END;
    CREATE OPERATOR oracle.|| (FUNCTION = oracle.concat, LEFTARG = bytea, RIGHTARG = text);
    CREATE OPERATOR oracle.|| (FUNCTION = oracle.concat, LEFTARG = text, RIGHTARG = bytea);
    CREATE OPERATOR oracle.|| (FUNCTION = oracle.concat, LEFTARG = bytea, RIGHTARG = bytea);
END
$$;
CREATE FUNCTION oracle.nvl(bytea, bytea) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN coalesce($1, $2);
CREATE FUNCTION oracle.sys_guid() RETURNS bytea LANGUAGE sql VOLATILE PARALLEL SAFE RETURN uuid_send(gen_random_uuid());

-- ------------------------------------------------------------------------------------------------------------------- hashes
CREATE FUNCTION oracle.sha1(message bytea) RETURNS bytea LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    mask constant int8 := 4294967295;
    size int := length(message);
    padded bytea := message || '\x80'::bytea || decode(repeat('00', (119 - size % 64) % 64), 'hex') || int8send(size::int8 * 8);
    h0 int8 := 1732584193; h1 int8 := 4023233417; h2 int8 := 2562383102; h3 int8 := 271733878; h4 int8 := 3285377520;
    a int8; b int8; c int8; d int8; e int8; f int8; k int8; temp int8; x int8;
    w int8[];
BEGIN
    FOR block IN 0 .. length(padded) / 64 - 1 LOOP
        w := '{}';
        FOR i IN 0 .. 15 LOOP
            w[i] := (get_byte(padded, block * 64 + i * 4)::int8 << 24) | (get_byte(padded, block * 64 + i * 4 + 1) << 16)
                | (get_byte(padded, block * 64 + i * 4 + 2) << 8) | get_byte(padded, block * 64 + i * 4 + 3);
        END LOOP;
        FOR i IN 16 .. 79 LOOP
            x := w[i - 3] # w[i - 8] # w[i - 14] # w[i - 16];
            w[i] := ((x << 1) | (x >> 31)) & mask;
        END LOOP;
        a := h0; b := h1; c := h2; d := h3; e := h4;
        FOR i IN 0 .. 79 LOOP
            IF i < 20 THEN
                f := (b & c) | ((~b & mask) & d); k := 1518500249;
            ELSIF i < 40 THEN
                f := b # c # d; k := 1859775393;
            ELSIF i < 60 THEN
                f := (b & c) | (b & d) | (c & d); k := 2400959708;
            ELSE
                f := b # c # d; k := 3395469782;
            END IF;
            temp := ((((a << 5) | (a >> 27)) & mask) + f + e + k + w[i]) & mask;
            e := d; d := c; c := ((b << 30) | (b >> 2)) & mask; b := a; a := temp;
        END LOOP;
        h0 := (h0 + a) & mask; h1 := (h1 + b) & mask; h2 := (h2 + c) & mask; h3 := (h3 + d) & mask; h4 := (h4 + e) & mask;
    END LOOP;
    RETURN substr(int8send(h0), 5) || substr(int8send(h1), 5) || substr(int8send(h2), 5) || substr(int8send(h3), 5) || substr(int8send(h4), 5);
END
$$;
CREATE FUNCTION oracle.hash_bytes(bytea, text) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE upper($2) WHEN 'MD5' THEN decode(md5(coalesce($1, ''::bytea)), 'hex') WHEN 'SHA256' THEN sha256(coalesce($1, ''::bytea))
        WHEN 'SHA1' THEN oracle.sha1(coalesce($1, ''::bytea)) WHEN 'SHA512' THEN sha512(coalesce($1, ''::bytea))
        WHEN 'SHA384' THEN sha384(coalesce($1, ''::bytea))
        ELSE oracle.fail(1760, 'illegal argument for function', $2, NULL::bytea) END;
-- A value's internal form: what DUMP shows and STANDARD_HASH hashes.
CREATE FUNCTION oracle.internal(n numeric) RETURNS bytea LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    x numeric := oracle.number(n);
    e int;
    digits text;
    result bytea;
    d int;
BEGIN
    IF x = 0 THEN
        RETURN '\x80'::bytea;
    END IF;
    e := oracle.exponent100(x);
    -- The base-100 digits as pairs of decimal digits, aligned at the point.
    digits := oracle.plain(trunc(abs(x) * (100::numeric ^ (19 - e))));
    digits := rtrim(lpad(digits, 40, '0'), '0');
    digits := rpad(digits, (char_length(digits) + 1) / 2 * 2, '0');
    result := set_byte('\x00'::bytea, 0, CASE WHEN x > 0 THEN 193 + e ELSE 62 - e END);
    FOR i IN 1 .. char_length(digits) / 2 LOOP
        d := substr(digits, i * 2 - 1, 2)::int;
        result := result || set_byte('\x00'::bytea, 0, CASE WHEN x > 0 THEN d + 1 ELSE 101 - d END);
    END LOOP;
    IF x < 0 AND length(result) < 21 THEN
        result := result || '\x66'::bytea;
    END IF;
    RETURN result;
END
$$;
CREATE FUNCTION oracle.internal(x oracle.date) RETURNS bytea LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    t timestamp := x::timestamp;
    year int := extract(year FROM t);
    result bytea := '\x00000000000000'::bytea;
BEGIN
    result := set_byte(result, 0, 100 + year / 100);
    result := set_byte(result, 1, 100 + year % 100);
    result := set_byte(result, 2, extract(month FROM t)::int);
    result := set_byte(result, 3, extract(day FROM t)::int);
    result := set_byte(result, 4, extract(hour FROM t)::int + 1);
    result := set_byte(result, 5, extract(minute FROM t)::int + 1);
    RETURN set_byte(result, 6, extract(second FROM t)::int + 1);
END
$$;
CREATE FUNCTION oracle.internal(oracle.ts) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN oracle.internal(oracle.as_date($1)) || CASE WHEN oracle.nanoseconds($1::numeric) = 0 THEN ''::bytea ELSE int4send(oracle.nanoseconds($1::numeric)::int4) END;
CREATE FUNCTION oracle.internal(text) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN convert_to($1, 'UTF8');
CREATE FUNCTION oracle.internal(bytea) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN $1;
CREATE FUNCTION oracle.dump_text(b bytea, type int, base int) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN $1 IS NULL THEN 'NULL' ELSE format('Typ=%s Len=%s: %s', $2, length($1),
        (SELECT string_agg(CASE $3 WHEN 16 THEN to_hex(get_byte($1, i)) WHEN 8 THEN to_oct(get_byte($1, i))
                                   WHEN 17 THEN CASE WHEN get_byte($1, i) BETWEEN 32 AND 126 THEN pg_catalog.chr(get_byte($1, i)) ELSE to_hex(get_byte($1, i)) END
                                   ELSE get_byte($1, i)::text END, ',' ORDER BY i)
           FROM generate_series(0, length($1) - 1) AS i)) END;
DO $$
DECLARE
    c record;
BEGIN
    FOR c IN SELECT * FROM (VALUES ('numeric', 2), ('oracle.date', 12), ('oracle.ts', 180), ('text', 1), ('bytea', 23)) AS v(type, number) LOOP
        EXECUTE format('CREATE FUNCTION oracle.standard_hash(%s, text) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE'
            ' RETURN oracle.hash_bytes(oracle.internal($1), $2)', c.type);
        EXECUTE format('CREATE FUNCTION oracle.standard_hash(%s) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE'
            ' RETURN oracle.hash_bytes(oracle.internal($1), ''SHA1'')', c.type);
        -- Oracle's ORA_HASH is not published; this one has its range and is as stable, but gives other numbers.
        EXECUTE format('CREATE FUNCTION oracle.ora_hash(%s, numeric, numeric) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE'
            ' RETURN CASE WHEN $1 IS NULL THEN 0 ELSE pg_catalog.mod((hashbyteaextended(oracle.internal($1), oracle.int($3)) & 4294967295)::numeric, $2 + 1) END', c.type);
        EXECUTE format('CREATE FUNCTION oracle.ora_hash(%s, numeric) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN oracle.ora_hash($1, $2, 0)', c.type);
        EXECUTE format('CREATE FUNCTION oracle.ora_hash(%s) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN oracle.ora_hash($1, 4294967295, 0)', c.type);
        EXECUTE format('CREATE FUNCTION oracle.dump(%s, numeric) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE'
            ' RETURN oracle.dump_text(oracle.internal($1), %s, oracle.int($2))', c.type, c.number);
        EXECUTE format('CREATE FUNCTION oracle.dump(%s) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE'
            ' RETURN oracle.dump_text(oracle.internal($1), %s, 10)', c.type, c.number);
        IF c.type <> 'text' THEN
            EXECUTE format('CREATE FUNCTION oracle.vsize(%s) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE'
                ' RETURN octet_length(oracle.internal($1))::numeric', c.type);
        END IF;
    END LOOP;
END
$$;

-- -------------------------------------------------------------------------------------------------------------- SYS_CONTEXT
CREATE FUNCTION oracle.sys_context(namespace text, parameter text) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    name pg_catalog.text := pg_catalog.upper(parameter);
BEGIN
    IF namespace IS NULL OR parameter IS NULL THEN
        RETURN NULL;
    ELSIF pg_catalog.upper(namespace) OPERATOR(pg_catalog.<>) 'USERENV' THEN
        -- An application context: its attributes come with the logon. Their names may hold anything, so they are in hex.
        RETURN NULLIF(pg_catalog.current_setting('oracle.context_'
            OPERATOR(pg_catalog.||) pg_catalog.encode(pg_catalog.convert_to(pg_catalog.upper(namespace) OPERATOR(pg_catalog.||) '.'
            OPERATOR(pg_catalog.||) name, 'UTF8'), 'hex'), true), '');
    END IF;
    RETURN CASE name
        WHEN 'DB_NAME' THEN oracle.setting('db_name', 'FREEPDB1')
        WHEN 'CON_NAME' THEN oracle.setting('db_name', 'FREEPDB1')
        WHEN 'DB_UNIQUE_NAME' THEN 'FREE'
        WHEN 'CDB_NAME' THEN 'FREE'
        WHEN 'CON_ID' THEN '3'
        WHEN 'DB_DOMAIN' THEN NULL
        WHEN 'CURRENT_SCHEMA' THEN oracle.setting('schema', oracle."user"()::pg_catalog.text)
        WHEN 'CURRENT_USER' THEN oracle."user"()::pg_catalog.text
        WHEN 'SESSION_USER' THEN oracle.setting('session_user', oracle."user"()::pg_catalog.text)
        WHEN 'CURRENT_USERID' THEN oracle.uid()::pg_catalog.text
        WHEN 'SESSION_USERID' THEN oracle.uid()::pg_catalog.text
        WHEN 'CURRENT_SCHEMAID' THEN (SELECT u.user_id::pg_catalog.text FROM oracle.users u
            WHERE u.username OPERATOR(pg_catalog.=) oracle.setting('schema', oracle."user"()::pg_catalog.text))
        WHEN 'PROXY_USER' THEN NULLIF(oracle.setting('proxy_user', ''), '')
        WHEN 'PROXY_USERID' THEN NULL
        WHEN 'SID' THEN oracle.setting('sid', '1')
        WHEN 'SESSIONID' THEN oracle.setting('audit_sid', oracle.setting('sid', '1'))
        WHEN 'ENTRYID' THEN NULL
        WHEN 'STATEMENTID' THEN NULL
        WHEN 'BG_JOB_ID' THEN NULL
        WHEN 'FG_JOB_ID' THEN '0'
        WHEN 'GLOBAL_UID' THEN NULL
        WHEN 'GLOBAL_CONTEXT_MEMORY' THEN '0'
        WHEN 'SERVICE_NAME' THEN oracle.setting('service_name', pg_catalog.lower(oracle.setting('db_name', 'FREEPDB1')))
        WHEN 'INSTANCE' THEN '1'
        WHEN 'INSTANCE_NAME' THEN 'FREE'
        WHEN 'SERVER_HOST' THEN 'localhost'
        WHEN 'HOST' THEN NULLIF(oracle.setting('host', ''), '')
        WHEN 'TERMINAL' THEN oracle.setting('terminal', 'unknown')
        WHEN 'OS_USER' THEN NULLIF(oracle.setting('os_user', ''), '')
        WHEN 'IP_ADDRESS' THEN NULLIF(oracle.setting('ip_address', ''), '')
        WHEN 'NETWORK_PROTOCOL' THEN oracle.setting('network_protocol', 'tcp')
        WHEN 'MODULE' THEN NULLIF(oracle.setting('module', ''), '')
        WHEN 'ACTION' THEN NULLIF(oracle.setting('action', ''), '')
        WHEN 'CLIENT_INFO' THEN NULLIF(oracle.setting('client_info', ''), '')
        WHEN 'CLIENT_IDENTIFIER' THEN NULLIF(oracle.setting('client_identifier', ''), '')
        WHEN 'CLIENT_PROGRAM_NAME' THEN NULLIF(oracle.setting('program', ''), '')
        WHEN 'AUTHENTICATION_METHOD' THEN 'PASSWORD'
        WHEN 'AUTHENTICATED_IDENTITY' THEN oracle."user"()::pg_catalog.text
        WHEN 'AUTHENTICATION_DATA' THEN NULL
        WHEN 'IDENTIFICATION_TYPE' THEN 'LOCAL'
        WHEN 'ENTERPRISE_IDENTITY' THEN NULL
        WHEN 'EXTERNAL_NAME' THEN NULL
        WHEN 'ISDBA' THEN CASE WHEN oracle."user"() OPERATOR(pg_catalog.=) 'SYS' THEN 'TRUE' ELSE 'FALSE' END
        WHEN 'LANG' THEN 'US'
        WHEN 'LANGUAGE' THEN 'AMERICAN_AMERICA.AL32UTF8'
        WHEN 'NLS_TERRITORY' THEN 'AMERICA'
        WHEN 'NLS_CURRENCY' THEN '$'
        WHEN 'NLS_CALENDAR' THEN 'GREGORIAN'
        WHEN 'NLS_SORT' THEN 'BINARY'
        WHEN 'NLS_DATE_LANGUAGE' THEN 'AMERICAN'
        WHEN 'NLS_DATE_FORMAT' THEN oracle.setting('nls_date_format', 'DD-MON-RR')
        WHEN 'DATABASE_ROLE' THEN 'PRIMARY'
        WHEN 'SESSION_EDITION_NAME' THEN 'ORA$BASE'
        WHEN 'SESSION_EDITION_ID' THEN '134'
        WHEN 'CURRENT_EDITION_NAME' THEN 'ORA$BASE'
        WHEN 'CURRENT_EDITION_ID' THEN '134'
        WHEN 'ORACLE_HOME' THEN '/opt/oracle/product'
        WHEN 'PLATFORM_SLASH' THEN '/'
        WHEN 'POLICY_INVOKER' THEN NULL
        WHEN 'CURRENT_SQL' THEN NULL
        WHEN 'CURRENT_BIND' THEN NULL
        WHEN 'UNIFIED_AUDIT_SESSIONID' THEN oracle.setting('sid', '1')
        WHEN 'IS_APPLICATION_ROOT' THEN 'NO'
        WHEN 'IS_APPLICATION_PDB' THEN 'NO'
        WHEN 'SCHEDULER_JOB' THEN 'N'
        WHEN 'CLOUD_SERVICE' THEN NULL
        WHEN 'DRAIN_STATUS' THEN 'NONE'
        ELSE oracle.fail(2003, 'invalid USERENV parameter', name, ''::pg_catalog.text) END;
END
$$;
CREATE FUNCTION oracle.sys_context(text, text, numeric) RETURNS text LANGUAGE sql STABLE RETURN oracle.substr(oracle.sys_context($1, $2), 1, oracle.int($3));
CREATE FUNCTION oracle.dbms_debug_jdwp_current_session_id() RETURNS numeric LANGUAGE sql STABLE RETURN oracle.setting('sid', '1')::numeric;
CREATE FUNCTION oracle.dbms_debug_jdwp_current_session_serial() RETURNS numeric LANGUAGE sql STABLE RETURN oracle.setting('serial', '1')::numeric;
CREATE FUNCTION oracle.userenv(text) RETURNS text LANGUAGE sql STABLE
    RETURN CASE WHEN upper($1) IN ('CLIENT_INFO', 'ENTRYID', 'ISDBA', 'LANG', 'LANGUAGE', 'SESSIONID', 'SID', 'TERMINAL', 'INSTANCE') THEN oracle.sys_context('USERENV', $1)
                ELSE oracle.fail(2003, 'invalid USERENV parameter', $1, ''::text) END;

-- --------------------------------------------------------------------------------------------------------------------- SCN
-- Microseconds since 2020, PostgreSQL's unit of commit times; so an SCN has a time and a time an SCN. What a client asks for comes
-- with a snapshot that is kept (backend/snapshots.py) and travels in the setting oracle.scn to the statement that asked.
CREATE FUNCTION oracle.scn_of(timestamptz) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN floor((extract(epoch FROM $1) - 1577836800) * 1000000);
CREATE FUNCTION oracle.scn_of(oracle.ts) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN floor(($1::numeric - 1577836800) * 1000000);
CREATE FUNCTION oracle.current_scn() RETURNS numeric LANGUAGE sql VOLATILE PARALLEL SAFE
    RETURN coalesce(nullif(current_setting('oracle.scn', true), '')::numeric, oracle.scn_of(clock_timestamp()));
CREATE FUNCTION oracle.dbms_flashback_get_system_change_number() RETURNS numeric LANGUAGE sql VOLATILE PARALLEL SAFE RETURN oracle.current_scn();
CREATE FUNCTION oracle.timestamp_to_scn(oracle.ts) RETURNS numeric LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    scn numeric := oracle.scn_of($1);
BEGIN
    IF scn > oracle.scn_of(clock_timestamp()) OR scn < oracle.scn_of((SELECT min(created) FROM oracle.bootstrap)) THEN
        RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '8180|no snapshot found based on specified time';
    END IF;
    RETURN scn;
END
$$;
CREATE FUNCTION oracle.scn_to_timestamp(scn numeric) RETURNS oracle.ts LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog AS $$
BEGIN
    IF scn < oracle.scn_of((SELECT min(created) FROM oracle.bootstrap)) OR scn > oracle.scn_of(clock_timestamp()) THEN
        RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '8181|specified number is not a valid system change number';
    END IF;
    RETURN round(scn / 1000000 + 1577836800, 9)::oracle.ts;
END
$$;
-- ORA_ROWSCN of a row: the commit time of the transaction that wrote it (oracle.row_scn(xmin)); NULL while it may still be open.
CREATE FUNCTION oracle.row_scn(xid) RETURNS numeric LANGUAGE sql STABLE PARALLEL SAFE
    RETURN coalesce(oracle.scn_of(pg_xact_commit_timestamp($1)),
        CASE WHEN age($1) OPERATOR(pg_catalog.>) age(pg_snapshot_xmin(pg_current_snapshot())::xid) THEN 1 END);

-- --------------------------------------------------------------------------------------------------------------- aggregates
-- With PostgreSQL's own state functions where its result is Oracle's.
CREATE AGGREGATE oracle.count(*) (SFUNC = int8inc, STYPE = int8, INITCOND = '0', COMBINEFUNC = int8pl, PARALLEL = SAFE,
    MSFUNC = int8inc, MINVFUNC = int8dec, MSTYPE = int8, MINITCOND = '0');
CREATE AGGREGATE oracle.count("any") (SFUNC = int8inc_any, STYPE = int8, INITCOND = '0', COMBINEFUNC = int8pl, PARALLEL = SAFE,
    MSFUNC = int8inc_any, MINVFUNC = int8dec_any, MSTYPE = int8, MINITCOND = '0');
CREATE FUNCTION oracle.add_text(numeric, text) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN $2 IS NULL THEN $1 ELSE coalesce($1, 0) + oracle.to_number($2) END;
CREATE AGGREGATE oracle.sum(numeric) (SFUNC = numeric_avg_accum, STYPE = internal, FINALFUNC = numeric_sum, COMBINEFUNC = numeric_avg_combine,
    SERIALFUNC = numeric_avg_serialize, DESERIALFUNC = numeric_avg_deserialize, PARALLEL = SAFE,
    MSFUNC = numeric_avg_accum, MINVFUNC = numeric_accum_inv, MSTYPE = internal, MFINALFUNC = numeric_sum);
CREATE AGGREGATE oracle.sum(float8) (SFUNC = float8pl, STYPE = float8, COMBINEFUNC = float8pl, PARALLEL = SAFE);
CREATE AGGREGATE oracle.sum(text) (SFUNC = oracle.add_text, STYPE = numeric);
CREATE AGGREGATE oracle.sum(oracle.ids) (SFUNC = oracle.plus, STYPE = oracle.ids);
CREATE AGGREGATE oracle.sum(oracle.iym) (SFUNC = oracle.plus, STYPE = oracle.iym);
-- AVG keeps count and sum and divides as Oracle does. (SUM(x) / COUNT(x) is the faster spelling.)
CREATE FUNCTION oracle.avg_step(numeric[], numeric) RETURNS numeric[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    IF $2 IS NULL THEN
        RETURN $1;
    END IF;
    $1[1] := $1[1] OPERATOR(pg_catalog.+) 1::pg_catalog.numeric;
    $1[2] := $1[2] OPERATOR(pg_catalog.+) $2;
    RETURN $1;
END
$$;
CREATE FUNCTION oracle.avg_text_step(numeric[], text) RETURNS numeric[] LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN oracle.avg_step($1, oracle.to_number($2));
CREATE FUNCTION oracle.avg_result(numeric[]) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN $1[1] > 0 THEN oracle.divide($1[2], $1[1]) END;
CREATE AGGREGATE oracle.avg(numeric) (SFUNC = oracle.avg_step, STYPE = numeric[], INITCOND = '{0,0}', FINALFUNC = oracle.avg_result);
CREATE AGGREGATE oracle.avg(text) (SFUNC = oracle.avg_text_step, STYPE = numeric[], INITCOND = '{0,0}', FINALFUNC = oracle.avg_result);
CREATE AGGREGATE oracle.avg(float8) (SFUNC = float8_accum, STYPE = float8[], INITCOND = '{0,0,0}', FINALFUNC = float8_avg, COMBINEFUNC = float8_combine,
    PARALLEL = SAFE);
CREATE AGGREGATE oracle.min(numeric) (SFUNC = numeric_smaller, STYPE = numeric, SORTOP = OPERATOR(pg_catalog.<), COMBINEFUNC = numeric_smaller, PARALLEL = SAFE);
CREATE AGGREGATE oracle.max(numeric) (SFUNC = numeric_larger, STYPE = numeric, SORTOP = OPERATOR(pg_catalog.>), COMBINEFUNC = numeric_larger, PARALLEL = SAFE);
CREATE AGGREGATE oracle.min(text) (SFUNC = text_smaller, STYPE = text, SORTOP = OPERATOR(pg_catalog.<), COMBINEFUNC = text_smaller, PARALLEL = SAFE);
CREATE AGGREGATE oracle.max(text) (SFUNC = text_larger, STYPE = text, SORTOP = OPERATOR(pg_catalog.>), COMBINEFUNC = text_larger, PARALLEL = SAFE);
CREATE AGGREGATE oracle.min(bpchar) (SFUNC = bpchar_smaller, STYPE = bpchar, SORTOP = OPERATOR(pg_catalog.<), COMBINEFUNC = bpchar_smaller, PARALLEL = SAFE);
CREATE AGGREGATE oracle.max(bpchar) (SFUNC = bpchar_larger, STYPE = bpchar, SORTOP = OPERATOR(pg_catalog.>), COMBINEFUNC = bpchar_larger, PARALLEL = SAFE);
CREATE AGGREGATE oracle.min(float8) (SFUNC = float8smaller, STYPE = float8, SORTOP = OPERATOR(pg_catalog.<), COMBINEFUNC = float8smaller, PARALLEL = SAFE);
CREATE AGGREGATE oracle.max(float8) (SFUNC = float8larger, STYPE = float8, SORTOP = OPERATOR(pg_catalog.>), COMBINEFUNC = float8larger, PARALLEL = SAFE);
CREATE FUNCTION oracle.bytea_smaller(bytea, bytea) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN least($1, $2);
CREATE FUNCTION oracle.bytea_larger(bytea, bytea) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN greatest($1, $2);
CREATE AGGREGATE oracle.min(bytea) (SFUNC = oracle.bytea_smaller, STYPE = bytea, SORTOP = OPERATOR(pg_catalog.<));
CREATE AGGREGATE oracle.max(bytea) (SFUNC = oracle.bytea_larger, STYPE = bytea, SORTOP = OPERATOR(pg_catalog.>));
-- LISTAGG(x, d) WITHIN GROUP (ORDER BY y) as listagg(x, d ORDER BY y): NULLs are left out, over 4000 bytes is ORA-01489.
CREATE FUNCTION oracle.listagg_step(text, text, text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    IF $2 IS NULL THEN
        RETURN $1;
    ELSIF $1 IS NULL THEN
        RETURN $2;
    ELSIF pg_catalog.octet_length($1) OPERATOR(pg_catalog.>) 4000 THEN
        RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '1489|result of string concatenation is too long';
    END IF;
    RETURN pg_catalog.concat($1, $3, $2);
END
$$;
CREATE FUNCTION oracle.listagg_step(text, text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN oracle.listagg_step($1, $2, '');
CREATE FUNCTION oracle.listagg_result(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN octet_length($1) > 4000 THEN oracle.fail(1489, 'result of string concatenation is too long', $1, $1) ELSE nullif($1, '') END;
CREATE AGGREGATE oracle.listagg(text, text) (SFUNC = oracle.listagg_step, STYPE = text, FINALFUNC = oracle.listagg_result);
CREATE AGGREGATE oracle.listagg(text) (SFUNC = oracle.listagg_step, STYPE = text, FINALFUNC = oracle.listagg_result);
CREATE FUNCTION oracle.median_result(numeric[]) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT oracle.divide(pg_catalog.sum(x), pg_catalog.count(x)) FROM (
        SELECT x, pg_catalog.row_number() OVER (ORDER BY x) AS r, pg_catalog.count(*) OVER () AS n FROM pg_catalog.unnest($1) AS x WHERE x IS NOT NULL) AS s
    WHERE r::pg_catalog.float8 BETWEEN n::pg_catalog.float8 OPERATOR(pg_catalog./) 2 AND n::pg_catalog.float8 OPERATOR(pg_catalog./) 2 OPERATOR(pg_catalog.+) 1
$$;
CREATE AGGREGATE oracle.median(numeric) (SFUNC = array_append, STYPE = numeric[], FINALFUNC = oracle.median_result);
CREATE AGGREGATE oracle.any_value(anyelement) (SFUNC = any_value_transfn, STYPE = anyelement, COMBINEFUNC = any_value_transfn, PARALLEL = SAFE);
