-- Users, roles and privileges.

CREATE VIEW oracle.dict_users AS SELECT
    u.username AS "USERNAME", u.user_id::numeric AS "USER_ID", NULL::varchar(4000) AS "PASSWORD", u.account_status AS "ACCOUNT_STATUS", u.lock_date AS "LOCK_DATE",
    u.expiry_date AS "EXPIRY_DATE", u.default_tablespace AS "DEFAULT_TABLESPACE", u.temporary_tablespace AS "TEMPORARY_TABLESPACE",
    u.temporary_tablespace AS "LOCAL_TEMP_TABLESPACE", u.created AS "CREATED", u.profile AS "PROFILE", 'DEFAULT_CONSUMER_GROUP'::varchar(128) AS "INITIAL_RSRC_CONSUMER_GROUP",
    NULL::varchar(4000) AS "EXTERNAL_NAME", (CASE WHEN u.password IS NOT NULL THEN '11G 12C ' END)::varchar(17) AS "PASSWORD_VERSIONS", 'N'::varchar(1) AS "EDITIONS_ENABLED",
    (CASE WHEN u.password IS NOT NULL OR u.oracle_maintained THEN 'PASSWORD' ELSE 'NONE' END)::varchar(8) AS "AUTHENTICATION_TYPE", 'N'::varchar(1) AS "PROXY_ONLY_CONNECT",
    oracle.yes(u.oracle_maintained) AS "COMMON", u.last_login AS "LAST_LOGIN", oracle.y(u.oracle_maintained) AS "ORACLE_MAINTAINED", oracle.yes(u.oracle_maintained) AS "INHERITED",
    'USING_NLS_COMP'::varchar(100) AS "DEFAULT_COLLATION", 'NO'::varchar(3) AS "IMPLICIT", 'NO'::varchar(3) AS "ALL_SHARD", u.created AS "PASSWORD_CHANGE_DATE"
  FROM oracle.users u;
SELECT oracle.publish('USERS', 'dict_users', prefixes => '{DBA}', comments => 'Information about all users of the database');
SELECT oracle.publish('USERS', 'dict_users', prefixes => '{ALL}', columns => ARRAY['USERNAME', 'USER_ID', 'CREATED', 'COMMON', 'ORACLE_MAINTAINED', 'INHERITED',
    'DEFAULT_COLLATION', 'IMPLICIT', 'ALL_SHARD'], comments => 'Information about all users of the database');
SELECT oracle.publish('USERS', 'dict_users', prefixes => '{USER}', owner => 'USERNAME', omit => '{}', columns => ARRAY['USERNAME', 'USER_ID', 'ACCOUNT_STATUS', 'LOCK_DATE',
    'EXPIRY_DATE', 'DEFAULT_TABLESPACE', 'TEMPORARY_TABLESPACE', 'LOCAL_TEMP_TABLESPACE', 'CREATED', 'INITIAL_RSRC_CONSUMER_GROUP', 'EXTERNAL_NAME', 'PROXY_ONLY_CONNECT',
    'COMMON', 'ORACLE_MAINTAINED', 'INHERITED', 'DEFAULT_COLLATION', 'IMPLICIT', 'ALL_SHARD'], comments => 'Information about the current user');

CREATE VIEW "SYS"."DBA_ROLES" AS SELECT
    r.role AS "ROLE", r.role_id::numeric AS "ROLE_ID", 'NO'::varchar(8) AS "PASSWORD_REQUIRED", 'NONE'::varchar(11) AS "AUTHENTICATION_TYPE", oracle.yes(r.oracle_maintained) AS "COMMON",
    oracle.y(r.oracle_maintained) AS "ORACLE_MAINTAINED", oracle.yes(r.oracle_maintained) AS "INHERITED", 'NO'::varchar(3) AS "IMPLICIT", NULL::varchar(4000) AS "EXTERNAL_NAME"
  FROM oracle.roles r;
SELECT oracle.publish_one('DBA_ROLES', false);

CREATE VIEW oracle.dict_role_privs AS SELECT
    g.grantee AS "GRANTEE", g.role AS "GRANTED_ROLE", oracle.yes(g.admin_option) AS "ADMIN_OPTION", 'NO'::varchar(3) AS "DELEGATE_OPTION", oracle.yes(g.default_role) AS "DEFAULT_ROLE",
    oracle.yes(r.oracle_maintained AND g.grantee IN ('SYS', 'SYSTEM')) AS "COMMON", 'NO'::varchar(3) AS "INHERITED"
  FROM oracle.role_grants g JOIN oracle.roles r USING (role);
SELECT oracle.publish('ROLE_PRIVS', 'dict_role_privs', prefixes => '{DBA}');
CREATE VIEW "SYS"."USER_ROLE_PRIVS" AS SELECT "GRANTEE" AS "USERNAME", "GRANTED_ROLE", "ADMIN_OPTION", "DELEGATE_OPTION", "DEFAULT_ROLE", 'NO'::varchar(3) AS "OS_GRANTED", "COMMON", "INHERITED"
  FROM oracle.dict_role_privs WHERE "GRANTEE" IN (oracle."user"(), 'PUBLIC');
SELECT oracle.publish_one('USER_ROLE_PRIVS');
CREATE VIEW "SYS"."ROLE_ROLE_PRIVS" AS SELECT "GRANTEE" AS "ROLE", "GRANTED_ROLE", "ADMIN_OPTION", "COMMON", "INHERITED"
  FROM oracle.dict_role_privs WHERE "GRANTEE" = ANY ((SELECT oracle.grantees())::text[]) AND "GRANTEE" IN (SELECT role FROM oracle.roles);
SELECT oracle.publish_one('ROLE_ROLE_PRIVS');

CREATE VIEW oracle.dict_sys_privs AS SELECT
    p.grantee AS "GRANTEE", p.privilege AS "PRIVILEGE", oracle.yes(p.admin_option) AS "ADMIN_OPTION", 'NO'::varchar(3) AS "COMMON", 'NO'::varchar(3) AS "INHERITED"
  FROM oracle.system_privileges p;
SELECT oracle.publish('SYS_PRIVS', 'dict_sys_privs', prefixes => '{DBA}');
CREATE VIEW "SYS"."USER_SYS_PRIVS" AS SELECT "GRANTEE" AS "USERNAME", "PRIVILEGE", "ADMIN_OPTION", "COMMON", "INHERITED"
  FROM oracle.dict_sys_privs WHERE "GRANTEE" IN (oracle."user"(), 'PUBLIC');
SELECT oracle.publish_one('USER_SYS_PRIVS');
CREATE VIEW "SYS"."ROLE_SYS_PRIVS" AS SELECT "GRANTEE" AS "ROLE", "PRIVILEGE", "ADMIN_OPTION", "COMMON", "INHERITED"
  FROM oracle.dict_sys_privs WHERE "GRANTEE" = ANY ((SELECT oracle.grantees())::text[]) AND "GRANTEE" IN (SELECT role FROM oracle.roles);
SELECT oracle.publish_one('ROLE_SYS_PRIVS');
CREATE VIEW "SYS"."SESSION_PRIVS" AS SELECT DISTINCT p.privilege AS "PRIVILEGE" FROM oracle.system_privileges p WHERE p.grantee = ANY ((SELECT oracle.grantees())::text[]);
SELECT oracle.publish_one('SESSION_PRIVS', comments => 'Privileges which the user currently has set');
CREATE VIEW "SYS"."SESSION_ROLES" AS SELECT r.role AS "ROLE" FROM oracle.roles r WHERE r.role = ANY ((SELECT oracle.grantees())::text[]);
SELECT oracle.publish_one('SESSION_ROLES', comments => 'Roles which the user currently has enabled');
CREATE VIEW "SYS"."SYSTEM_PRIVILEGE_MAP" AS SELECT (-row_number() OVER (ORDER BY privilege))::numeric AS "PRIVILEGE", privilege AS "NAME", 0::numeric AS "PROPERTY"
  FROM oracle.system_privileges WHERE grantee = 'SYS';
SELECT oracle.publish_one('SYSTEM_PRIVILEGE_MAP');

-- Grants on objects. ALL_TAB_PRIVS names the schema TABLE_SCHEMA and shows what the user granted, got, owns or has through PUBLIC.
CREATE VIEW oracle.dict_tab_privs AS SELECT
    p.grantee AS "GRANTEE", o.owner AS "OWNER", o.name AS "TABLE_NAME", p.grantor AS "GRANTOR", p.privilege AS "PRIVILEGE", oracle.yes(p.grantable) AS "GRANTABLE",
    oracle.yes(p.hierarchy) AS "HIERARCHY", 'NO'::varchar(3) AS "COMMON", o.type::varchar(24) AS "TYPE", 'NO'::varchar(3) AS "INHERITED"
  FROM oracle.object_privileges p JOIN oracle.objects o USING (object_id) WHERE p.column_name = '' AND NOT (o.type = 'TABLE' AND o.object_id IN (SELECT container_id FROM oracle.mviews));
SELECT oracle.publish('TAB_PRIVS', 'dict_tab_privs', prefixes => '{DBA}');
CREATE VIEW "SYS"."USER_TAB_PRIVS" AS SELECT * FROM oracle.dict_tab_privs WHERE oracle."user"() IN ("GRANTEE", "OWNER", "GRANTOR");
SELECT oracle.publish_one('USER_TAB_PRIVS', comments => 'Grants on objects for which the user is the owner, grantor or grantee');
CREATE VIEW "SYS"."ALL_TAB_PRIVS" AS SELECT "GRANTOR", "GRANTEE", "OWNER" AS "TABLE_SCHEMA", "TABLE_NAME", "PRIVILEGE", "GRANTABLE", "HIERARCHY", "COMMON", "TYPE", "INHERITED"
  FROM oracle.dict_tab_privs WHERE oracle."user"() IN ("GRANTOR", "OWNER") OR "GRANTEE" = ANY ((SELECT oracle.grantees())::text[]);
SELECT oracle.publish_one('ALL_TAB_PRIVS', comments => 'Grants on objects for which the user is the grantor, grantee, owner, or an enabled role or PUBLIC is the grantee');
CREATE VIEW "SYS"."ALL_TAB_PRIVS_MADE" AS SELECT "GRANTEE", "OWNER", "TABLE_NAME", "GRANTOR", "PRIVILEGE", "GRANTABLE", "HIERARCHY", "COMMON", "TYPE", "INHERITED"
  FROM oracle.dict_tab_privs WHERE oracle."user"() IN ("GRANTOR", "OWNER");
SELECT oracle.publish_one('ALL_TAB_PRIVS_MADE');
CREATE VIEW "SYS"."ALL_TAB_PRIVS_RECD" AS SELECT "GRANTEE", "OWNER", "TABLE_NAME", "GRANTOR", "PRIVILEGE", "GRANTABLE", "HIERARCHY", "COMMON", "TYPE", "INHERITED"
  FROM oracle.dict_tab_privs WHERE "GRANTEE" = ANY ((SELECT oracle.grantees())::text[]);
SELECT oracle.publish_one('ALL_TAB_PRIVS_RECD');
CREATE VIEW "SYS"."USER_TAB_PRIVS_MADE" AS SELECT "GRANTEE", "TABLE_NAME", "GRANTOR", "PRIVILEGE", "GRANTABLE", "HIERARCHY", "COMMON", "TYPE", "INHERITED"
  FROM oracle.dict_tab_privs WHERE "OWNER" = oracle."user"();
SELECT oracle.publish_one('USER_TAB_PRIVS_MADE');
CREATE VIEW "SYS"."USER_TAB_PRIVS_RECD" AS SELECT "OWNER", "TABLE_NAME", "GRANTOR", "PRIVILEGE", "GRANTABLE", "HIERARCHY", "COMMON", "TYPE", "INHERITED"
  FROM oracle.dict_tab_privs WHERE "GRANTEE" = oracle."user"();
SELECT oracle.publish_one('USER_TAB_PRIVS_RECD');
CREATE VIEW "SYS"."ROLE_TAB_PRIVS" AS SELECT "GRANTEE" AS "ROLE", "OWNER", "TABLE_NAME", NULL::varchar(128) AS "COLUMN_NAME", "PRIVILEGE", "GRANTABLE", "COMMON", "INHERITED"
  FROM oracle.dict_tab_privs WHERE "GRANTEE" = ANY ((SELECT oracle.grantees())::text[]) AND "GRANTEE" IN (SELECT role FROM oracle.roles);
SELECT oracle.publish_one('ROLE_TAB_PRIVS');
CREATE VIEW oracle.dict_col_privs AS SELECT
    p.grantee AS "GRANTEE", o.owner AS "OWNER", o.name AS "TABLE_NAME", p.column_name AS "COLUMN_NAME", p.grantor AS "GRANTOR", p.privilege AS "PRIVILEGE",
    oracle.yes(p.grantable) AS "GRANTABLE", 'NO'::varchar(3) AS "COMMON", 'NO'::varchar(3) AS "INHERITED"
  FROM oracle.object_privileges p JOIN oracle.objects o USING (object_id) WHERE p.column_name <> '';
SELECT oracle.publish('COL_PRIVS', 'dict_col_privs', prefixes => '{DBA}');
CREATE VIEW "SYS"."USER_COL_PRIVS" AS SELECT * FROM oracle.dict_col_privs WHERE oracle."user"() IN ("GRANTEE", "OWNER", "GRANTOR");
SELECT oracle.publish_one('USER_COL_PRIVS');
CREATE VIEW "SYS"."ALL_COL_PRIVS" AS SELECT "GRANTOR", "GRANTEE", "OWNER" AS "TABLE_SCHEMA", "TABLE_NAME", "COLUMN_NAME", "PRIVILEGE", "GRANTABLE", "COMMON", "INHERITED"
  FROM oracle.dict_col_privs WHERE oracle."user"() IN ("GRANTOR", "OWNER") OR "GRANTEE" = ANY ((SELECT oracle.grantees())::text[]);
SELECT oracle.publish_one('ALL_COL_PRIVS');
CREATE VIEW "SYS"."TABLE_PRIVILEGES" AS SELECT DISTINCT "GRANTEE", "OWNER", "TABLE_NAME", "GRANTOR" FROM oracle.dict_tab_privs
 WHERE oracle."user"() IN ("GRANTOR", "OWNER") OR "GRANTEE" = ANY ((SELECT oracle.grantees())::text[]);
SELECT oracle.publish_one('TABLE_PRIVILEGES');

CREATE VIEW oracle.dict_ts_quotas AS SELECT
    q.tablespace_name AS "TABLESPACE_NAME", q.username AS "USERNAME", 0::numeric AS "BYTES", q.max_bytes AS "MAX_BYTES", 0::numeric AS "BLOCKS",
    CASE WHEN q.max_bytes < 0 THEN -1 ELSE floor(q.max_bytes / 8192) END AS "MAX_BLOCKS", 'NO'::varchar(3) AS "DROPPED"
  FROM oracle.tablespace_quotas q;
SELECT oracle.publish('TS_QUOTAS', 'dict_ts_quotas', prefixes => '{DBA,USER}', owner => 'USERNAME', omit => '{USERNAME}');
CREATE VIEW "SYS"."DBA_PROFILES" AS SELECT 'DEFAULT'::varchar(128) AS "PROFILE", name::varchar(32) AS "RESOURCE_NAME", kind::varchar(8) AS "RESOURCE_TYPE", 'UNLIMITED'::varchar(128) AS "LIMIT",
    'NO'::varchar(3) AS "COMMON", 'NO'::varchar(3) AS "INHERITED", 'NO'::varchar(3) AS "IMPLICIT"
  FROM (VALUES ('SESSIONS_PER_USER', 'KERNEL'), ('IDLE_TIME', 'KERNEL'), ('CONNECT_TIME', 'KERNEL'), ('FAILED_LOGIN_ATTEMPTS', 'PASSWORD'), ('PASSWORD_LIFE_TIME', 'PASSWORD')) AS v(name, kind);
SELECT oracle.publish_one('DBA_PROFILES', false);
