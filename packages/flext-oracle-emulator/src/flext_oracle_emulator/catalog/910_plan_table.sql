-- PLAN_TABLE: a public synonym of a global temporary table of SYS (utlxplan.sql), kept like any other: backend/ddl/temporary.py.

CREATE SCHEMA "gtt:SYS";
DO $script$
DECLARE
    number int := nextval('oracle.sys_object_ids');
    synonym int := nextval('oracle.sys_object_ids');
    shape text := '"STATEMENT_ID" varchar(30), "PLAN_ID" numeric, "TIMESTAMP" oracle.date, "REMARKS" varchar(4000), "OPERATION" varchar(30), "OPTIONS" varchar(255),
        "OBJECT_NODE" varchar(128), "OBJECT_OWNER" varchar(128), "OBJECT_NAME" varchar(128), "OBJECT_ALIAS" varchar(261), "OBJECT_INSTANCE" numeric(38,0), "OBJECT_TYPE" varchar(30),
        "OPTIMIZER" varchar(255), "SEARCH_COLUMNS" numeric, "ID" numeric(38,0), "PARENT_ID" numeric(38,0), "DEPTH" numeric(38,0), "POSITION" numeric(38,0), "COST" numeric(38,0),
        "CARDINALITY" numeric(38,0), "BYTES" numeric(38,0), "OTHER_TAG" varchar(255), "PARTITION_START" varchar(255), "PARTITION_STOP" varchar(255), "PARTITION_ID" numeric(38,0),
        "OTHER" oracle.long, "DISTRIBUTION" varchar(30), "CPU_COST" numeric(38,0), "IO_COST" numeric(38,0), "TEMP_SPACE" numeric(38,0), "ACCESS_PREDICATES" varchar(4000),
        "FILTER_PREDICATES" varchar(4000), "PROJECTION" varchar(4000), "TIME" numeric(38,0), "QBLOCK_NAME" varchar(128), "OTHER_XML" oracle.clob';
    columns text;
BEGIN
    EXECUTE format('CREATE UNLOGGED TABLE "gtt:SYS"."PLAN_TABLE$" (%s, "ROWID$" bigint GENERATED ALWAYS AS IDENTITY (MINVALUE %s START WITH %s CACHE 1),'
        ' "SESSION$" int8 NOT NULL DEFAULT oracle.session_key())', shape, number::int8 << 42, number::int8 << 42);
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO columns FROM pg_attribute
     WHERE attrelid = '"gtt:SYS"."PLAN_TABLE$"'::regclass AND attnum > 0 AND attname <> 'SESSION$';
    EXECUTE format('CREATE VIEW "SYS"."PLAN_TABLE$" AS SELECT %s FROM "gtt:SYS"."PLAN_TABLE$" WHERE "SESSION$" OPERATOR(oracle.===) (SELECT oracle.session_key())', columns);
    INSERT INTO oracle.objects (object_id, owner, name, type, relid, temporary, oracle_maintained)
        VALUES (number, 'SYS', 'PLAN_TABLE$', 'TABLE', '"SYS"."PLAN_TABLE$"'::regclass, true, true);
    INSERT INTO oracle.tables (object_id, tablespace_name, temporary, duration) VALUES (number, NULL, 'GLOBAL', 'SYS$SESSION');
    INSERT INTO oracle.columns (object_id, attnum, name, column_id, data_type, data_length, data_precision, data_scale, char_length, char_used)
        SELECT number, a.attnum, a.attname, a.attnum, f.data_type, f.data_length, CASE WHEN f.data_scale IS NULL THEN f.data_precision END, f.data_scale, f.char_length, f.char_used
          FROM pg_attribute a CROSS JOIN LATERAL oracle.type_facts(a.atttypid, a.atttypmod) f
         WHERE a.attrelid = '"SYS"."PLAN_TABLE$"'::regclass AND a.attnum > 0 AND a.attname <> 'ROWID$';
    INSERT INTO oracle.object_privileges (object_id, privilege, grantee, grantor)
        SELECT number, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']), 'PUBLIC', 'SYS';
    INSERT INTO oracle.objects (object_id, owner, name, type, oracle_maintained) VALUES (synonym, 'PUBLIC', 'PLAN_TABLE', 'SYNONYM', true);
    INSERT INTO oracle.synonyms (object_id, table_owner, table_name) VALUES (synonym, 'SYS', 'PLAN_TABLE$');
END
$script$;
