-- Program units, triggers, types, dependencies, links.

CREATE VIEW oracle.dict_source AS SELECT
    o.owner AS "OWNER", o.name AS "NAME", o.type::varchar(12) AS "TYPE", l.line::numeric AS "LINE",
    (l.text || CASE WHEN l.line < count(*) OVER (PARTITION BY o.object_id) THEN E'\n' ELSE '' END)::varchar(4000) AS "TEXT", 0::numeric AS "ORIGIN_CON_ID", o.object_id AS "$ID"
  FROM oracle.sources s JOIN oracle.objects o USING (object_id) CROSS JOIN LATERAL string_to_table(s.text, E'\n') WITH ORDINALITY AS l(text, line);
SELECT oracle.publish('SOURCE', 'dict_source', comments => 'Current source on stored objects that user is allowed to create');

CREATE VIEW oracle.dict_procedures AS SELECT
    o.owner AS "OWNER", o.name AS "OBJECT_NAME", p.procedure_name AS "PROCEDURE_NAME", o.object_id::numeric AS "OBJECT_ID", p.subprogram_id::numeric AS "SUBPROGRAM_ID",
    p.overload::text::varchar(40) AS "OVERLOAD", o.type::varchar(13) AS "OBJECT_TYPE", 'NO'::varchar(3) AS "AGGREGATE", oracle.yes(p.pipelined) AS "PIPELINED", NULL::varchar(128) AS "IMPLTYPEOWNER",
    NULL::varchar(128) AS "IMPLTYPENAME", 'NO'::varchar(3) AS "PARALLEL", 'NO'::varchar(3) AS "INTERFACE", oracle.yes(p.deterministic) AS "DETERMINISTIC", p.authid AS "AUTHID",
    'NO'::varchar(3) AS "RESULT_CACHE", 0::numeric AS "ORIGIN_CON_ID", NULL::varchar(5) AS "POLYMORPHIC", o.object_id AS "$ID"
  FROM oracle.procedures p JOIN oracle.objects o USING (object_id);
SELECT oracle.publish('PROCEDURES', 'dict_procedures', comments => 'Functions/procedures/packages/types/triggers available to the user');

CREATE VIEW oracle.dict_arguments AS SELECT
    o.owner AS "OWNER", coalesce(p.procedure_name, o.name) AS "OBJECT_NAME", CASE WHEN p.procedure_name IS NOT NULL THEN o.name END AS "PACKAGE_NAME", o.object_id::numeric AS "OBJECT_ID",
    p.overload::text::varchar(40) AS "OVERLOAD", p.subprogram_id::numeric AS "SUBPROGRAM_ID", a.argument_name AS "ARGUMENT_NAME", a.position::numeric AS "POSITION", a.sequence::numeric AS "SEQUENCE",
    0::numeric AS "DATA_LEVEL", a.data_type AS "DATA_TYPE", oracle.y(a.defaulted) AS "DEFAULTED", NULL::oracle.long AS "DEFAULT_VALUE", NULL::numeric AS "DEFAULT_LENGTH", a.in_out AS "IN_OUT",
    a.data_length::numeric AS "DATA_LENGTH", a.data_precision::numeric AS "DATA_PRECISION", a.data_scale::numeric AS "DATA_SCALE", CASE WHEN a.data_type = 'NUMBER' THEN 10 END::numeric AS "RADIX",
    (CASE WHEN a.data_type IN ('VARCHAR2', 'CHAR', 'CLOB') THEN 'CHAR_CS' END)::varchar(44) AS "CHARACTER_SET_NAME", a.type_owner AS "TYPE_OWNER", a.type_name AS "TYPE_NAME",
    NULL::varchar(128) AS "TYPE_SUBNAME", NULL::varchar(128) AS "TYPE_LINK", NULL::varchar(7) AS "TYPE_OBJECT_TYPE", a.data_type AS "PLS_TYPE", a.data_length::numeric AS "CHAR_LENGTH",
    (CASE WHEN a.data_type IN ('VARCHAR2', 'CHAR') THEN 'B' ELSE '0' END)::varchar(1) AS "CHAR_USED", 0::numeric AS "ORIGIN_CON_ID", o.object_id AS "$ID"
  FROM oracle.arguments a JOIN oracle.procedures p USING (object_id, subprogram_id) JOIN oracle.objects o USING (object_id);
SELECT oracle.publish('ARGUMENTS', 'dict_arguments', prefixes => '{ALL,USER}', comments => 'Arguments in object accessible to the user');

CREATE VIEW oracle.dict_errors AS SELECT
    o.owner AS "OWNER", o.name AS "NAME", o.type::varchar(12) AS "TYPE", e.sequence::numeric AS "SEQUENCE", e.line::numeric AS "LINE", e.position::numeric AS "POSITION", e.text AS "TEXT",
    e.attribute AS "ATTRIBUTE", e.message_number::numeric AS "MESSAGE_NUMBER", o.object_id AS "$ID"
  FROM oracle.errors e JOIN oracle.objects o USING (object_id);
SELECT oracle.publish('ERRORS', 'dict_errors', comments => 'Current errors on stored objects that user is allowed to create');

CREATE VIEW oracle.dict_dependencies AS SELECT
    o.owner AS "OWNER", o.name AS "NAME", o.type::varchar(19) AS "TYPE", r.owner AS "REFERENCED_OWNER", r.name AS "REFERENCED_NAME", r.type::varchar(19) AS "REFERENCED_TYPE",
    NULL::varchar(128) AS "REFERENCED_LINK_NAME", 'HARD'::varchar(4) AS "DEPENDENCY_TYPE", o.object_id AS "$ID"
  FROM oracle.dependencies d JOIN oracle.objects o USING (object_id) JOIN oracle.objects r ON r.object_id = d.referenced_object_id;
SELECT oracle.publish('DEPENDENCIES', 'dict_dependencies', comments => 'Dependencies to and from objects accessible to the user');

CREATE VIEW oracle.dict_triggers AS SELECT
    o.owner AS "OWNER", o.name AS "TRIGGER_NAME", g.trigger_type AS "TRIGGER_TYPE", g.triggering_event AS "TRIGGERING_EVENT", t.owner AS "TABLE_OWNER",
    coalesce(t.type, 'SCHEMA')::varchar(18) AS "BASE_OBJECT_TYPE", t.name AS "TABLE_NAME", NULL::varchar(4000) AS "COLUMN_NAME", g.referencing AS "REFERENCING_NAMES", g.when_clause AS "WHEN_CLAUSE",
    g.status AS "STATUS", g.description AS "DESCRIPTION", 'PL/SQL     '::varchar(11) AS "ACTION_TYPE", g.body::oracle.long AS "TRIGGER_BODY", 'NO'::varchar(7) AS "CROSSEDITION",
    'NO'::varchar(3) AS "BEFORE_STATEMENT", 'NO'::varchar(3) AS "BEFORE_ROW", 'NO'::varchar(3) AS "AFTER_ROW", 'NO'::varchar(3) AS "AFTER_STATEMENT", 'NO'::varchar(3) AS "INSTEAD_OF_ROW",
    'YES'::varchar(3) AS "FIRE_ONCE", 'NO'::varchar(3) AS "APPLY_SERVER_ONLY", o.object_id AS "$ID"
  FROM oracle.triggers g JOIN oracle.objects o USING (object_id) LEFT JOIN oracle.objects t ON t.object_id = g.table_id;
SELECT oracle.publish('TRIGGERS', 'dict_triggers', comments => 'Triggers accessible to the current user');

CREATE VIEW oracle.dict_db_links AS SELECT l.owner AS "OWNER", l.db_link AS "DB_LINK", l.username AS "USERNAME", l.host AS "HOST", l.created AS "CREATED", 'NO'::varchar(3) AS "HIDDEN",
    'NO'::varchar(3) AS "SHARD_INTERNAL", 'YES'::varchar(3) AS "VALID", 'NO'::varchar(3) AS "INTRA_CDB" FROM oracle.db_links l;
SELECT oracle.publish('DB_LINKS', 'dict_db_links', prefixes => '{DBA}');
CREATE VIEW "SYS"."ALL_DB_LINKS" AS SELECT * FROM oracle.dict_db_links WHERE "OWNER" IN (oracle."user"(), 'PUBLIC');
CREATE VIEW "SYS"."USER_DB_LINKS" AS SELECT "DB_LINK", "USERNAME", NULL::varchar(128) AS "PASSWORD", "HOST", "CREATED", "HIDDEN", "SHARD_INTERNAL", "VALID", "INTRA_CDB"
  FROM oracle.dict_db_links WHERE "OWNER" = oracle."user"();
SELECT oracle.publish_one('ALL_DB_LINKS'), oracle.publish_one('USER_DB_LINKS');

-- Types of users. Their TYPE_OID is made of the object's number.
CREATE VIEW oracle.dict_types AS SELECT
    o.owner AS "OWNER", o.name AS "TYPE_NAME", oracle.type_oid(o.object_id) AS "TYPE_OID", (CASE t.kind WHEN 'OBJECT' THEN 'OBJECT' ELSE 'COLLECTION' END)::varchar(128) AS "TYPECODE",
    (SELECT count(*) FROM oracle.type_attributes a WHERE a.object_id = o.object_id AND a.attr_no > 0)::numeric AS "ATTRIBUTES", 0::numeric AS "METHODS", 'NO'::varchar(3) AS "PREDEFINED",
    'NO'::varchar(3) AS "INCOMPLETE", 'YES'::varchar(3) AS "FINAL", 'YES'::varchar(3) AS "INSTANTIABLE", 'YES'::varchar(3) AS "PERSISTABLE", NULL::varchar(128) AS "SUPERTYPE_OWNER",
    NULL::varchar(128) AS "SUPERTYPE_NAME", NULL::numeric AS "LOCAL_ATTRIBUTES", NULL::numeric AS "LOCAL_METHODS", NULL::bytea AS "TYPEID", o.object_id AS "$ID"
  FROM oracle.types t JOIN oracle.objects o USING (object_id)
UNION ALL SELECT 'SYS', 'XMLTYPE', decode('00000000000000000000000000020100', 'hex'), 'OBJECT', 0, 0, 'NO', 'NO', 'NO', 'YES', 'YES', NULL, NULL, NULL, NULL, NULL,
    (SELECT object_id FROM oracle.objects WHERE owner = 'SYS' AND name = 'DUAL');  -- seen by everyone, as DUAL is
SELECT oracle.publish('TYPES', 'dict_types', comments => 'Description of types accessible to the user');
CREATE VIEW oracle.dict_type_attrs AS SELECT
    o.owner AS "OWNER", o.name AS "TYPE_NAME", a.name AS "ATTR_NAME", NULL::varchar(7) AS "ATTR_TYPE_MOD", a.type_owner AS "ATTR_TYPE_OWNER", a.type_name AS "ATTR_TYPE_NAME",
    a.length AS "LENGTH", a.precision AS "PRECISION", a.scale AS "SCALE", (CASE WHEN a.char_used IS NOT NULL THEN CASE WHEN a.type_name LIKE 'N%' THEN 'NCHAR_CS' ELSE 'CHAR_CS' END END)::varchar(44) AS "CHARACTER_SET_NAME",
    a.attr_no::numeric AS "ATTR_NO", 'NO'::varchar(3) AS "INHERITED", a.char_used AS "CHAR_USED", o.object_id AS "$ID"
  FROM oracle.type_attributes a JOIN oracle.objects o USING (object_id) WHERE a.attr_no > 0;
SELECT oracle.publish('TYPE_ATTRS', 'dict_type_attrs', comments => 'Description of attributes of types accessible to the user');
CREATE VIEW oracle.dict_coll_types AS SELECT
    o.owner AS "OWNER", o.name AS "TYPE_NAME", (CASE t.kind WHEN 'TABLE' THEN 'TABLE' ELSE 'VARYING ARRAY' END)::varchar(128) AS "COLL_TYPE", t.upper_bound AS "UPPER_BOUND",
    NULL::varchar(7) AS "ELEM_TYPE_MOD", a.type_owner AS "ELEM_TYPE_OWNER", a.type_name AS "ELEM_TYPE_NAME", a.length AS "LENGTH", a.precision AS "PRECISION", a.scale AS "SCALE",
    (CASE WHEN a.char_used IS NOT NULL THEN CASE WHEN a.type_name LIKE 'N%' THEN 'NCHAR_CS' ELSE 'CHAR_CS' END END)::varchar(44) AS "CHARACTER_SET_NAME", NULL::varchar(7) AS "ELEM_STORAGE",
    'YES'::varchar(3) AS "NULLS_STORED", a.char_used AS "CHAR_USED", o.object_id AS "$ID"
  FROM oracle.types t JOIN oracle.objects o USING (object_id) JOIN oracle.type_attributes a ON a.object_id = t.object_id AND a.attr_no = 0;
SELECT oracle.publish('COLL_TYPES', 'dict_coll_types', comments => 'Description of named collection types accessible to the user');
-- There are no directories or external tables, and types of packages are not listed: these views have Oracle's columns and no rows.
CREATE VIEW oracle.dict_plsql_types AS SELECT NULL::varchar(128) AS "OWNER", NULL::varchar(136) AS "TYPE_NAME", NULL::varchar(128) AS "PACKAGE_NAME", NULL::bytea AS "TYPE_OID",
    NULL::varchar(58) AS "TYPECODE", NULL::numeric AS "ATTRIBUTES", NULL::varchar(3) AS "CONTAINS_PLSQL" WHERE false;
SELECT oracle.publish('PLSQL_TYPES', 'dict_plsql_types');
CREATE VIEW oracle.dict_plsql_coll_types AS SELECT NULL::varchar(128) AS "OWNER", NULL::varchar(136) AS "TYPE_NAME", NULL::varchar(128) AS "PACKAGE_NAME", NULL::varchar(26) AS "COLL_TYPE",
    NULL::numeric AS "UPPER_BOUND", NULL::varchar(7) AS "ELEM_TYPE_MOD", NULL::varchar(128) AS "ELEM_TYPE_OWNER", NULL::varchar(136) AS "ELEM_TYPE_NAME",
    NULL::varchar(128) AS "ELEM_TYPE_PACKAGE", NULL::numeric AS "LENGTH", NULL::numeric AS "PRECISION", NULL::numeric AS "SCALE", NULL::varchar(44) AS "CHARACTER_SET_NAME" WHERE false;
SELECT oracle.publish('PLSQL_COLL_TYPES', 'dict_plsql_coll_types');
CREATE VIEW "SYS"."ALL_DIRECTORIES" AS SELECT NULL::varchar(128) AS "OWNER", NULL::varchar(128) AS "DIRECTORY_NAME", NULL::varchar(4000) AS "DIRECTORY_PATH", NULL::numeric AS "ORIGIN_CON_ID" WHERE false;
CREATE VIEW "SYS"."USER_RECYCLEBIN" AS SELECT NULL::varchar(128) AS "OBJECT_NAME", NULL::varchar(128) AS "ORIGINAL_NAME", NULL::varchar(9) AS "OPERATION", NULL::varchar(25) AS "TYPE",
    NULL::varchar(30) AS "TS_NAME", NULL::varchar(19) AS "CREATETIME", NULL::varchar(19) AS "DROPTIME", NULL::numeric AS "DROPSCN", NULL::varchar(128) AS "PARTITION_NAME",
    NULL::varchar(3) AS "CAN_UNDROP", NULL::varchar(3) AS "CAN_PURGE", NULL::numeric AS "RELATED", NULL::numeric AS "BASE_OBJECT", NULL::numeric AS "PURGE_OBJECT", NULL::numeric AS "SPACE" WHERE false;
SELECT oracle.publish_one('ALL_DIRECTORIES'), oracle.publish_one('USER_RECYCLEBIN');
CREATE VIEW oracle.dict_external_tables AS SELECT NULL::varchar(128) AS "OWNER", NULL::varchar(128) AS "TABLE_NAME", NULL::varchar(3) AS "TYPE_OWNER", NULL::varchar(128) AS "TYPE_NAME",
    NULL::varchar(3) AS "DEFAULT_DIRECTORY_OWNER", NULL::varchar(128) AS "DEFAULT_DIRECTORY_NAME", NULL::varchar(40) AS "REJECT_LIMIT", NULL::varchar(7) AS "ACCESS_TYPE" WHERE false;
SELECT oracle.publish('EXTERNAL_TABLES', 'dict_external_tables');
