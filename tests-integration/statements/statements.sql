-- The distinct statements of tests-integration/statements/test_statements.py, by the program that sent them.
-- Written by `ci/test tests-integration/statements --update-statements`.

-- flext-db-oracle

ALTER SESSION SET TIME_ZONE = '+00:00';

INSERT INTO "Ledger Own"."Order Lines" ("Größe", "select", "CHANGED") VALUES (:1, :2, :3);

SELECT "select" FROM "Order Lines";

SELECT DBTIMEZONE FROM dual;

SELECT SESSIONTIMEZONE FROM dual;

SELECT SYS_CONTEXT('USERENV', 'CON_NAME') FROM dual;

SELECT SYS_CONTEXT('USERENV', 'CURRENT_EDITION_NAME') FROM dual;

SELECT SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA') FROM dual;

SELECT SYS_CONTEXT('USERENV', 'DATABASE_ROLE') FROM dual;

SELECT SYS_CONTEXT('USERENV', 'DB_NAME') FROM dual;

SELECT SYS_CONTEXT('USERENV', 'DB_NAME'), USER, SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA') FROM dual;

SELECT SYS_CONTEXT('USERENV', 'SERVICE_NAME') FROM dual;

SELECT USER FROM dual;

SELECT USER, (SELECT COUNT(*) FROM session_privs WHERE privilege = 'SELECT ANY TABLE') FROM dual;

SELECT banner FROM v$version WHERE banner LIKE 'Oracle%';

SELECT c.table_name, c.constraint_name, k.column_name, c.r_owner, r.table_name, rk.column_name, c.delete_rule, c.status
  FROM all_constraints c
  JOIN all_cons_columns k ON k.owner = c.owner AND k.constraint_name = c.constraint_name
  LEFT JOIN all_constraints r ON r.owner = c.r_owner AND r.constraint_name = c.r_constraint_name
  LEFT JOIN all_cons_columns rk
    ON rk.owner = r.owner AND rk.constraint_name = r.constraint_name AND rk.position = k.position
 WHERE c.owner = :owner AND c.constraint_type = 'R'
 ORDER BY c.table_name, c.constraint_name, k.position;

SELECT c.table_name, c.constraint_name, k.column_name, c.r_owner, r.table_name, rk.column_name, c.delete_rule, c.status
  FROM all_constraints c
  JOIN all_cons_columns k ON k.owner = c.owner AND k.constraint_name = c.constraint_name
  LEFT JOIN all_constraints r ON r.owner = c.r_owner AND r.constraint_name = c.r_constraint_name
  LEFT JOIN all_cons_columns rk
    ON rk.owner = r.owner AND rk.constraint_name = r.constraint_name AND rk.position = k.position
 WHERE c.owner = :owner AND c.constraint_type = 'R' AND c.table_name IN (:n0)
 ORDER BY c.table_name, c.constraint_name, k.position;

SELECT c.table_name, c.constraint_type, c.constraint_name, k.column_name
  FROM all_constraints c
  JOIN all_cons_columns k ON k.owner = c.owner AND k.constraint_name = c.constraint_name AND k.table_name = c.table_name
 WHERE c.owner = :owner AND c.constraint_type IN ('P', 'U') AND c.status = 'ENABLED'
 ORDER BY c.table_name, c.constraint_name, k.position;

SELECT c.table_name, c.constraint_type, c.constraint_name, k.column_name
  FROM all_constraints c
  JOIN all_cons_columns k ON k.owner = c.owner AND k.constraint_name = c.constraint_name AND k.table_name = c.table_name
 WHERE c.owner = :owner AND c.constraint_type IN ('P', 'U') AND c.status = 'ENABLED' AND c.table_name IN (:n0)
 ORDER BY c.table_name, c.constraint_name, k.position;

SELECT i.table_name, i.owner, i.index_name, i.uniqueness, i.index_type, k.column_name, k.column_position
  FROM all_indexes i
  JOIN all_ind_columns k ON k.index_owner = i.owner AND k.index_name = i.index_name
 WHERE i.table_owner = :owner AND i.index_type <> 'LOB'
 ORDER BY i.table_name, i.owner, i.index_name, k.column_position;

SELECT i.table_name, i.owner, i.index_name, i.uniqueness, i.index_type, k.column_name, k.column_position
  FROM all_indexes i
  JOIN all_ind_columns k ON k.index_owner = i.owner AND k.index_name = i.index_name
 WHERE i.table_owner = :owner AND i.index_type <> 'LOB' AND i.table_name IN (:n0)
 ORDER BY i.table_name, i.owner, i.index_name, k.column_position;

SELECT mview_name FROM all_mviews WHERE owner = :owner AND mview_name IN (:n0) ORDER BY mview_name;

SELECT mview_name FROM all_mviews WHERE owner = :owner ORDER BY mview_name;

SELECT name, column_name
  FROM all_part_key_columns
 WHERE owner = :owner AND TRIM(object_type) = 'TABLE'
 ORDER BY name, column_position;

SELECT name, column_name
  FROM all_part_key_columns
 WHERE owner = :owner AND TRIM(object_type) = 'TABLE' AND name IN (:n0)
 ORDER BY name, column_position;

SELECT object_name, object_type FROM all_objects
 WHERE owner = :owner AND object_name IN (:exact, :folded)
   AND object_type IN ('TABLE', 'VIEW', 'MATERIALIZED VIEW', 'SYNONYM');

SELECT parameter, value FROM nls_database_parameters;

SELECT privilege FROM session_privs;

SELECT role FROM session_roles;

SELECT segment_name, SUM(bytes)
  FROM user_segments
 WHERE segment_type IN ('TABLE', 'TABLE PARTITION', 'TABLE SUBPARTITION', 'NESTED TABLE')
 GROUP BY segment_name
 ORDER BY segment_name;

SELECT segment_name, SUM(bytes)
  FROM user_segments
 WHERE segment_type IN ('TABLE', 'TABLE PARTITION', 'TABLE SUBPARTITION', 'NESTED TABLE') AND segment_name IN (:n0)
 GROUP BY segment_name
 ORDER BY segment_name;

SELECT synonym_name, table_owner, table_name, db_link FROM all_synonyms WHERE owner = :owner ORDER BY synonym_name;

SELECT table_name FROM all_tables
 WHERE owner = :owner AND nested = 'NO' AND secondary = 'N' AND dropped = 'NO' AND iot_name IS NULL
 UNION
SELECT view_name FROM all_views WHERE owner = :owner
 UNION
SELECT mview_name FROM all_mviews WHERE owner = :owner
 ORDER BY 1;

SELECT table_name FROM all_tables
 WHERE owner = :owner AND nested = 'NO' AND secondary = 'N' AND dropped = 'NO' AND iot_name IS NULL AND table_name IN (:n0)
 UNION
SELECT view_name FROM all_views WHERE owner = :owner AND view_name IN (:n0)
 UNION
SELECT mview_name FROM all_mviews WHERE owner = :owner AND mview_name IN (:n0)
 ORDER BY 1;

SELECT table_name, column_name, comments
  FROM all_col_comments
 WHERE owner = :owner AND comments IS NOT NULL
 ORDER BY table_name;

SELECT table_name, column_name, comments
  FROM all_col_comments
 WHERE owner = :owner AND comments IS NOT NULL AND table_name IN (:n0)
 ORDER BY table_name;

SELECT table_name, column_name, data_type, data_type_owner, data_length, char_length, char_used, data_precision,
       data_scale, nullable, column_id, virtual_column, hidden_column, data_default
  FROM all_tab_cols
 WHERE owner = :owner AND (hidden_column = 'NO' OR user_generated = 'YES')
 ORDER BY table_name, column_id NULLS LAST, internal_column_id;

SELECT table_name, column_name, data_type, data_type_owner, data_length, char_length, char_used, data_precision,
       data_scale, nullable, column_id, virtual_column, hidden_column, data_default
  FROM all_tab_cols
 WHERE owner = :owner AND (hidden_column = 'NO' OR user_generated = 'YES') AND table_name IN (:n0)
 ORDER BY table_name, column_id NULLS LAST, internal_column_id;

SELECT table_name, column_name, generation_type
  FROM all_tab_identity_cols
 WHERE owner = :owner
 ORDER BY table_name;

SELECT table_name, column_name, generation_type
  FROM all_tab_identity_cols
 WHERE owner = :owner AND table_name IN (:n0)
 ORDER BY table_name;

SELECT table_name, comments
  FROM all_tab_comments
 WHERE owner = :owner AND comments IS NOT NULL
 ORDER BY table_name;

SELECT table_name, comments
  FROM all_tab_comments
 WHERE owner = :owner AND comments IS NOT NULL AND table_name IN (:n0)
 ORDER BY table_name;

SELECT table_name, constraint_name, generated, status, search_condition_vc
  FROM all_constraints
 WHERE owner = :owner AND constraint_type = 'C'
 ORDER BY table_name, constraint_name;

SELECT table_name, constraint_name, generated, status, search_condition_vc
  FROM all_constraints
 WHERE owner = :owner AND constraint_type = 'C' AND table_name IN (:n0)
 ORDER BY table_name, constraint_name;

SELECT table_name, index_owner, index_name, column_position, column_expression
  FROM all_ind_expressions
 WHERE table_owner = :owner
 ORDER BY table_name;

SELECT table_name, index_owner, index_name, column_position, column_expression
  FROM all_ind_expressions
 WHERE table_owner = :owner AND table_name IN (:n0)
 ORDER BY table_name;

SELECT table_name, num_rows, num_rows * avg_row_len, partitioned, temporary, iot_type, dependencies, duration,
       tablespace_name, compress_for
  FROM all_tables
 WHERE owner = :owner
 ORDER BY table_name;

SELECT table_name, num_rows, num_rows * avg_row_len, partitioned, temporary, iot_type, dependencies, duration,
       tablespace_name, compress_for
  FROM all_tables
 WHERE owner = :owner AND table_name IN (:n0)
 ORDER BY table_name;

SELECT table_name, partition_name, partition_position, num_rows, tablespace_name, compress_for, interval, high_value
  FROM all_tab_partitions
 WHERE table_owner = :owner
 ORDER BY table_name, partition_position;

SELECT table_name, partition_name, partition_position, num_rows, tablespace_name, compress_for, interval, high_value
  FROM all_tab_partitions
 WHERE table_owner = :owner AND table_name IN (:n0)
 ORDER BY table_name, partition_position;

SELECT table_name, partitioning_type, NULLIF(subpartitioning_type, 'NONE'), interval, autolist
  FROM all_part_tables
 WHERE owner = :owner
 ORDER BY table_name;

SELECT table_name, partitioning_type, NULLIF(subpartitioning_type, 'NONE'), interval, autolist
  FROM all_part_tables
 WHERE owner = :owner AND table_name IN (:n0)
 ORDER BY table_name;

SELECT username FROM all_users WHERE username IN (:exact, :folded);

SELECT value FROM v$parameter WHERE name = 'max_string_size';

SELECT version FROM v$timezone_file;

SELECT view_name FROM all_views WHERE owner = :owner AND view_name IN (:n0) ORDER BY view_name;

SELECT view_name FROM all_views WHERE owner = :owner ORDER BY view_name;

-- tap-oracle

ALTER SESSION SET TIME_ZONE = '+00:00';

SELECT "Größe", "select", "PRICE", LTRIM(TO_CHAR("AT", 'SYYYY-MM-DD"T"HH24:MI:SS.FF9TZH:TZM')), CASE WHEN LENGTH("NOTE") <= :lob_inline_length THEN "NOTE" END, "CHANGED", CASE WHEN LENGTH("NOTE") > :lob_inline_length THEN "NOTE" END AS "large LOB 4" FROM "Ledger Own"."Order Lines";

SELECT "Größe", "select", "PRICE", LTRIM(TO_CHAR("AT", 'SYYYY-MM-DD"T"HH24:MI:SS.FF9TZH:TZM')), CASE WHEN LENGTH("NOTE") <= :lob_inline_length THEN "NOTE" END, "CHANGED", CASE WHEN LENGTH("NOTE") > :lob_inline_length THEN "NOTE" END AS "large LOB 4" FROM "Ledger Own"."Order Lines" AS OF SCN :snapshot_scn;

SELECT "Größe", "select", "PRICE", LTRIM(TO_CHAR("AT", 'SYYYY-MM-DD"T"HH24:MI:SS.FF9TZH:TZM')), CASE WHEN LENGTH("NOTE") <= :lob_inline_length THEN "NOTE" END, "CHANGED", CASE WHEN LENGTH("NOTE") > :lob_inline_length THEN "NOTE" END AS "large LOB 4" FROM "Ledger Own"."Order Lines" WHERE "CHANGED" IS NOT NULL ORDER BY "CHANGED";

SELECT DBMS_FLASHBACK.GET_SYSTEM_CHANGE_NUMBER FROM dual;

SELECT LTRIM(TO_CHAR(SYSTIMESTAMP, 'SYYYY-MM-DD"T"HH24:MI:SS.FF9TZH:TZM')) FROM dual;

SELECT LTRIM(TO_CHAR(SYSTIMESTAMP, 'SYYYY-MM-DD"T"HH24:MI:SS.FF9TZH:TZM')), SYS_CONTEXT('USERENV', 'DATABASE_ROLE'), COUNT(*), TO_CHAR(MIN(start_date), 'YYYY-MM-DD"T"HH24:MI:SS')
  FROM gv$transaction;

SELECT TIMESTAMP_TO_SCN(SYSTIMESTAMP) FROM dual;

SELECT USER FROM dual;

SELECT USER, (SELECT COUNT(*) FROM session_privs WHERE privilege = 'SELECT ANY TABLE') FROM dual;

SELECT c.table_name, c.constraint_name, k.column_name, c.r_owner, r.table_name, rk.column_name, c.delete_rule, c.status
  FROM all_constraints c
  JOIN all_cons_columns k ON k.owner = c.owner AND k.constraint_name = c.constraint_name
  LEFT JOIN all_constraints r ON r.owner = c.r_owner AND r.constraint_name = c.r_constraint_name
  LEFT JOIN all_cons_columns rk
    ON rk.owner = r.owner AND rk.constraint_name = r.constraint_name AND rk.position = k.position
 WHERE c.owner = :owner AND c.constraint_type = 'R'
 ORDER BY c.table_name, c.constraint_name, k.position;

SELECT c.table_name, c.constraint_name, k.column_name, c.r_owner, r.table_name, rk.column_name, c.delete_rule, c.status
  FROM all_constraints c
  JOIN all_cons_columns k ON k.owner = c.owner AND k.constraint_name = c.constraint_name
  LEFT JOIN all_constraints r ON r.owner = c.r_owner AND r.constraint_name = c.r_constraint_name
  LEFT JOIN all_cons_columns rk
    ON rk.owner = r.owner AND rk.constraint_name = r.constraint_name AND rk.position = k.position
 WHERE c.owner = :owner AND c.constraint_type = 'R' AND c.table_name IN (:n0)
 ORDER BY c.table_name, c.constraint_name, k.position;

SELECT c.table_name, c.constraint_type, c.constraint_name, k.column_name
  FROM all_constraints c
  JOIN all_cons_columns k ON k.owner = c.owner AND k.constraint_name = c.constraint_name AND k.table_name = c.table_name
 WHERE c.owner = :owner AND c.constraint_type IN ('P', 'U') AND c.status = 'ENABLED'
 ORDER BY c.table_name, c.constraint_name, k.position;

SELECT c.table_name, c.constraint_type, c.constraint_name, k.column_name
  FROM all_constraints c
  JOIN all_cons_columns k ON k.owner = c.owner AND k.constraint_name = c.constraint_name AND k.table_name = c.table_name
 WHERE c.owner = :owner AND c.constraint_type IN ('P', 'U') AND c.status = 'ENABLED' AND c.table_name IN (:n0)
 ORDER BY c.table_name, c.constraint_name, k.position;

SELECT current_scn FROM v$database;

SELECT i.table_name, i.owner, i.index_name, i.uniqueness, i.index_type, k.column_name, k.column_position
  FROM all_indexes i
  JOIN all_ind_columns k ON k.index_owner = i.owner AND k.index_name = i.index_name
 WHERE i.table_owner = :owner AND i.index_type <> 'LOB'
 ORDER BY i.table_name, i.owner, i.index_name, k.column_position;

SELECT i.table_name, i.owner, i.index_name, i.uniqueness, i.index_type, k.column_name, k.column_position
  FROM all_indexes i
  JOIN all_ind_columns k ON k.index_owner = i.owner AND k.index_name = i.index_name
 WHERE i.table_owner = :owner AND i.index_type <> 'LOB' AND i.table_name IN (:n0)
 ORDER BY i.table_name, i.owner, i.index_name, k.column_position;

SELECT mview_name FROM all_mviews WHERE owner = :owner AND mview_name IN (:n0) ORDER BY mview_name;

SELECT mview_name FROM all_mviews WHERE owner = :owner ORDER BY mview_name;

SELECT name, column_name
  FROM all_part_key_columns
 WHERE owner = :owner AND TRIM(object_type) = 'TABLE'
 ORDER BY name, column_position;

SELECT name, column_name
  FROM all_part_key_columns
 WHERE owner = :owner AND TRIM(object_type) = 'TABLE' AND name IN (:n0)
 ORDER BY name, column_position;

SELECT object_name FROM all_objects
 WHERE owner = :owner AND object_type IN ('TABLE', 'VIEW', 'MATERIALIZED VIEW');

SELECT segment_name, SUM(bytes)
  FROM user_segments
 WHERE segment_type IN ('TABLE', 'TABLE PARTITION', 'TABLE SUBPARTITION', 'NESTED TABLE')
 GROUP BY segment_name
 ORDER BY segment_name;

SELECT segment_name, SUM(bytes)
  FROM user_segments
 WHERE segment_type IN ('TABLE', 'TABLE PARTITION', 'TABLE SUBPARTITION', 'NESTED TABLE') AND segment_name IN (:n0)
 GROUP BY segment_name
 ORDER BY segment_name;

SELECT synonym_name, table_owner, table_name, db_link FROM all_synonyms WHERE owner = :owner ORDER BY synonym_name;

SELECT table_name FROM all_tables
 WHERE owner = :owner AND nested = 'NO' AND secondary = 'N' AND dropped = 'NO' AND iot_name IS NULL
 UNION
SELECT view_name FROM all_views WHERE owner = :owner
 UNION
SELECT mview_name FROM all_mviews WHERE owner = :owner
 ORDER BY 1;

SELECT table_name FROM all_tables
 WHERE owner = :owner AND nested = 'NO' AND secondary = 'N' AND dropped = 'NO' AND iot_name IS NULL AND table_name IN (:n0)
 UNION
SELECT view_name FROM all_views WHERE owner = :owner AND view_name IN (:n0)
 UNION
SELECT mview_name FROM all_mviews WHERE owner = :owner AND mview_name IN (:n0)
 ORDER BY 1;

SELECT table_name, column_name, comments
  FROM all_col_comments
 WHERE owner = :owner AND comments IS NOT NULL
 ORDER BY table_name;

SELECT table_name, column_name, comments
  FROM all_col_comments
 WHERE owner = :owner AND comments IS NOT NULL AND table_name IN (:n0)
 ORDER BY table_name;

SELECT table_name, column_name, data_type, data_type_owner, data_length, char_length, char_used, data_precision,
       data_scale, nullable, column_id, virtual_column, hidden_column, data_default
  FROM all_tab_cols
 WHERE owner = :owner AND (hidden_column = 'NO' OR user_generated = 'YES')
 ORDER BY table_name, column_id NULLS LAST, internal_column_id;

SELECT table_name, column_name, data_type, data_type_owner, data_length, char_length, char_used, data_precision,
       data_scale, nullable, column_id, virtual_column, hidden_column, data_default
  FROM all_tab_cols
 WHERE owner = :owner AND (hidden_column = 'NO' OR user_generated = 'YES') AND table_name IN (:n0)
 ORDER BY table_name, column_id NULLS LAST, internal_column_id;

SELECT table_name, column_name, generation_type
  FROM all_tab_identity_cols
 WHERE owner = :owner
 ORDER BY table_name;

SELECT table_name, column_name, generation_type
  FROM all_tab_identity_cols
 WHERE owner = :owner AND table_name IN (:n0)
 ORDER BY table_name;

SELECT table_name, comments
  FROM all_tab_comments
 WHERE owner = :owner AND comments IS NOT NULL
 ORDER BY table_name;

SELECT table_name, comments
  FROM all_tab_comments
 WHERE owner = :owner AND comments IS NOT NULL AND table_name IN (:n0)
 ORDER BY table_name;

SELECT table_name, constraint_name, generated, status, search_condition_vc
  FROM all_constraints
 WHERE owner = :owner AND constraint_type = 'C'
 ORDER BY table_name, constraint_name;

SELECT table_name, constraint_name, generated, status, search_condition_vc
  FROM all_constraints
 WHERE owner = :owner AND constraint_type = 'C' AND table_name IN (:n0)
 ORDER BY table_name, constraint_name;

SELECT table_name, index_owner, index_name, column_position, column_expression
  FROM all_ind_expressions
 WHERE table_owner = :owner
 ORDER BY table_name;

SELECT table_name, index_owner, index_name, column_position, column_expression
  FROM all_ind_expressions
 WHERE table_owner = :owner AND table_name IN (:n0)
 ORDER BY table_name;

SELECT table_name, num_rows, num_rows * avg_row_len, partitioned, temporary, iot_type, dependencies, duration,
       tablespace_name, compress_for
  FROM all_tables
 WHERE owner = :owner
 ORDER BY table_name;

SELECT table_name, num_rows, num_rows * avg_row_len, partitioned, temporary, iot_type, dependencies, duration,
       tablespace_name, compress_for
  FROM all_tables
 WHERE owner = :owner AND table_name IN (:n0)
 ORDER BY table_name;

SELECT table_name, partition_name, partition_position, num_rows, tablespace_name, compress_for, interval, high_value
  FROM all_tab_partitions
 WHERE table_owner = :owner
 ORDER BY table_name, partition_position;

SELECT table_name, partition_name, partition_position, num_rows, tablespace_name, compress_for, interval, high_value
  FROM all_tab_partitions
 WHERE table_owner = :owner AND table_name IN (:n0)
 ORDER BY table_name, partition_position;

SELECT table_name, partitioning_type, NULLIF(subpartitioning_type, 'NONE'), interval, autolist
  FROM all_part_tables
 WHERE owner = :owner
 ORDER BY table_name;

SELECT table_name, partitioning_type, NULLIF(subpartitioning_type, 'NONE'), interval, autolist
  FROM all_part_tables
 WHERE owner = :owner AND table_name IN (:n0)
 ORDER BY table_name;

SELECT username FROM all_users WHERE username IN (:exact, :folded);

SELECT view_name FROM all_views WHERE owner = :owner AND view_name IN (:n0) ORDER BY view_name;

SELECT view_name FROM all_views WHERE owner = :owner ORDER BY view_name;

-- target-oracle

ALTER SESSION SET TIME_ZONE = '+00:00';

ALTER TABLE "COPY"."Order Lines" ADD ("_SDC_TABLE_VERSION" NUMBER(38), "_SDC_DELETED_AT" TIMESTAMP(6), "_SDC_EXTRACTED_AT" TIMESTAMP(6), "_SDC_RECEIVED_AT" TIMESTAMP(6), "_SDC_BATCHED_AT" TIMESTAMP(6), "_SDC_SEQUENCE" NUMBER(38), "_SDC_SYNC_STARTED_AT" NUMBER(38));

COMMENT ON TABLE "COPY"."APPENDED" IS 'canary value';

COMMENT ON TABLE "COPY"."Order Lines" IS 'canary value';

CREATE GLOBAL TEMPORARY TABLE "COPY"."Order Line_f990763c__FLEXT_STG" (
    "Größe" NUMBER(9),
    "select" VARCHAR2(40 CHAR),
    "PRICE" NUMBER(12,4),
    "AT" TIMESTAMP(9) WITH TIME ZONE,
    "NOTE" CLOB,
    "CHANGED" DATE,
    "FLEXT$ROW" NUMBER(10)
) ON COMMIT DELETE ROWS;

CREATE GLOBAL TEMPORARY TABLE "COPY"."Order Lines__FLEXT_STG" (
    "Größe" NUMBER(9),
    "select" VARCHAR2(40 CHAR),
    "PRICE" NUMBER(12,4),
    "AT" TIMESTAMP(9) WITH TIME ZONE,
    "NOTE" CLOB,
    "CHANGED" DATE,
    "FLEXT$ROW" NUMBER(10)
) ON COMMIT DELETE ROWS;

CREATE GLOBAL TEMPORARY TABLE "COPY"."Order Lines__FLEXT_STG" (
    "Größe" NUMBER(9),
    "select" VARCHAR2(40 CHAR),
    "PRICE" NUMBER(12,4),
    "AT" TIMESTAMP(9) WITH TIME ZONE,
    "NOTE" CLOB,
    "CHANGED" DATE,
    "_SDC_TABLE_VERSION" NUMBER(38),
    "_SDC_DELETED_AT" TIMESTAMP(6),
    "_SDC_EXTRACTED_AT" TIMESTAMP(6),
    "_SDC_RECEIVED_AT" TIMESTAMP(6),
    "_SDC_BATCHED_AT" TIMESTAMP(6),
    "_SDC_SEQUENCE" NUMBER(38),
    "_SDC_SYNC_STARTED_AT" NUMBER(38),
    "FLEXT$ROW" NUMBER(10)
) ON COMMIT DELETE ROWS;

CREATE TABLE "COPY"."APPENDED" (
    "Größe" NUMBER(9),
    "select" VARCHAR2(40 CHAR),
    "PRICE" NUMBER(12,4),
    "AT" TIMESTAMP(9) WITH TIME ZONE,
    "NOTE" CLOB,
    "CHANGED" DATE
);

CREATE TABLE "COPY"."FLEXT_CHECKPOINT" (
    "TABLE_NAME" VARCHAR2(128 BYTE) NOT NULL,
    "STREAM" VARCHAR2(255 CHAR) NOT NULL,
    "ROW_OFFSET" NUMBER(19) NOT NULL,
    "KIND" VARCHAR2(1 BYTE) NOT NULL,
    "ANCHOR" VARCHAR2(64 BYTE) NOT NULL,
    "ROW_COUNT" NUMBER(19) NOT NULL,
    "DIGEST" VARCHAR2(64 BYTE) NOT NULL,
    "COMMITTED_AT" TIMESTAMP(6) NOT NULL,
    "BOUNDARY" CLOB,
    "ROW_CHECKS" BLOB,
    CONSTRAINT "FLEXT_CHECKPOINT_PK" PRIMARY KEY ("TABLE_NAME", "STREAM", "ROW_OFFSET", "KIND", "ANCHOR")
);

CREATE TABLE "COPY"."Order Lines" (
    "Größe" NUMBER(9) NOT NULL,
    "select" VARCHAR2(40 CHAR),
    "PRICE" NUMBER(12,4),
    "AT" TIMESTAMP(9) WITH TIME ZONE,
    "NOTE" CLOB,
    "CHANGED" DATE,
    CONSTRAINT "Order Lines_PK" PRIMARY KEY ("Größe")
);

CREATE TABLE "COPY"."Order Lines__FLEXT_NEW" (
    "Größe" NUMBER(9),
    "select" VARCHAR2(40 CHAR),
    "PRICE" NUMBER(12,4),
    "AT" TIMESTAMP(9) WITH TIME ZONE,
    "NOTE" CLOB,
    "CHANGED" DATE
);

DELETE FROM "COPY"."FLEXT_CHECKPOINT" WHERE table_name = :1 AND stream = :2;

DELETE FROM "COPY"."FLEXT_CHECKPOINT" WHERE table_name = :1 AND stream = :2 AND (row_offset > :3 OR (row_offset = :4 AND kind = :5));

DELETE FROM "COPY"."FLEXT_CHECKPOINT" WHERE table_name = :1 AND stream = :2 AND row_offset < :3 AND row_offset + row_count <= :4;

DELETE FROM "COPY"."FLEXT_CHECKPOINT" WHERE table_name = :1 AND stream = :2 AND row_offset = :3 AND kind = :4 AND anchor = :5;

DELETE FROM "COPY"."Order Lines";

DROP TABLE "COPY"."Order Line_f990763c__FLEXT_STG" PURGE;

DROP TABLE "COPY"."Order Lines__FLEXT_NEW" PURGE;

DROP TABLE "COPY"."Order Lines__FLEXT_STG" PURGE;

INSERT INTO "COPY"."APPENDED" ("Größe", "select", "PRICE", "AT", "NOTE", "CHANGED") VALUES (:1, :2, :3, TO_TIMESTAMP_TZ(:4, 'SYYYY-MM-DD"T"HH24:MI:SS.FF9TZH:TZM'), :5, :6);

INSERT INTO "COPY"."FLEXT_CHECKPOINT" ("TABLE_NAME", "STREAM", "ROW_OFFSET", "KIND", "ANCHOR", "ROW_COUNT", "DIGEST", "COMMITTED_AT", "BOUNDARY", "ROW_CHECKS") VALUES (:1, :2, :3, :4, :5, :6, :7, :8, :9, :10);

INSERT INTO "COPY"."Order Line_f990763c__FLEXT_STG" ("Größe", "select", "PRICE", "AT", "NOTE", "CHANGED", "FLEXT$ROW") VALUES (:1, :2, :3, TO_TIMESTAMP_TZ(:4, 'SYYYY-MM-DD"T"HH24:MI:SS.FF9TZH:TZM'), :5, :6, :7);

INSERT INTO "COPY"."Order Lines" ("Größe", "select", "PRICE", "AT", "NOTE", "CHANGED") SELECT "Größe", "select", "PRICE", "AT", "NOTE", "CHANGED" FROM "COPY"."Order Lines__FLEXT_NEW";

INSERT INTO "COPY"."Order Lines__FLEXT_STG" ("Größe", "select", "PRICE", "AT", "NOTE", "CHANGED", "FLEXT$ROW") VALUES (:1, :2, :3, TO_TIMESTAMP_TZ(:4, 'SYYYY-MM-DD"T"HH24:MI:SS.FF9TZH:TZM'), :5, :6, :7);

INSERT INTO "COPY"."Order Lines__FLEXT_STG" ("Größe", "select", "PRICE", "AT", "NOTE", "CHANGED", "_SDC_TABLE_VERSION", "_SDC_DELETED_AT", "_SDC_EXTRACTED_AT", "_SDC_RECEIVED_AT", "_SDC_BATCHED_AT", "_SDC_SEQUENCE", "_SDC_SYNC_STARTED_AT", "FLEXT$ROW") VALUES (:1, :2, :3, TO_TIMESTAMP_TZ(:4, 'SYYYY-MM-DD"T"HH24:MI:SS.FF9TZH:TZM'), :5, :6, :7, :8, :9, :10, :11, :12, :13, :14);

MERGE INTO "COPY"."Order Lines" t
USING (SELECT "Größe", "select", "PRICE", "AT", "NOTE", "CHANGED" FROM "COPY"."Order Lines__FLEXT_STG" WHERE "FLEXT$ROW" IN (SELECT MAX("FLEXT$ROW") FROM "COPY"."Order Lines__FLEXT_STG" GROUP BY "Größe")) s
ON (t."Größe" = s."Größe")
WHEN MATCHED THEN UPDATE SET t."select" = s."select", t."PRICE" = s."PRICE", t."AT" = s."AT", t."NOTE" = s."NOTE", t."CHANGED" = s."CHANGED"
WHEN NOT MATCHED THEN INSERT ("Größe", "select", "PRICE", "AT", "NOTE", "CHANGED") VALUES (s."Größe", s."select", s."PRICE", s."AT", s."NOTE", s."CHANGED");

MERGE INTO "COPY"."Order Lines" t
USING (SELECT "Größe", "select", "PRICE", "AT", "NOTE", "CHANGED", "_SDC_TABLE_VERSION", "_SDC_DELETED_AT", "_SDC_EXTRACTED_AT", "_SDC_RECEIVED_AT", "_SDC_BATCHED_AT", "_SDC_SEQUENCE", "_SDC_SYNC_STARTED_AT" FROM "COPY"."Order Lines__FLEXT_STG" WHERE "FLEXT$ROW" IN (SELECT MAX("FLEXT$ROW") FROM "COPY"."Order Lines__FLEXT_STG" GROUP BY "Größe")) s
ON (t."Größe" = s."Größe")
WHEN MATCHED THEN UPDATE SET t."select" = s."select", t."PRICE" = s."PRICE", t."AT" = s."AT", t."NOTE" = s."NOTE", t."CHANGED" = s."CHANGED", t."_SDC_TABLE_VERSION" = s."_SDC_TABLE_VERSION", t."_SDC_DELETED_AT" = s."_SDC_DELETED_AT", t."_SDC_EXTRACTED_AT" = s."_SDC_EXTRACTED_AT", t."_SDC_RECEIVED_AT" = s."_SDC_RECEIVED_AT", t."_SDC_BATCHED_AT" = s."_SDC_BATCHED_AT", t."_SDC_SEQUENCE" = s."_SDC_SEQUENCE", t."_SDC_SYNC_STARTED_AT" = s."_SDC_SYNC_STARTED_AT"
DELETE WHERE t."_SDC_DELETED_AT" IS NOT NULL
WHEN NOT MATCHED THEN INSERT ("Größe", "select", "PRICE", "AT", "NOTE", "CHANGED", "_SDC_TABLE_VERSION", "_SDC_DELETED_AT", "_SDC_EXTRACTED_AT", "_SDC_RECEIVED_AT", "_SDC_BATCHED_AT", "_SDC_SEQUENCE", "_SDC_SYNC_STARTED_AT") VALUES (s."Größe", s."select", s."PRICE", s."AT", s."NOTE", s."CHANGED", s."_SDC_TABLE_VERSION", s."_SDC_DELETED_AT", s."_SDC_EXTRACTED_AT", s."_SDC_RECEIVED_AT", s."_SDC_BATCHED_AT", s."_SDC_SEQUENCE", s."_SDC_SYNC_STARTED_AT")
WHERE s."_SDC_DELETED_AT" IS NULL;

MERGE INTO "COPY"."Order Lines" t
USING (SELECT "Größe", "select", "PRICE", "AT", "NOTE", "CHANGED", "_SDC_TABLE_VERSION", "_SDC_DELETED_AT", "_SDC_EXTRACTED_AT", "_SDC_RECEIVED_AT", "_SDC_BATCHED_AT", "_SDC_SEQUENCE", "_SDC_SYNC_STARTED_AT" FROM "COPY"."Order Lines__FLEXT_STG" WHERE "FLEXT$ROW" IN (SELECT MAX("FLEXT$ROW") FROM "COPY"."Order Lines__FLEXT_STG" GROUP BY "Größe")) s
ON (t."Größe" = s."Größe")
WHEN MATCHED THEN UPDATE SET t."select" = s."select", t."PRICE" = s."PRICE", t."AT" = s."AT", t."NOTE" = s."NOTE", t."CHANGED" = s."CHANGED", t."_SDC_TABLE_VERSION" = s."_SDC_TABLE_VERSION", t."_SDC_DELETED_AT" = s."_SDC_DELETED_AT", t."_SDC_EXTRACTED_AT" = s."_SDC_EXTRACTED_AT", t."_SDC_RECEIVED_AT" = s."_SDC_RECEIVED_AT", t."_SDC_BATCHED_AT" = s."_SDC_BATCHED_AT", t."_SDC_SEQUENCE" = s."_SDC_SEQUENCE", t."_SDC_SYNC_STARTED_AT" = s."_SDC_SYNC_STARTED_AT"
WHEN NOT MATCHED THEN INSERT ("Größe", "select", "PRICE", "AT", "NOTE", "CHANGED", "_SDC_TABLE_VERSION", "_SDC_DELETED_AT", "_SDC_EXTRACTED_AT", "_SDC_RECEIVED_AT", "_SDC_BATCHED_AT", "_SDC_SEQUENCE", "_SDC_SYNC_STARTED_AT") VALUES (s."Größe", s."select", s."PRICE", s."AT", s."NOTE", s."CHANGED", s."_SDC_TABLE_VERSION", s."_SDC_DELETED_AT", s."_SDC_EXTRACTED_AT", s."_SDC_RECEIVED_AT", s."_SDC_BATCHED_AT", s."_SDC_SEQUENCE", s."_SDC_SYNC_STARTED_AT");

MERGE INTO "COPY"."Order Lines__FLEXT_NEW" t
USING (SELECT "Größe", "select", "PRICE", "AT", "NOTE", "CHANGED" FROM "COPY"."Order Line_f990763c__FLEXT_STG" WHERE "FLEXT$ROW" IN (SELECT MAX("FLEXT$ROW") FROM "COPY"."Order Line_f990763c__FLEXT_STG" GROUP BY "Größe")) s
ON (t."Größe" = s."Größe")
WHEN MATCHED THEN UPDATE SET t."select" = s."select", t."PRICE" = s."PRICE", t."AT" = s."AT", t."NOTE" = s."NOTE", t."CHANGED" = s."CHANGED"
WHEN NOT MATCHED THEN INSERT ("Größe", "select", "PRICE", "AT", "NOTE", "CHANGED") VALUES (s."Größe", s."select", s."PRICE", s."AT", s."NOTE", s."CHANGED");

SELECT 1 FROM "COPY"."Order Lines" WHERE ROWNUM = 1;

SELECT SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA') FROM dual;

SELECT c.table_name, c.constraint_type, c.constraint_name, k.column_name
  FROM all_constraints c
  JOIN all_cons_columns k ON k.owner = c.owner AND k.constraint_name = c.constraint_name AND k.table_name = c.table_name
 WHERE c.owner = :owner AND c.constraint_type IN ('P', 'U') AND c.status = 'ENABLED' AND c.table_name IN (:n0)
 ORDER BY c.table_name, c.constraint_name, k.position;

SELECT constraint_name FROM all_constraints WHERE owner = :1 AND table_name = :2 AND constraint_type = 'C';

SELECT i.table_name, i.owner, i.index_name, i.uniqueness, i.index_type, k.column_name, k.column_position
  FROM all_indexes i
  JOIN all_ind_columns k ON k.index_owner = i.owner AND k.index_name = i.index_name
 WHERE i.table_owner = :owner AND i.index_type <> 'LOB' AND i.table_name IN (:n0)
 ORDER BY i.table_name, i.owner, i.index_name, k.column_position;

SELECT kind, row_offset, row_count, digest, anchor, boundary, row_checks FROM "COPY"."FLEXT_CHECKPOINT" WHERE table_name = :1 AND stream = :2 ORDER BY row_offset, committed_at;

SELECT mview_name FROM all_mviews WHERE owner = :owner AND mview_name IN (:n0) ORDER BY mview_name;

SELECT object_name, object_type FROM all_objects
 WHERE owner = :owner AND object_name IN (:exact, :folded)
   AND object_type IN ('TABLE', 'VIEW', 'MATERIALIZED VIEW', 'SYNONYM');

SELECT table_name FROM all_tables
 WHERE owner = :owner AND nested = 'NO' AND secondary = 'N' AND dropped = 'NO' AND iot_name IS NULL AND table_name IN (:n0)
 UNION
SELECT view_name FROM all_views WHERE owner = :owner AND view_name IN (:n0)
 UNION
SELECT mview_name FROM all_mviews WHERE owner = :owner AND mview_name IN (:n0)
 ORDER BY 1;

SELECT table_name, column_name, comments
  FROM all_col_comments
 WHERE owner = :owner AND comments IS NOT NULL AND table_name IN (:n0)
 ORDER BY table_name;

SELECT table_name, column_name, data_type, data_type_owner, data_length, char_length, char_used, data_precision,
       data_scale, nullable, column_id, virtual_column, hidden_column, data_default
  FROM all_tab_cols
 WHERE owner = :owner AND (hidden_column = 'NO' OR user_generated = 'YES') AND table_name IN (:n0)
 ORDER BY table_name, column_id NULLS LAST, internal_column_id;

SELECT table_name, column_name, generation_type
  FROM all_tab_identity_cols
 WHERE owner = :owner AND table_name IN (:n0)
 ORDER BY table_name;

SELECT table_name, comments
  FROM all_tab_comments
 WHERE owner = :owner AND comments IS NOT NULL AND table_name IN (:n0)
 ORDER BY table_name;

SELECT table_name, num_rows, num_rows * avg_row_len, partitioned, temporary, iot_type, dependencies, duration,
       tablespace_name, compress_for
  FROM all_tables
 WHERE owner = :owner AND table_name IN (:n0)
 ORDER BY table_name;

SELECT username FROM all_users WHERE username IN (:exact, :folded);

SELECT view_name FROM all_views WHERE owner = :owner AND view_name IN (:n0) ORDER BY view_name;

UPDATE "COPY"."FLEXT_CHECKPOINT" SET row_count = :1 - row_offset, digest = :2 WHERE table_name = :3 AND stream = :4 AND kind = :5 AND row_offset < :6 AND row_offset + row_count > :7;

-- flext-dbt-oracle

ALTER SESSION SET TIME_ZONE = '+00:00';

SELECT SYS_CONTEXT('USERENV', 'DB_NAME') FROM DUAL;

select 1 as id from dual;
