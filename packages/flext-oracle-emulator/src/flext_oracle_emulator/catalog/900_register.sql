-- The dictionary knows itself: its views and DUAL are objects of SYS with columns, grants and public synonyms.

CREATE SEQUENCE oracle.sys_object_ids START 1000;

WITH added AS (
    INSERT INTO oracle.objects (object_id, owner, name, type, relid, oracle_maintained)
    SELECT CASE c.relname WHEN 'DUAL' THEN 143 ELSE nextval('oracle.sys_object_ids') END, 'SYS', c.relname, CASE c.relkind WHEN 'r' THEN 'TABLE' ELSE 'VIEW' END, c.oid, true
      FROM pg_class c JOIN oracle.dictionary d ON d.name = c.relname
     WHERE c.relnamespace = '"SYS"'::regnamespace AND c.relkind IN ('r', 'v') ORDER BY c.relname
    RETURNING object_id, type, name, relid
), table_facts AS (
    INSERT INTO oracle.tables (object_id, tablespace_name) SELECT object_id, 'SYSTEM' FROM added WHERE type = 'TABLE'
), view_facts AS (
    INSERT INTO oracle.views (object_id, text) SELECT object_id, (SELECT 'select ' || string_agg(quote_ident(attname), ', ' ORDER BY attnum) || ' from sys."_BASE"'
        FROM pg_attribute WHERE attrelid = relid AND attnum > 0) FROM added WHERE type = 'VIEW'
), column_facts AS (
    INSERT INTO oracle.columns (object_id, attnum, name, column_id, data_type, data_length, data_precision, data_scale, char_length, char_used)
    SELECT o.object_id, a.attnum, a.attname, row_number() OVER (PARTITION BY o.object_id ORDER BY a.attnum), f.data_type, f.data_length, f.data_precision, f.data_scale, f.char_length, f.char_used
      FROM added o JOIN pg_attribute a ON a.attrelid = o.relid AND a.attnum > 0 AND NOT a.attisdropped AND a.attname <> 'ROWID$'
     CROSS JOIN LATERAL oracle.type_facts(a.atttypid, a.atttypmod) f
)
INSERT INTO oracle.object_privileges (object_id, privilege, grantee, grantor)
SELECT a.object_id, CASE WHEN a.name LIKE 'V\_$%' THEN 'READ' ELSE 'SELECT' END, CASE WHEN d.public THEN 'PUBLIC' ELSE 'SELECT_CATALOG_ROLE' END, 'SYS'
  FROM added a JOIN oracle.dictionary d USING (name);

-- Supplied packages that the emulator knows something of. Those of administrators are not PUBLIC's.
WITH packages (name, public) AS (
    SELECT unnest(ARRAY['DBMS_APPLICATION_INFO', 'DBMS_ASSERT', 'DBMS_ERRLOG', 'DBMS_LOB', 'DBMS_METADATA', 'DBMS_MVIEW', 'DBMS_OUTPUT', 'DBMS_PARALLEL_EXECUTE', 'DBMS_RANDOM', 'DBMS_SESSION',
        'DBMS_SQL', 'DBMS_STATS', 'DBMS_TRANSACTION', 'DBMS_UTILITY', 'DBMS_XPLAN', 'UTL_RAW']), true
    UNION ALL VALUES ('DBMS_CRYPTO', false), ('DBMS_FLASHBACK', false), ('DBMS_LOCK', false)
), added AS (
    INSERT INTO oracle.objects (object_id, owner, name, type, oracle_maintained)
    SELECT nextval('oracle.sys_object_ids'), 'SYS', name, 'PACKAGE', true FROM packages ORDER BY name RETURNING object_id, name
)
INSERT INTO oracle.object_privileges (object_id, privilege, grantee, grantor)
SELECT a.object_id, 'EXECUTE', CASE WHEN p.public THEN 'PUBLIC' ELSE 'DBA' END, 'SYS' FROM added a JOIN packages p USING (name);

-- Collection types of SYS that people use in queries.
CREATE TEMP TABLE supplied_types (name, kind, upper_bound, element, length) AS VALUES
    ('ODCINUMBERLIST', 'VARRAY', 32767, 'NUMBER', NULL), ('ODCIVARCHAR2LIST', 'VARRAY', 32767, 'VARCHAR2', 4000), ('ODCIDATELIST', 'VARRAY', 32767, 'DATE', NULL),
    ('ODCIRAWLIST', 'VARRAY', 32767, 'RAW', 2000), ('DBMS_DEBUG_VC2COLL', 'TABLE', NULL, 'VARCHAR2', 1000), ('KU$_VCNT', 'TABLE', NULL, 'VARCHAR2', 4000);
INSERT INTO oracle.objects (object_id, owner, name, type, oracle_maintained)
SELECT nextval('oracle.sys_object_ids'), 'SYS', name, 'TYPE', true FROM supplied_types ORDER BY name;
INSERT INTO oracle.types SELECT o.object_id, s.kind, s.upper_bound FROM supplied_types s JOIN oracle.objects o ON o.owner = 'SYS' AND o.name = s.name;
INSERT INTO oracle.type_attributes SELECT o.object_id, 0, 'COLUMN_VALUE', NULL, s.element, s.length, NULL, NULL, CASE s.element WHEN 'VARCHAR2' THEN 'B' END
  FROM supplied_types s JOIN oracle.objects o ON o.owner = 'SYS' AND o.name = s.name;
INSERT INTO oracle.sources SELECT o.object_id, format('TYPE %s AS %s OF %s', s.name, s.kind || coalesce('(' || s.upper_bound || ')', ''), s.element || coalesce('(' || s.length || ')', ''))
  FROM supplied_types s JOIN oracle.objects o ON o.owner = 'SYS' AND o.name = s.name;
INSERT INTO oracle.object_privileges (object_id, privilege, grantee, grantor)
SELECT o.object_id, 'EXECUTE', 'PUBLIC', 'SYS' FROM supplied_types s JOIN oracle.objects o ON o.owner = 'SYS' AND o.name = s.name;
DO $$
DECLARE
    s record;
BEGIN
    FOR s IN SELECT name FROM supplied_types LOOP
        EXECUTE format('CREATE DOMAIN "SYS".%I AS jsonb', s.name);
    END LOOP;
END
$$;
DROP TABLE supplied_types;

WITH wanted (name, target) AS (
    SELECT d.synonym, d.name FROM oracle.dictionary d
    UNION ALL SELECT o.name, o.name FROM oracle.objects o WHERE o.owner = 'SYS' AND o.type IN ('PACKAGE', 'TYPE')
    UNION ALL VALUES ('DICT', 'DICTIONARY'), ('CAT', 'USER_CATALOG'), ('RECYCLEBIN', 'USER_RECYCLEBIN'), ('COLS', 'USER_TAB_COLUMNS'), ('IND', 'USER_INDEXES'), ('OBJ', 'USER_OBJECTS'), ('SEQ', 'USER_SEQUENCES'),
        ('SYN', 'USER_SYNONYMS'), ('TABS', 'USER_TABLES')
), added AS (
    INSERT INTO oracle.objects (object_id, owner, name, type, oracle_maintained)
    SELECT nextval('oracle.sys_object_ids'), 'PUBLIC', name, 'SYNONYM', true FROM wanted ORDER BY name RETURNING object_id, name
)
INSERT INTO oracle.synonyms (object_id, table_owner, table_name) SELECT a.object_id, 'SYS', w.target FROM added a JOIN wanted w USING (name);
