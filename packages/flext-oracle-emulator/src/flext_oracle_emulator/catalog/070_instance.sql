-- V$ views (owned as V_$.., reached by their public synonyms), NLS parameters, versions, and what has no family.

CREATE FUNCTION oracle.release() RETURNS int LANGUAGE sql STABLE PARALLEL SAFE RETURN split_part(oracle.setting('version', '19'), '.', 1)::int;
CREATE FUNCTION oracle.version_number() RETURNS varchar LANGUAGE sql STABLE PARALLEL SAFE RETURN (CASE WHEN oracle.release() >= 23 THEN '23.0.0.0.0' ELSE '19.0.0.0.0' END)::varchar(17);
CREATE FUNCTION oracle.version_full() RETURNS varchar LANGUAGE sql STABLE PARALLEL SAFE RETURN (CASE WHEN oracle.release() >= 23 THEN '23.9.0.25.07' ELSE '19.28.0.0.0' END)::varchar(17);
CREATE FUNCTION oracle.banner() RETURNS varchar LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (CASE WHEN oracle.release() >= 23 THEN 'Oracle Database 23ai Free Release 23.0.0.0.0 - Develop, Learn, and Run for Free'
                 ELSE 'Oracle Database 19c Enterprise Edition Release 19.0.0.0.0 - Production' END)::varchar(80);

CREATE VIEW "SYS"."V_$VERSION" AS SELECT oracle.banner()::varchar(80) AS "BANNER", (oracle.banner() || E'\nVersion ' || oracle.version_full())::varchar(160) AS "BANNER_FULL",
    oracle.banner()::varchar(80) AS "BANNER_LEGACY", 0::numeric AS "CON_ID";
CREATE VIEW "SYS"."PRODUCT_COMPONENT_VERSION" AS SELECT
    (CASE WHEN oracle.release() >= 23 THEN 'Oracle Database 23ai Free ' ELSE 'Oracle Database 19c Enterprise Edition ' END)::varchar(80) AS "PRODUCT", oracle.version_number()::varchar(80) AS "VERSION",
    oracle.version_full()::varchar(80) AS "VERSION_FULL", (CASE WHEN oracle.release() >= 23 THEN 'Develop, Learn, and Run for Free' ELSE 'Production' END)::varchar(80) AS "STATUS";
CREATE VIEW "SYS"."V_$INSTANCE" AS SELECT
    1::numeric AS "INSTANCE_NUMBER", 'FREE'::varchar(16) AS "INSTANCE_NAME", 'localhost'::varchar(64) AS "HOST_NAME", oracle.version_number() AS "VERSION", oracle.version_number() AS "VERSION_LEGACY",
    oracle.version_full() AS "VERSION_FULL", date_trunc('second', pg_postmaster_start_time() AT TIME ZONE 'UTC')::oracle.date AS "STARTUP_TIME", 'OPEN'::varchar(12) AS "STATUS", 'NO'::varchar(3) AS "PARALLEL",
    1::numeric AS "THREAD#", 'STOPPED'::varchar(7) AS "ARCHIVER", NULL::varchar(15) AS "LOG_SWITCH_WAIT", 'ALLOWED'::varchar(10) AS "LOGINS", 'NO'::varchar(3) AS "SHUTDOWN_PENDING",
    'ACTIVE'::varchar(17) AS "DATABASE_STATUS", 'PRIMARY_INSTANCE'::varchar(18) AS "INSTANCE_ROLE", 'NORMAL'::varchar(9) AS "ACTIVE_STATE", 'NO'::varchar(3) AS "BLOCKED", 0::numeric AS "CON_ID",
    'REGULAR'::varchar(11) AS "INSTANCE_MODE", (CASE WHEN oracle.release() >= 23 THEN 'FREE' ELSE 'EE' END)::varchar(7) AS "EDITION", NULL::varchar(80) AS "FAMILY", 'READ WRITE'::varchar(15) AS "DATABASE_TYPE";
CREATE VIEW "SYS"."V_$DATABASE" AS SELECT
    1410000000::numeric AS "DBID", 'FREE'::varchar(9) AS "NAME", date_trunc('second', (SELECT created FROM oracle.users WHERE username = 'SYS')::timestamp)::oracle.date AS "CREATED",
    'NOARCHIVELOG'::varchar(12) AS "LOG_MODE", 'READ WRITE'::varchar(20) AS "OPEN_MODE", 'PRIMARY'::varchar(16) AS "DATABASE_ROLE", oracle.current_scn() AS "CURRENT_SCN", oracle.current_scn() AS "CHECKPOINT_CHANGE#",
    'NO'::varchar(18) AS "FLASHBACK_ON", 'Linux x86 64-bit'::varchar(101) AS "PLATFORM_NAME", 13::numeric AS "PLATFORM_ID", 'FREE'::varchar(30) AS "DB_UNIQUE_NAME", 'NO'::varchar(3) AS "FORCE_LOGGING",
    'NO'::varchar(8) AS "SUPPLEMENTAL_LOG_DATA_MIN", 'NO'::varchar(3) AS "SUPPLEMENTAL_LOG_DATA_PK", 'NO'::varchar(3) AS "SUPPLEMENTAL_LOG_DATA_ALL", 'YES'::varchar(3) AS "CDB", 3::numeric AS "CON_ID";
CREATE VIEW "SYS"."V_$SESSION" AS SELECT
    int8send(s.sid) AS "SADDR", s.sid::numeric AS "SID", s.serial::numeric AS "SERIAL#", s.sid::numeric AS "AUDSID", NULL::bytea AS "PADDR", coalesce(u.user_id, 0)::numeric AS "USER#", s.username AS "USERNAME",
    0::numeric AS "COMMAND", CASE WHEN a.backend_xid IS NOT NULL THEN int8send(a.backend_xid::text::int8) END AS "TADDR", coalesce(u.user_id, 0)::numeric AS "SCHEMA#", s.schemaname AS "SCHEMANAME", 'DEDICATED'::varchar(9) AS "SERVER",
    (CASE WHEN a.state = 'active' THEN 'ACTIVE' ELSE 'INACTIVE' END)::varchar(8) AS "STATUS", s.osuser AS "OSUSER", s.process AS "PROCESS", s.machine AS "MACHINE", s.port::numeric AS "PORT",
    s.terminal AS "TERMINAL", s.program AS "PROGRAM", 'USER'::varchar(10) AS "TYPE", NULL::varchar(13) AS "SQL_ID", NULL::varchar(13) AS "PREV_SQL_ID", s.module AS "MODULE", s.action AS "ACTION",
    s.client_info AS "CLIENT_INFO", s.client_identifier AS "CLIENT_IDENTIFIER", s.logon_time AS "LOGON_TIME", floor(extract(epoch FROM clock_timestamp() - a.state_change)) AS "LAST_CALL_ET",
    (SELECT min(b.sid) FROM oracle.sessions b WHERE b.pg_pid = ANY (pg_catalog.pg_blocking_pids(s.pg_pid)))::numeric AS "BLOCKING_SESSION", a.wait_event::varchar(64) AS "EVENT", a.wait_event_type::varchar(64) AS "WAIT_CLASS", s.service_name AS "SERVICE_NAME", 'DISABLED'::varchar(8) AS "SQL_TRACE",
    'YES'::varchar(3) AS "PDML_ENABLED", 'DISABLED'::varchar(8) AS "PDML_STATUS", 'ENABLED'::varchar(8) AS "PDDL_STATUS", 'ENABLED'::varchar(8) AS "PQ_STATUS", 3::numeric AS "CON_ID"
  FROM oracle.sessions s LEFT JOIN oracle.users u ON u.username = s.username LEFT JOIN pg_stat_activity a ON a.pid = s.pg_pid;
CREATE VIEW "SYS"."V_$SESSION_CONNECT_INFO" AS SELECT s.sid::numeric AS "SID", s.serial::numeric AS "SERIAL#", 'DATABASE'::varchar(26) AS "AUTHENTICATION_TYPE", s.osuser AS "OSUSER",
    'TCP/IP NT Protocol Adapter for Linux'::varchar(4000) AS "NETWORK_SERVICE_BANNER", 'AL32UTF8'::varchar(40) AS "CLIENT_CHARSET", s.client_driver AS "CLIENT_DRIVER", 3::numeric AS "CON_ID"
  FROM oracle.sessions s WHERE s.username = oracle."user"();
CREATE VIEW oracle.statistic_names AS SELECT v.number::numeric AS number, v.name::varchar(64) AS name, v.class::numeric AS class
  FROM (VALUES (5, 'user commits', 1), (6, 'user rollbacks', 1), (7, 'user calls', 1), (1065, 'SQL*Net roundtrips to/from client', 1), (1255, 'parse count (total)', 64), (1261, 'execute count', 64)) AS v(number, name, class);
CREATE VIEW "SYS"."V_$STATNAME" AS SELECT n.number AS "STATISTIC#", n.name AS "NAME", n.class AS "CLASS", n.number AS "STAT_ID", n.name AS "DISPLAY_NAME", 0::numeric AS "CON_ID" FROM oracle.statistic_names n;
CREATE VIEW "SYS"."V_$SESSTAT" AS SELECT s.sid::numeric AS "SID", n.number AS "STATISTIC#", coalesce(c.value, 0)::numeric AS "VALUE", 3::numeric AS "CON_ID"
  FROM oracle.sessions s CROSS JOIN oracle.statistic_names n LEFT JOIN oracle.session_statistics c ON c.sid = s.sid AND c.name = n.name;
CREATE VIEW "SYS"."V_$MYSTAT" AS SELECT * FROM "SYS"."V_$SESSTAT" WHERE "SID" = oracle.setting('sid', '1')::numeric;
CREATE VIEW "SYS"."V_$SQL_MONITOR" AS SELECT NULL::numeric AS "KEY", 'EXECUTING'::varchar(19) AS "STATUS", s.sid::numeric AS "SID", s.serial::numeric AS "SESSION_SERIAL#", s.username AS "USERNAME", s.module AS "MODULE",
    s.action AS "ACTION", s.service_name AS "SERVICE_NAME", s.client_identifier AS "CLIENT_IDENTIFIER", s.client_info AS "CLIENT_INFO", s.program AS "PROGRAM", s.dbop::varchar(30) AS "DBOP_NAME", 3::numeric AS "CON_ID"
  FROM oracle.sessions s WHERE nullif(s.dbop, '') IS NOT NULL;
CREATE VIEW "SYS"."V_$PARAMETER" AS SELECT
    row_number() OVER (ORDER BY v.name)::numeric AS "NUM", v.name::varchar(80) AS "NAME", v.type::numeric AS "TYPE", v.value::varchar(4000) AS "VALUE", v.value::varchar(4000) AS "DISPLAY_VALUE",
    v.value::varchar(255) AS "DEFAULT_VALUE", 'TRUE'::varchar(9) AS "ISDEFAULT", 'TRUE'::varchar(5) AS "ISSES_MODIFIABLE", 'IMMEDIATE'::varchar(9) AS "ISSYS_MODIFIABLE", NULL::varchar(255) AS "DESCRIPTION", 3::numeric AS "CON_ID"
  FROM (VALUES ('compatible', 2, oracle.version_number()::text), ('cursor_sharing', 2, 'EXACT'), ('db_block_size', 3, '8192'), ('db_domain', 2, ''), ('db_name', 2, 'FREE'),
    ('db_unique_name', 2, 'FREE'), ('instance_name', 2, 'FREE'), ('max_string_size', 2, 'STANDARD'), ('nls_language', 2, 'AMERICAN'), ('nls_territory', 2, 'AMERICA'),
    ('nls_length_semantics', 2, 'BYTE'), ('open_cursors', 3, '300'), ('optimizer_mode', 2, 'ALL_ROWS'), ('private_temp_table_prefix', 2, 'ORA$PTT_'), ('processes', 3, '100'), ('recyclebin', 2, 'OFF'), ('sessions', 3, '172'),
    ('undo_retention', 3, '900')) AS v(name, type, value);
CREATE VIEW "SYS"."V_$TIMEZONE_NAMES" AS SELECT z.name::varchar(64) AS "TZNAME", p.abbrev::varchar(64) AS "TZABBREV", 0::numeric AS "CON_ID"
  FROM oracle.time_zones z JOIN pg_catalog.pg_timezone_names p ON p.name = z.name;
-- Transactions that have changed something, from when they began: Oracle counts from the first change, which is never earlier.
-- FLAG: bit 28 says SERIALIZABLE; PostgreSQL tells that of the session itself only.
CREATE VIEW "SYS"."V_$TRANSACTION" AS SELECT int8send(x.xid) AS "ADDR", 1::numeric AS "XIDUSN", (x.xid % 65536)::numeric AS "XIDSLOT", (x.xid / 65536)::numeric AS "XIDSQN", 'ACTIVE'::varchar(16) AS "STATUS",
    to_char(x.began, 'MM/DD/YY HH24:MI:SS')::varchar(20) AS "START_TIME", x.scn AS "START_SCNB", 0::numeric AS "START_SCNW", int8send(x.sid) AS "SES_ADDR", 'NO'::varchar(3) AS "RECURSIVE",
    'NO'::varchar(3) AS "NOUNDO", 'NO'::varchar(3) AS "PTX", NULL::varchar(256) AS "NAME", date_trunc('second', x.began)::oracle.date AS "START_DATE", x.scn AS "START_SCN", int8send(x.xid) AS "XID", x.flag AS "FLAG", 3::numeric AS "CON_ID"
  FROM (SELECT 3587::numeric + CASE WHEN a.pid = pg_backend_pid() AND current_setting('transaction_isolation') = 'repeatable read' THEN 268435456 ELSE 0 END AS flag, a.backend_xid::text::int8 AS xid, a.xact_start AT TIME ZONE 'UTC' AS began, oracle.scn_of(a.xact_start) AS scn, s.sid
          FROM pg_stat_activity a JOIN oracle.sessions s ON s.pg_pid = a.pid WHERE a.backend_xid IS NOT NULL) x;
CREATE VIEW "SYS"."V_$PDBS" AS SELECT 3::numeric AS "CON_ID", 1410000001::numeric AS "DBID", oracle.setting('db_name', 'FREEPDB1')::varchar(128) AS "NAME", 'READ WRITE'::varchar(10) AS "OPEN_MODE", 'NO'::varchar(3) AS "RESTRICTED";
CREATE VIEW "SYS"."V_$OPTION" AS SELECT v.name::varchar(64) AS "PARAMETER", v.value::varchar(64) AS "VALUE", 0::numeric AS "CON_ID"
  FROM (VALUES ('Partitioning', 'TRUE'), ('Real Application Clusters', 'FALSE'), ('Advanced Compression', 'TRUE'), ('Materialized view rewrite', 'TRUE'), ('Flashback Table', 'FALSE')) AS v(name, value);

CREATE VIEW oracle.dict_nls AS SELECT v.name::varchar(128) AS "PARAMETER", v.value::varchar(64) AS "VALUE", v.initial::varchar(64) AS "INITIAL", v.scope AS "SCOPE"
  FROM (VALUES
    ('NLS_LANGUAGE', 'AMERICAN', 'AMERICAN', 'all'), ('NLS_TERRITORY', 'AMERICA', 'AMERICA', 'all'), ('NLS_CURRENCY', oracle.setting('nls_currency', '$'), '$', 'all'),
    ('NLS_ISO_CURRENCY', oracle.setting('nls_iso_currency', 'AMERICA'), 'AMERICA', 'all'), ('NLS_NUMERIC_CHARACTERS', oracle.setting('nls_numeric_characters', '.,'), '.,', 'all'),
    ('NLS_CALENDAR', 'GREGORIAN', 'GREGORIAN', 'all'), ('NLS_DATE_FORMAT', oracle.setting('nls_date_format', 'DD-MON-RR'), 'DD-MON-RR', 'all'), ('NLS_DATE_LANGUAGE', 'AMERICAN', 'AMERICAN', 'all'),
    ('NLS_CHARACTERSET', 'AL32UTF8', 'AL32UTF8', 'database'), ('NLS_SORT', 'BINARY', 'BINARY', 'all'), ('NLS_TIME_FORMAT', oracle.setting('nls_time_format', 'HH.MI.SSXFF AM'), 'HH.MI.SSXFF AM', 'all'),
    ('NLS_TIMESTAMP_FORMAT', oracle.setting('nls_timestamp_format', 'DD-MON-RR HH.MI.SSXFF AM'), 'DD-MON-RR HH.MI.SSXFF AM', 'all'),
    ('NLS_TIME_TZ_FORMAT', oracle.setting('nls_time_tz_format', 'HH.MI.SSXFF AM TZR'), 'HH.MI.SSXFF AM TZR', 'all'),
    ('NLS_TIMESTAMP_TZ_FORMAT', oracle.setting('nls_timestamp_tz_format', 'DD-MON-RR HH.MI.SSXFF AM TZR'), 'DD-MON-RR HH.MI.SSXFF AM TZR', 'all'),
    ('NLS_DUAL_CURRENCY', oracle.setting('nls_dual_currency', '$'), '$', 'all'), ('NLS_NCHAR_CHARACTERSET', 'AL16UTF16', 'AL16UTF16', 'database'), ('NLS_COMP', 'BINARY', 'BINARY', 'all'),
    ('NLS_LENGTH_SEMANTICS', oracle.setting('nls_length_semantics', 'BYTE'), 'BYTE', 'all'), ('NLS_NCHAR_CONV_EXCP', oracle.setting('nls_nchar_conv_excp', 'FALSE'), 'FALSE', 'all'),
    ('NLS_RDBMS_VERSION', oracle.version_number()::text, oracle.version_number()::text, 'version')) AS v(name, value, initial, scope);
CREATE VIEW "SYS"."NLS_SESSION_PARAMETERS" AS SELECT "PARAMETER", "VALUE" FROM oracle.dict_nls WHERE "SCOPE" = 'all';
CREATE VIEW "SYS"."NLS_DATABASE_PARAMETERS" AS SELECT "PARAMETER", "INITIAL" AS "VALUE" FROM oracle.dict_nls;
CREATE VIEW "SYS"."NLS_INSTANCE_PARAMETERS" AS SELECT "PARAMETER", CASE WHEN "PARAMETER" IN ('NLS_LANGUAGE', 'NLS_TERRITORY', 'NLS_COMP', 'NLS_LENGTH_SEMANTICS', 'NLS_NCHAR_CONV_EXCP') THEN "INITIAL" END::varchar(64) AS "VALUE"
  FROM oracle.dict_nls WHERE "SCOPE" = 'all';
CREATE VIEW "SYS"."V_$NLS_PARAMETERS" AS SELECT "PARAMETER", "VALUE", 3::numeric AS "CON_ID" FROM oracle.dict_nls WHERE "SCOPE" IN ('all', 'database');
CREATE VIEW "SYS"."V_$NLS_VALID_VALUES" AS SELECT v.parameter::varchar(64) AS "PARAMETER", v.value::varchar(64) AS "VALUE", 'FALSE'::varchar(5) AS "ISDEPRECATED", 0::numeric AS "CON_ID"
  FROM (VALUES ('LANGUAGE', 'AMERICAN'), ('TERRITORY', 'AMERICA'), ('CHARACTERSET', 'AL32UTF8'), ('CHARACTERSET', 'AL16UTF16'), ('SORT', 'BINARY')) AS v(parameter, value);

CREATE VIEW "SYS"."GLOBAL_NAME" AS SELECT oracle.setting('db_name', 'FREEPDB1')::varchar(4000) AS "GLOBAL_NAME";
CREATE VIEW "SYS"."DATABASE_PROPERTIES" AS SELECT v.name::varchar(128) AS "PROPERTY_NAME", v.value::varchar(4000) AS "PROPERTY_VALUE", NULL::varchar(4000) AS "DESCRIPTION"
  FROM (SELECT "PARAMETER", "INITIAL" FROM oracle.dict_nls UNION ALL VALUES ('DBTIMEZONE', '+00:00'), ('DEFAULT_PERMANENT_TABLESPACE', 'USERS'), ('DEFAULT_TEMP_TABLESPACE', 'TEMP'),
        ('GLOBAL_DB_NAME', 'FREEPDB1'), ('DEFAULT_EDITION', 'ORA$BASE')) AS v(name, value);
CREATE VIEW "SYS"."DICTIONARY" AS SELECT d.synonym AS "TABLE_NAME", d.comments AS "COMMENTS" FROM oracle.dictionary d WHERE d.public OR oracle.sees_all();
CREATE VIEW "SYS"."DICT_COLUMNS" AS SELECT d.synonym AS "TABLE_NAME", c.name AS "COLUMN_NAME", NULL::varchar(4000) AS "COMMENTS"
  FROM oracle.dictionary d JOIN oracle.objects o ON o.owner = 'SYS' AND o.name = d.name JOIN oracle.columns c USING (object_id) WHERE d.public OR oracle.sees_all();
CREATE VIEW "SYS"."ALL_CATALOG" AS SELECT o.owner AS "OWNER", o.name AS "TABLE_NAME", o.type::varchar(11) AS "TABLE_TYPE"
  FROM oracle.objects o WHERE o.type IN ('TABLE', 'VIEW', 'SYNONYM', 'SEQUENCE') AND o.object_id IN (SELECT object_id FROM oracle.visible_objects);
CREATE VIEW "SYS"."USER_CATALOG" AS SELECT o.name AS "TABLE_NAME", o.type::varchar(11) AS "TABLE_TYPE"
  FROM oracle.objects o WHERE o.type IN ('TABLE', 'VIEW', 'SYNONYM', 'SEQUENCE') AND o.owner = oracle."user"();
CREATE VIEW "SYS"."TAB" AS SELECT o.name AS "TNAME", o.type::varchar(13) AS "TABTYPE", NULL::numeric AS "CLUSTERID" FROM oracle.objects o WHERE o.type IN ('TABLE', 'VIEW', 'SYNONYM') AND o.owner = oracle."user"();

SELECT oracle.publish_one(n) FROM unnest(ARRAY['PRODUCT_COMPONENT_VERSION', 'NLS_SESSION_PARAMETERS', 'NLS_DATABASE_PARAMETERS', 'NLS_INSTANCE_PARAMETERS', 'GLOBAL_NAME', 'DATABASE_PROPERTIES',
    'DICTIONARY', 'DICT_COLUMNS', 'ALL_CATALOG', 'USER_CATALOG', 'TAB']) AS n;
SELECT oracle.publish_one('V_$' || n, true, 'V$' || n) FROM unnest(ARRAY['VERSION', 'NLS_PARAMETERS', 'NLS_VALID_VALUES', 'TIMEZONE_NAMES', 'SESSION_CONNECT_INFO', 'OPTION']) AS n;
SELECT oracle.publish_one('V_$' || n, false, 'V$' || n) FROM unnest(ARRAY['INSTANCE', 'DATABASE', 'SESSION', 'PARAMETER', 'MYSTAT', 'SESSTAT', 'STATNAME', 'SQL_MONITOR', 'TRANSACTION', 'PDBS']) AS n;
SELECT oracle.publish_one('DUAL');
