-- The clone types of backend/pgtypes.py: each has the internal functions of an existing type, so it costs nothing, and its
-- own operators, casts and operator classes, so that Oracle's meaning hangs on the type.

CREATE SCHEMA IF NOT EXISTS oracle;

-- kind -> PostgreSQL's C functions of the type that is cloned
CREATE TABLE oracle.clone (
    name     text PRIMARY KEY,
    base     regtype NOT NULL,
    stem     text NOT NULL,   -- in/out/recv/send are stem || suffix
    io       text NOT NULL,   -- '' or '_' between stem and suffix
    in_args  text NOT NULL,
    category "char" NOT NULL,
    compare  text,            -- stem of eq, ne, lt ..; NULL: values cannot be compared (Oracle: ORA-00932)
    typmod   text             -- stem of the typmod functions
);
INSERT INTO oracle.clone VALUES
    ('ts',        'numeric',   'numeric',   '_', 'cstring, oid, int4', 'X', 'numeric_', 'numeric'),
    ('tsltz',     'numeric',   'numeric',   '_', 'cstring, oid, int4', 'X', 'numeric_', 'numeric'),
    ('tstz',      'numeric',   'numeric',   '_', 'cstring, oid, int4', 'X', 'own',      'numeric'),
    ('date',      'timestamp', 'timestamp', '_', 'cstring, oid, int4', 'X', 'timestamp_', NULL),
    ('ids',       'numeric',   'numeric',   '_', 'cstring, oid, int4', 'Y', 'numeric_', 'numeric'),
    ('iym',       'numeric',   'numeric',   '_', 'cstring, oid, int4', 'Z', 'numeric_', 'numeric'),
    ('rowid',     'int8',      'int8',      '',  'cstring',            'R', 'int8',     NULL),
    ('nvarchar2', 'varchar',   'varchar',   '',  'cstring, oid, int4', 'S', NULL,       'varchar'),
    ('nchar',     'bpchar',    'bpchar',    '',  'cstring, oid, int4', 'S', 'bpchar',   'bpchar'),
    ('clob',      'text',      'text',      '',  'cstring',            'S', NULL,       NULL),
    ('nclob',     'text',      'text',      '',  'cstring',            'S', NULL,       NULL),
    ('long',      'text',      'text',      '',  'cstring',            'S', NULL,       NULL),
    ('xmltype',   'text',      'text',      '',  'cstring',            'U', NULL,       NULL),
    ('json',      'text',      'text',      '',  'cstring',            'U', NULL,       NULL),
    ('vector',    'text',      'text',      '',  'cstring',            'U', NULL,       NULL),
    ('blob',      'bytea',     'bytea',     '',  'cstring',            'B', NULL,       NULL),
    ('longraw',   'bytea',     'bytea',     '',  'cstring',            'B', NULL,       NULL);

DO $$
DECLARE
    c record;
    receive_args text;
    collatable text;
BEGIN
    SET LOCAL client_min_messages = warning;
    FOR c IN SELECT * FROM oracle.clone LOOP
        receive_args := replace(c.in_args, 'cstring', 'internal');
        collatable := CASE WHEN c.base::text IN ('text', 'character varying', 'character') THEN ', collatable = true' ELSE '' END;
        EXECUTE format('CREATE TYPE oracle.%I', c.name);
        EXECUTE format('CREATE FUNCTION oracle.%s_in(%s) RETURNS oracle.%I LANGUAGE internal STRICT %s PARALLEL SAFE AS %L',
            c.name, c.in_args, c.name, CASE c.name WHEN 'date' THEN 'STABLE' ELSE 'IMMUTABLE' END, c.stem || c.io || 'in');
        EXECUTE format('CREATE FUNCTION oracle.%s_out(oracle.%I) RETURNS cstring LANGUAGE internal STRICT %s PARALLEL SAFE AS %L',
            c.name, c.name, CASE c.name WHEN 'date' THEN 'STABLE' ELSE 'IMMUTABLE' END, c.stem || c.io || 'out');
        EXECUTE format('CREATE FUNCTION oracle.%s_recv(%s) RETURNS oracle.%I LANGUAGE internal STRICT IMMUTABLE PARALLEL SAFE AS %L',
            c.name, receive_args, c.name, c.stem || c.io || 'recv');
        EXECUTE format('CREATE FUNCTION oracle.%s_send(oracle.%I) RETURNS bytea LANGUAGE internal STRICT IMMUTABLE PARALLEL SAFE AS %L',
            c.name, c.name, c.stem || c.io || 'send');
        EXECUTE format(
            'CREATE TYPE oracle.%I (input = oracle.%s_in, output = oracle.%s_out, receive = oracle.%s_recv, send = oracle.%s_send,'
            ' like = %s, category = %L%s%s)',
            c.name, c.name, c.name, c.name, c.name, c.base, c.category, collatable,
            CASE WHEN c.typmod IS NULL THEN ''
                 ELSE format(', typmod_in = pg_catalog.%stypmodin, typmod_out = pg_catalog.%stypmodout', c.typmod, c.typmod) END);
        -- Explicit, free casts to and from the base type.
        EXECUTE format('CREATE CAST (oracle.%I AS %s) WITHOUT FUNCTION%s', c.name, c.base,
            CASE c.name WHEN 'nvarchar2' THEN ' AS IMPLICIT' WHEN 'nchar' THEN ' AS IMPLICIT' ELSE '' END);
        EXECUTE format('CREATE CAST (%s AS oracle.%I) WITHOUT FUNCTION%s', c.base, c.name,
            CASE WHEN c.name IN ('nvarchar2', 'nchar', 'rowid') THEN ' AS ASSIGNMENT' ELSE '' END);
        -- The length coercion that makes typmods work.
        IF c.base = 'numeric'::regtype THEN
            EXECUTE format('CREATE FUNCTION oracle.%I(oracle.%I, int4) RETURNS oracle.%I LANGUAGE internal STRICT IMMUTABLE'
                ' PARALLEL SAFE AS %L', c.name, c.name, c.name, 'numeric');
            EXECUTE format('CREATE CAST (oracle.%I AS oracle.%I) WITH FUNCTION oracle.%I(oracle.%I, int4) AS IMPLICIT',
                c.name, c.name, c.name, c.name);
        ELSIF c.name IN ('nvarchar2', 'nchar') THEN
            EXECUTE format('CREATE FUNCTION oracle.%I(oracle.%I, int4, bool) RETURNS oracle.%I LANGUAGE internal STRICT IMMUTABLE'
                ' PARALLEL SAFE AS %L', c.name, c.name, c.name, c.stem);
            EXECUTE format('CREATE CAST (oracle.%I AS oracle.%I) WITH FUNCTION oracle.%I(oracle.%I, int4, bool) AS IMPLICIT',
                c.name, c.name, c.name, c.name);
        END IF;
    END LOOP;
END
$$;

-- CHAR keeps its blanks when it meets VARCHAR2 (comparison is then not blank padded), where PostgreSQL strips them.
SET LOCAL allow_system_table_mods = on;
UPDATE pg_catalog.pg_cast SET castfunc = 0, castmethod = 'b'
 WHERE castsource = 'bpchar'::regtype AND casttarget IN ('text'::regtype, 'varchar'::regtype);
SET LOCAL allow_system_table_mods = off;

CREATE CAST (oracle.nvarchar2 AS text) WITHOUT FUNCTION AS IMPLICIT;
CREATE CAST (text AS oracle.nvarchar2) WITHOUT FUNCTION AS ASSIGNMENT;
CREATE CAST (oracle.nchar AS text) WITHOUT FUNCTION AS IMPLICIT;
CREATE CAST (text AS oracle.nchar) WITHOUT FUNCTION AS ASSIGNMENT;
CREATE CAST (oracle.nchar AS varchar) WITHOUT FUNCTION AS ASSIGNMENT;
CREATE CAST (varchar AS oracle.nchar) WITHOUT FUNCTION AS ASSIGNMENT;
CREATE CAST (bpchar AS oracle.nvarchar2) WITHOUT FUNCTION AS ASSIGNMENT;
CREATE CAST (oracle.nvarchar2 AS bpchar) WITHOUT FUNCTION AS ASSIGNMENT;
CREATE CAST (oracle.nvarchar2 AS oracle.nchar) WITHOUT FUNCTION AS ASSIGNMENT;
CREATE CAST (oracle.nchar AS oracle.nvarchar2) WITHOUT FUNCTION AS ASSIGNMENT;

-- LOBs, LONG and XMLTYPE meet text through a function, so that PostgreSQL does not sort or group them as text.
-- (The C functions behind xml -> text and bytea -> bytea return their argument.)
DO $$
DECLARE
    a text;
    b text;
    types text[] := ARRAY['oracle.clob', 'oracle.nclob', 'oracle.long', 'oracle.xmltype', 'oracle.json'];
    binaries text[] := ARRAY['oracle.blob', 'oracle.longraw'];
BEGIN
    FOREACH a IN ARRAY types LOOP
        EXECUTE format('DROP CAST (%s AS text)', a);
        EXECUTE format('CREATE FUNCTION oracle.lob_to_text(%s) RETURNS text LANGUAGE internal STRICT IMMUTABLE PARALLEL SAFE AS %L', a, 'xmltotext');
        EXECUTE format('CREATE CAST (%s AS text) WITH FUNCTION oracle.lob_to_text(%s) AS IMPLICIT', a, a);
        FOREACH b IN ARRAY ARRAY['varchar', 'bpchar', 'oracle.nvarchar2'] || types LOOP
            IF a <> b THEN
                EXECUTE format('CREATE FUNCTION oracle.lob_to_%s(%s) RETURNS %s LANGUAGE internal STRICT IMMUTABLE PARALLEL SAFE AS %L',
                    split_part('.' || b, '.', array_length(string_to_array('.' || b, '.'), 1)), a, b, 'xmltotext');
                EXECUTE format('CREATE CAST (%s AS %s) WITH FUNCTION oracle.lob_to_%s(%s) AS ASSIGNMENT', a, b,
                    split_part('.' || b, '.', array_length(string_to_array('.' || b, '.'), 1)), a);
            END IF;
        END LOOP;
        EXECUTE format('DROP CAST (text AS %s)', a);
        FOREACH b IN ARRAY ARRAY['text', 'varchar', 'bpchar', 'oracle.nvarchar2', 'oracle.nchar'] LOOP
            EXECUTE format('CREATE CAST (%s AS %s) WITHOUT FUNCTION AS ASSIGNMENT', b, a);
        END LOOP;
    END LOOP;
    FOREACH a IN ARRAY binaries LOOP
        EXECUTE format('DROP CAST (%s AS bytea)', a);
        EXECUTE format('CREATE FUNCTION oracle.lob_to_raw(%s) RETURNS bytea LANGUAGE internal STRICT IMMUTABLE PARALLEL SAFE AS %L', a, 'xmltotext');
        EXECUTE format('CREATE CAST (%s AS bytea) WITH FUNCTION oracle.lob_to_raw(%s) AS IMPLICIT', a, a);
        EXECUTE format('DROP CAST (bytea AS %s)', a);
        EXECUTE format('CREATE CAST (bytea AS %s) WITHOUT FUNCTION AS ASSIGNMENT', a);
    END LOOP;
    CREATE CAST (oracle.blob AS oracle.longraw) WITHOUT FUNCTION AS ASSIGNMENT;
    CREATE CAST (oracle.longraw AS oracle.blob) WITHOUT FUNCTION AS ASSIGNMENT;
END
$$;
