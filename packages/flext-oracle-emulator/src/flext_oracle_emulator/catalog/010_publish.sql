-- How the dictionary is made: one internal view per family with Oracle's columns, from which `oracle.publish` derives the
-- DBA_, ALL_ and USER_ twins. Internal views may have "$ID", the object whose visibility decides over ALL_.

CREATE FUNCTION oracle.yes(bool) RETURNS varchar LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN (CASE WHEN $1 THEN 'YES' ELSE 'NO' END)::varchar(3);
CREATE FUNCTION oracle.y(bool) RETURNS varchar LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN (CASE WHEN $1 THEN 'Y' ELSE 'N' END)::varchar(1);
CREATE FUNCTION oracle.enabled(bool) RETURNS varchar LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN (CASE WHEN $1 THEN 'ENABLED' ELSE 'DISABLED' END)::varchar(8);

-- Objects that ALL_ views show: one's own, those with any grant, or all with an ANY privilege.
CREATE FUNCTION oracle.sees_all() RETURNS bool LANGUAGE sql STABLE PARALLEL SAFE
    RETURN oracle.has_privilege('SELECT ANY TABLE', 'SELECT ANY DICTIONARY');
CREATE VIEW oracle.visible_objects AS
    SELECT o.object_id FROM oracle.objects o
     WHERE o.owner IN ((SELECT oracle."user"()), 'PUBLIC') OR (SELECT oracle.sees_all())
        OR o.object_id IN (SELECT p.object_id FROM oracle.object_privileges p WHERE p.grantee = ANY ((SELECT oracle.grantees())::text[]))
        -- What belongs to a visible object: indexes and triggers of a table, the container of a materialized view
        OR o.object_id IN (SELECT i.object_id FROM oracle.indexes i JOIN oracle.object_privileges p ON p.object_id = i.table_id
                            WHERE p.grantee = ANY ((SELECT oracle.grantees())::text[]))
        OR o.object_id IN (SELECT m.object_id FROM oracle.mviews m JOIN oracle.object_privileges p ON p.object_id = m.container_id
                            WHERE p.grantee = ANY ((SELECT oracle.grantees())::text[]));

-- CREATE VIEW "SYS"."<PREFIX>_<FAMILY>" AS SELECT .. for each prefix. `columns`: all of them by default. `owner`: the column that
-- names the owner; USER_ views leave out `omit`. DBA_ views are for DBAs, the others for PUBLIC.
CREATE TABLE oracle.dictionary (
    name     varchar(128) PRIMARY KEY,
    public   bool NOT NULL,
    synonym  varchar(128) NOT NULL,
    comments varchar(4000)
);
CREATE FUNCTION oracle.publish(family text, source text, prefixes text[] DEFAULT '{DBA,ALL,USER}', owner text DEFAULT 'OWNER',
    omit text[] DEFAULT '{OWNER}', columns text[] DEFAULT NULL, condition text DEFAULT 'true', comments text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
    prefix text;
    shown text[];
    filter text;
    has_id bool := EXISTS (SELECT FROM pg_attribute WHERE attrelid = format('oracle.%I', source)::regclass AND attname = '$ID');
BEGIN
    SELECT coalesce(columns, array_agg(attname::text ORDER BY attnum)) INTO shown
      FROM pg_attribute WHERE attrelid = format('oracle.%I', source)::regclass AND attnum > 0 AND attname !~ '^\$';
    FOREACH prefix IN ARRAY prefixes LOOP
        filter := CASE prefix WHEN 'DBA' THEN 'true'
            WHEN 'USER' THEN format('%I = (SELECT oracle."user"())', owner)
            ELSE CASE WHEN has_id THEN '"$ID" IN (SELECT object_id FROM oracle.visible_objects)' ELSE 'true' END END;
        EXECUTE format('CREATE VIEW "SYS".%I AS SELECT %s FROM oracle.%I WHERE %s AND (%s)', prefix || '_' || family,
            (SELECT string_agg(quote_ident(c), ', ' ORDER BY n) FROM unnest(shown) WITH ORDINALITY AS u(c, n) WHERE NOT (prefix = 'USER' AND c = ANY (omit))),
            source, filter, condition);
        INSERT INTO oracle.dictionary VALUES (prefix || '_' || family, prefix <> 'DBA', prefix || '_' || family, comments);
    END LOOP;
END
$$;
-- A dictionary view that stands alone.
CREATE FUNCTION oracle.publish_one(name text, public bool DEFAULT true, synonym text DEFAULT NULL, comments text DEFAULT NULL) RETURNS void
LANGUAGE sql AS $$ INSERT INTO oracle.dictionary VALUES (name, public, coalesce(synonym, name), comments) $$;

-- Oracle's facts about a PostgreSQL column type: for the dictionary's own columns.
CREATE FUNCTION oracle.type_facts(type oid, typmod int, OUT data_type text, OUT data_length int, OUT data_precision int, OUT data_scale int,
    OUT char_length int, OUT char_used text) LANGUAGE plpgsql STABLE AS $$
DECLARE
    name pg_catalog.text := pg_catalog.format_type(type, NULL);
    n pg_catalog.int4 := typmod OPERATOR(pg_catalog.-) 4;
BEGIN
    char_length := 0;
    data_length := 22;
    CASE pg_catalog.regexp_replace(name, '^oracle\.', '')
        WHEN 'numeric', 'integer', 'bigint', 'smallint' THEN
            data_type := 'NUMBER';
            IF name OPERATOR(pg_catalog.=) 'numeric' AND typmod OPERATOR(pg_catalog.>) 0 THEN
                data_precision := n OPERATOR(pg_catalog.>>) 16;
                data_scale := ((n OPERATOR(pg_catalog.&) 2047) OPERATOR(pg_catalog.#) 1024) OPERATOR(pg_catalog.-) 1024;
            END IF;
        WHEN 'character varying', 'text', 'name' THEN
            data_type := 'VARCHAR2';
            char_length := CASE WHEN typmod OPERATOR(pg_catalog.>) 0 THEN n ELSE 4000 END;
            data_length := char_length;
            char_used := 'B';
        WHEN 'character' THEN
            data_type := 'CHAR';
            char_length := n;
            data_length := n;
            char_used := 'B';
        WHEN 'date' THEN
            data_type := 'DATE';
            data_length := 7;
        WHEN 'ts' THEN
            data_type := 'TIMESTAMP(9)';
            data_length := 11;
            data_scale := 9;
        WHEN 'tstz' THEN
            data_type := 'TIMESTAMP(9) WITH TIME ZONE';
            data_length := 13;
            data_scale := 9;
        WHEN 'long' THEN
            data_type := 'LONG';
            data_length := 0;
        WHEN 'clob' THEN
            data_type := 'CLOB';
            data_length := 4000;
        WHEN 'rowid' THEN
            data_type := 'ROWID';
            data_length := 10;
        WHEN 'bytea' THEN
            data_type := 'RAW';
            data_length := 2000;
        ELSE
            RAISE EXCEPTION 'no Oracle type for %', name;
    END CASE;
END
$$;
