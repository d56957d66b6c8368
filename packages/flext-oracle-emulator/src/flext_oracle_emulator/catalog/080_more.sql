-- Locks, processes and the rest of what tools look at: views over PostgreSQL's activity, and families that are empty here.

CREATE VIEW oracle.dict_locks AS SELECT s.sid, s.serial, s.username, s.osuser, s.process, l.*
  FROM pg_catalog.pg_locks l JOIN oracle.sessions s ON s.pg_pid = l.pid;

CREATE VIEW "SYS"."V_$LOCK" AS SELECT
    NULL::bytea AS "ADDR", NULL::bytea AS "KADDR", l.sid::numeric AS "SID", (CASE l.locktype WHEN 'relation' THEN 'TM' ELSE 'TX' END)::varchar(2) AS "TYPE",
    (CASE l.locktype WHEN 'relation' THEN (SELECT o.object_id FROM oracle.objects o WHERE o.relid = l.relation) ELSE l.transactionid::text::int8 END)::numeric AS "ID1",
    0::numeric AS "ID2", (CASE WHEN l.granted THEN CASE l.locktype WHEN 'relation' THEN 3 ELSE 6 END ELSE 0 END)::numeric AS "LMODE",
    (CASE WHEN l.granted THEN 0 ELSE 6 END)::numeric AS "REQUEST", 0::numeric AS "CTIME",
    (CASE WHEN l.granted AND l.locktype = 'transactionid' AND EXISTS (SELECT FROM pg_catalog.pg_locks w WHERE NOT w.granted AND w.transactionid = l.transactionid) THEN 1 ELSE 0 END)::numeric
        AS "BLOCK", 3::numeric AS "CON_ID"
  FROM oracle.dict_locks l
 WHERE (l.locktype = 'transactionid') OR (l.locktype = 'relation' AND l.mode IN ('RowExclusiveLock', 'ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
        AND l.relation IN (SELECT relid FROM oracle.objects WHERE type = 'TABLE' AND NOT oracle_maintained));
CREATE VIEW "SYS"."V_$LOCKED_OBJECT" AS SELECT DISTINCT
    0::numeric AS "XIDUSN", 0::numeric AS "XIDSLOT", 0::numeric AS "XIDSQN", o.object_id::numeric AS "OBJECT_ID", l.sid::numeric AS "SESSION_ID", l.username AS "ORACLE_USERNAME",
    l.osuser AS "OS_USER_NAME", l.process AS "PROCESS", (CASE l.mode WHEN 'RowExclusiveLock' THEN 3 WHEN 'ShareLock' THEN 4 WHEN 'ShareRowExclusiveLock' THEN 5 ELSE 6 END)::numeric AS "LOCKED_MODE",
    3::numeric AS "CON_ID"
  FROM oracle.dict_locks l JOIN oracle.objects o ON o.relid = l.relation
 WHERE l.locktype = 'relation' AND l.granted AND o.type = 'TABLE' AND NOT o.oracle_maintained
   AND l.mode IN ('RowExclusiveLock', 'ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock');
CREATE VIEW "SYS"."V_$PROCESS" AS SELECT
    NULL::bytea AS "ADDR", s.sid::numeric AS "PID", s.pg_pid::text::varchar(24) AS "SPID", 'oracle'::varchar(15) AS "USERNAME", s.serial::numeric AS "SERIAL#", s.terminal AS "TERMINAL",
    s.program AS "PROGRAM", NULL::varchar(1) AS "BACKGROUND", 0::numeric AS "PGA_USED_MEM", 0::numeric AS "PGA_ALLOC_MEM", 0::numeric AS "PGA_MAX_MEM", 3::numeric AS "CON_ID"
  FROM oracle.sessions s;
CREATE VIEW "SYS"."V_$CONTAINERS" AS SELECT "CON_ID", "DBID", "NAME", "OPEN_MODE", "RESTRICTED" FROM "SYS"."V_$PDBS";
CREATE VIEW "SYS"."V_$TABLESPACE" AS SELECT (row_number() OVER (ORDER BY "TABLESPACE_NAME") - 1)::numeric AS "TS#", "TABLESPACE_NAME"::varchar(30) AS "NAME",
    'YES'::varchar(3) AS "INCLUDED_IN_DATABASE_BACKUP", 'NO'::varchar(3) AS "BIGFILE", 'YES'::varchar(3) AS "FLASHBACK_ON", NULL::varchar(3) AS "ENCRYPT_IN_BACKUP", 3::numeric AS "CON_ID"
  FROM oracle.dict_tablespaces;
CREATE VIEW "SYS"."V_$DATAFILE" AS SELECT "FILE_ID" AS "FILE#", 'ONLINE'::varchar(7) AS "STATUS", 'READ WRITE'::varchar(10) AS "ENABLED", "BYTES", "BLOCKS", 8192::numeric AS "BLOCK_SIZE",
    "FILE_NAME" AS "NAME", 3::numeric AS "CON_ID" FROM "SYS"."DBA_DATA_FILES";
CREATE VIEW "SYS"."DBA_TEMP_FILES" AS SELECT '/opt/oracle/oradata/FREE/FREEPDB1/temp01.dbf'::varchar(513) AS "FILE_NAME", 1::numeric AS "FILE_ID", "TABLESPACE_NAME", 104857600::numeric AS "BYTES",
    12800::numeric AS "BLOCKS", 'ONLINE'::varchar(7) AS "STATUS", 'YES'::varchar(3) AS "AUTOEXTENSIBLE" FROM oracle.dict_tablespaces WHERE "CONTENTS" = 'TEMPORARY';
CREATE VIEW "SYS"."V_$SYSTEM_PARAMETER" AS SELECT * FROM "SYS"."V_$PARAMETER";
CREATE VIEW "SYS"."V_$SERVICES" AS SELECT row_number() OVER ()::numeric AS "SERVICE_ID", v.name::varchar(64) AS "NAME", v.name::varchar(512) AS "NETWORK_NAME", 3::numeric AS "CON_ID"
  FROM (SELECT DISTINCT lower(service_name) FROM oracle.sessions UNION SELECT lower(oracle.setting('db_name', 'FREEPDB1'))) v(name) WHERE v.name IS NOT NULL;
CREATE VIEW "SYS"."V_$TIMEZONE_FILE" AS SELECT 'timezlrg_42.dat'::varchar(20) AS "FILENAME", 42::numeric AS "VERSION", 0::numeric AS "CON_ID";
CREATE VIEW "SYS"."V_$LICENSE" AS SELECT 0::numeric AS "SESSIONS_MAX", 0::numeric AS "SESSIONS_WARNING", (SELECT count(*) FROM oracle.sessions)::numeric AS "SESSIONS_CURRENT",
    (SELECT count(*) FROM oracle.sessions)::numeric AS "SESSIONS_HIGHWATER", 0::numeric AS "USERS_MAX", 3::numeric AS "CON_ID";
CREATE VIEW "SYS"."GV_$INSTANCE" AS SELECT 1::numeric AS "INST_ID", v.* FROM "SYS"."V_$INSTANCE" v;
CREATE VIEW "SYS"."GV_$SESSION" AS SELECT 1::numeric AS "INST_ID", v.* FROM "SYS"."V_$SESSION" v;
CREATE VIEW "SYS"."GV_$TRANSACTION" AS SELECT 1::numeric AS "INST_ID", v.* FROM "SYS"."V_$TRANSACTION" v;
CREATE VIEW "SYS"."SESSION_CONTEXT" AS SELECT NULL::varchar(128) AS "NAMESPACE", NULL::varchar(128) AS "ATTRIBUTE", NULL::varchar(4000) AS "VALUE" WHERE false;
CREATE VIEW "SYS"."DBA_REGISTRY" AS SELECT 'CATALOG'::varchar(30) AS "COMP_ID", 'Oracle Database Catalog Views'::varchar(255) AS "COMP_NAME", oracle.version_number()::varchar(30) AS "VERSION",
    'VALID'::varchar(44) AS "STATUS", 'SYS'::varchar(128) AS "SCHEMA";
CREATE VIEW "SYS"."PROXY_USERS" AS SELECT p.proxy::varchar(128) AS "PROXY", p.client::varchar(128) AS "CLIENT", 'NO'::varchar(3) AS "AUTHENTICATION", 'PROXY MAY ACTIVATE ALL CLIENT ROLES'::varchar(35) AS "FLAGS"
  FROM oracle.proxies p;
CREATE VIEW "SYS"."USER_PROXIES" AS SELECT p.client::varchar(128) AS "CLIENT", 'NO'::varchar(3) AS "AUTHENTICATION", 'YES'::varchar(3) AS "AUTHORIZATION_CONSTRAINT", NULL::varchar(128) AS "ROLE",
    'PROXY MAY ACTIVATE ALL CLIENT ROLES'::varchar(35) AS "FLAGS" FROM oracle.proxies p WHERE p.proxy = oracle."user"();
SELECT oracle.publish_one(n, false) FROM unnest(ARRAY['DBA_TEMP_FILES', 'DBA_REGISTRY', 'PROXY_USERS']) AS n;
SELECT oracle.publish_one(n) FROM unnest(ARRAY['SESSION_CONTEXT', 'USER_PROXIES']) AS n;
SELECT oracle.publish_one('V_$' || n, false, 'V$' || n)
  FROM unnest(ARRAY['LOCK', 'LOCKED_OBJECT', 'PROCESS', 'CONTAINERS', 'TABLESPACE', 'DATAFILE', 'SYSTEM_PARAMETER', 'SERVICES', 'TIMEZONE_FILE', 'LICENSE']) AS n;
SELECT oracle.publish_one('GV_$' || n, false, 'GV$' || n) FROM unnest(ARRAY['INSTANCE', 'SESSION', 'TRANSACTION']) AS n;

-- Columns whose values are checked to be JSON.
CREATE VIEW oracle.dict_json_columns AS SELECT
    o.owner AS "OWNER", o.name AS "TABLE_NAME", 'TABLE'::varchar(5) AS "OBJECT_TYPE", c.name AS "COLUMN_NAME", 'TEXT'::varchar(9) AS "FORMAT", c.data_type::varchar(13) AS "DATA_TYPE",
    o.object_id AS "$ID"
  FROM oracle.columns c JOIN oracle.objects o USING (object_id)
 WHERE o.type = 'TABLE' AND (c.data_type = 'JSON' OR EXISTS (SELECT FROM oracle.constraints k JOIN oracle.constraint_columns l USING (constraint_id) WHERE k.object_id = o.object_id
        AND l.column_name = c.name AND k.type = 'C' AND k.search_condition ~* '\mIS\s+JSON\M'));
SELECT oracle.publish('JSON_COLUMNS', 'dict_json_columns', comments => 'JSON columns of tables accessible to the user');

-- Indexes of partitioned tables: a LOCAL one has a partition for each of the table's.
CREATE VIEW oracle.dict_part_indexes AS SELECT
    o.owner AS "OWNER", o.name AS "INDEX_NAME", t.name AS "TABLE_NAME", p.partitioning_type AS "PARTITIONING_TYPE", coalesce(p.subpartitioning_type, 'NONE')::varchar(9) AS "SUBPARTITIONING_TYPE",
    (SELECT count(*) FROM oracle.partitions q WHERE q.object_id = t.object_id)::numeric AS "PARTITION_COUNT", 0::numeric AS "DEF_SUBPARTITION_COUNT",
    coalesce(cardinality(p.partition_columns), 0)::numeric AS "PARTITIONING_KEY_COUNT", 0::numeric AS "SUBPARTITIONING_KEY_COUNT", 'LOCAL'::varchar(6) AS "LOCALITY",
    'NON_PREFIXED'::varchar(12) AS "ALIGNMENT", 'USERS'::varchar(30) AS "DEF_TABLESPACE_NAME", o.object_id AS "$ID"
  FROM oracle.indexes i JOIN oracle.objects o USING (object_id) JOIN oracle.objects t ON t.object_id = i.table_id JOIN oracle.tables p ON p.object_id = t.object_id
 WHERE i.partitioned AND p.partitioning_type IS NOT NULL;
SELECT oracle.publish('PART_INDEXES', 'dict_part_indexes', comments => 'Partitioned indexes');
CREATE VIEW oracle.dict_ind_partitions AS SELECT
    o.owner AS "INDEX_OWNER", o.name AS "INDEX_NAME", 'NO'::varchar(3) AS "COMPOSITE", q.partition_name AS "PARTITION_NAME", 0::numeric AS "SUBPARTITION_COUNT", q.high_value::oracle.long AS "HIGH_VALUE",
    octet_length(q.high_value)::numeric AS "HIGH_VALUE_LENGTH", q.position::numeric AS "PARTITION_POSITION", 'USABLE'::varchar(8) AS "STATUS", q.tablespace_name AS "TABLESPACE_NAME",
    q.num_rows AS "NUM_ROWS", q.last_analyzed AS "LAST_ANALYZED", oracle.yes(q.made IS NOT NULL) AS "INTERVAL", o.object_id AS "$ID"
  FROM oracle.indexes i JOIN oracle.objects o USING (object_id) JOIN oracle.partitions q ON q.object_id = i.table_id WHERE i.partitioned;
SELECT oracle.publish('IND_PARTITIONS', 'dict_ind_partitions', owner => 'INDEX_OWNER', omit => '{INDEX_OWNER}', comments => 'Index partitions');

-- Families without a row: what they would list does not exist here.
CREATE FUNCTION oracle.publish_empty(family text, columns text, prefixes text[] DEFAULT '{DBA,ALL,USER}', owner text DEFAULT 'OWNER') RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    EXECUTE format('CREATE VIEW oracle.%I AS SELECT %s WHERE false', 'dict_' || lower(family),
        (SELECT string_agg(format('NULL::%s AS %I', split_part(c, ':', 2), split_part(c, ':', 1)), ', ' ORDER BY n)
           FROM string_to_table(replace(columns, ' ', ''), ',') WITH ORDINALITY AS s(c, n)));
    PERFORM oracle.publish(family, 'dict_' || lower(family), prefixes, owner, ARRAY[owner]);
END
$$;
SELECT oracle.publish_empty('TAB_SUBPARTITIONS', 'TABLE_OWNER:varchar(128), TABLE_NAME:varchar(128), PARTITION_NAME:varchar(128), SUBPARTITION_NAME:varchar(128), HIGH_VALUE:oracle.long,
    HIGH_VALUE_LENGTH:numeric, PARTITION_POSITION:numeric, SUBPARTITION_POSITION:numeric, TABLESPACE_NAME:varchar(30), NUM_ROWS:numeric, LAST_ANALYZED:oracle.date', owner => 'TABLE_OWNER');
SELECT oracle.publish_empty('SUBPART_KEY_COLUMNS', 'OWNER:varchar(128), NAME:varchar(128), OBJECT_TYPE:varchar(5), COLUMN_NAME:varchar(4000), COLUMN_POSITION:numeric');
SELECT oracle.publish_empty('IND_SUBPARTITIONS', 'INDEX_OWNER:varchar(128), INDEX_NAME:varchar(128), PARTITION_NAME:varchar(128), SUBPARTITION_NAME:varchar(128), STATUS:varchar(8)', owner => 'INDEX_OWNER');
SELECT oracle.publish_empty('TAB_HISTOGRAMS', 'OWNER:varchar(128), TABLE_NAME:varchar(128), COLUMN_NAME:varchar(4000), ENDPOINT_NUMBER:numeric, ENDPOINT_VALUE:numeric,
    ENDPOINT_ACTUAL_VALUE:varchar(4000), SCOPE:varchar(7)');
SELECT oracle.publish_empty('MVIEW_LOGS', 'LOG_OWNER:varchar(128), MASTER:varchar(128), LOG_TABLE:varchar(128), LOG_TRIGGER:varchar(128), ROWIDS:varchar(3), PRIMARY_KEY:varchar(3), OBJECT_ID:varchar(3),
    FILTER_COLUMNS:varchar(3), SEQUENCE:varchar(3), INCLUDE_NEW_VALUES:varchar(3)', owner => 'LOG_OWNER');
SELECT oracle.publish_empty('NESTED_TABLES', 'OWNER:varchar(128), TABLE_NAME:varchar(128), TABLE_TYPE_OWNER:varchar(128), TABLE_TYPE_NAME:varchar(128), PARENT_TABLE_NAME:varchar(128),
    PARENT_TABLE_COLUMN:varchar(4000)');
SELECT oracle.publish_empty('XML_TABLES', 'OWNER:varchar(128), TABLE_NAME:varchar(128), XMLSCHEMA:varchar(700), SCHEMA_OWNER:varchar(128), ELEMENT_NAME:varchar(2000), STORAGE_TYPE:varchar(17)');
SELECT oracle.publish_empty('CLUSTERS', 'OWNER:varchar(128), CLUSTER_NAME:varchar(128), TABLESPACE_NAME:varchar(30), CLUSTER_TYPE:varchar(5)');
SELECT oracle.publish_empty('SCHEDULER_JOBS', 'OWNER:varchar(128), JOB_NAME:varchar(128), JOB_TYPE:varchar(16), JOB_ACTION:varchar(4000), SCHEDULE_TYPE:varchar(12), ENABLED:varchar(5), STATE:varchar(20),
    NEXT_RUN_DATE:oracle.tstz, LAST_START_DATE:oracle.tstz, COMMENTS:varchar(4000)');
SELECT oracle.publish_empty('POLICIES', 'OBJECT_OWNER:varchar(128), OBJECT_NAME:varchar(128), POLICY_GROUP:varchar(128), POLICY_NAME:varchar(128), PF_OWNER:varchar(128), PACKAGE:varchar(128),
    FUNCTION:varchar(128), ENABLE:varchar(3)', owner => 'OBJECT_OWNER');
SELECT oracle.publish_empty('TYPE_METHODS', 'OWNER:varchar(128), TYPE_NAME:varchar(128), METHOD_NAME:varchar(128), METHOD_NO:numeric, METHOD_TYPE:varchar(6), PARAMETERS:numeric, RESULTS:numeric');
SELECT oracle.publish_empty('UNUSED_COL_TABS', 'OWNER:varchar(128), TABLE_NAME:varchar(128), COUNT:numeric');

-- Private temporary tables are PostgreSQL's, whose comments say how long they last and whose they are (backend/private_tables.py).
CREATE VIEW oracle.dict_private_temp_tables AS SELECT
    p.facts[2]::numeric AS "SID", p.facts[3]::numeric AS "SERIAL#", p.facts[4]::varchar(128) AS "OWNER", p.relname::varchar(128) AS "TABLE_NAME", 'TEMP'::varchar(30) AS "TABLESPACE_NAME",
    p.facts[1]::varchar(15) AS "DURATION", NULL::numeric AS "NUM_ROWS", NULL::numeric AS "BLOCKS", NULL::numeric AS "AVG_ROW_LEN", NULL::oracle.date AS "LAST_ANALYZED",
    NULL::varchar(32) AS "TXN_ID", NULL::numeric AS "SAVE_POINT_NUM"
  FROM (SELECT c.relname, pg_catalog.regexp_match(d.description, '^(\w+) (\d+) (\d+) (.*)$') AS facts FROM pg_catalog.pg_class c JOIN pg_catalog.pg_description d ON d.objoid = c.oid AND d.objsubid = 0
         WHERE c.relpersistence = 't' AND c.relname LIKE 'ORA$PTT\_%') AS p
 WHERE EXISTS (SELECT FROM oracle.sessions s WHERE s.sid = p.facts[2]::int AND s.serial = p.facts[3]::int);
CREATE VIEW "SYS"."DBA_PRIVATE_TEMP_TABLES" AS SELECT * FROM oracle.dict_private_temp_tables;
CREATE VIEW "SYS"."USER_PRIVATE_TEMP_TABLES" AS SELECT * FROM oracle.dict_private_temp_tables
 WHERE "SID" = oracle.setting('sid', '0')::numeric AND "SERIAL#" = oracle.setting('serial', '0')::numeric;
SELECT oracle.publish_one('DBA_PRIVATE_TEMP_TABLES', false), oracle.publish_one('USER_PRIVATE_TEMP_TABLES');
