-- DBMS_PARALLEL_EXECUTE: tasks and their chunks. Both are what the package makes; nothing else writes here.
CREATE SEQUENCE oracle.parallel_chunk_ids;
CREATE TABLE oracle.parallel_tasks (
    owner       varchar(128) NOT NULL,
    name        varchar(128) NOT NULL,
    comments    varchar(4000),
    chunk_type  varchar(12) NOT NULL DEFAULT 'UNDELARED',     -- Oracle's own spelling
    status      varchar(19) NOT NULL DEFAULT 'CREATED',
    table_owner varchar(128),
    table_name  varchar(128),
    number_column varchar(128),
    sql_stmt    text,
    PRIMARY KEY (owner, name)
);
CREATE TABLE oracle.parallel_chunks (
    chunk_id    numeric PRIMARY KEY DEFAULT nextval('oracle.parallel_chunk_ids'),
    owner       varchar(128) NOT NULL,
    task        varchar(128) NOT NULL,
    status      varchar(20) NOT NULL DEFAULT 'UNASSIGNED',
    start_rowid oracle.rowid,
    end_rowid   oracle.rowid,
    start_id    numeric,
    end_id      numeric,
    start_ts    oracle.ts,
    end_ts      oracle.ts,
    error_code  numeric,
    error_message varchar(4000),
    FOREIGN KEY (owner, task) REFERENCES oracle.parallel_tasks ON DELETE CASCADE
);
CREATE VIEW oracle.dict_parallel_tasks AS SELECT owner AS "TASK_OWNER", name AS "TASK_NAME", chunk_type AS "CHUNK_TYPE", status AS "STATUS", table_owner AS "TABLE_OWNER",
    table_name AS "TABLE_NAME", number_column AS "NUMBER_COLUMN", comments AS "TASK_COMMENT", NULL::varchar(30) AS "JOB_PREFIX", sql_stmt::oracle.clob AS "SQL_STMT",
    NULL::numeric AS "LANGUAGE_FLAG", NULL::varchar(130) AS "EDITION", NULL::varchar(130) AS "APPLY_CROSSEDITION_TRIGGER", NULL::varchar(10) AS "FIRE_APPLY_TRIGGER", NULL::numeric AS "PARALLEL_LEVEL",
    NULL::varchar(4000) AS "JOB_CLASS" FROM oracle.parallel_tasks;
CREATE VIEW oracle.dict_parallel_chunks AS SELECT chunk_id AS "CHUNK_ID", owner AS "TASK_OWNER", task AS "TASK_NAME", status AS "STATUS", start_rowid AS "START_ROWID", end_rowid AS "END_ROWID",
    start_id AS "START_ID", end_id AS "END_ID", NULL::varchar(30) AS "JOB_NAME", start_ts AS "START_TS", end_ts AS "END_TS", error_code AS "ERROR_CODE", error_message AS "ERROR_MESSAGE"
  FROM oracle.parallel_chunks;
CREATE VIEW "SYS"."DBA_PARALLEL_EXECUTE_TASKS" AS SELECT * FROM oracle.dict_parallel_tasks;
CREATE VIEW "SYS"."DBA_PARALLEL_EXECUTE_CHUNKS" AS SELECT * FROM oracle.dict_parallel_chunks;
CREATE VIEW "SYS"."USER_PARALLEL_EXECUTE_TASKS" AS SELECT "TASK_NAME", "CHUNK_TYPE", "STATUS", "TABLE_OWNER", "TABLE_NAME", "NUMBER_COLUMN", "TASK_COMMENT", "JOB_PREFIX", "SQL_STMT", "LANGUAGE_FLAG",
    "EDITION", "APPLY_CROSSEDITION_TRIGGER", "FIRE_APPLY_TRIGGER", "PARALLEL_LEVEL", "JOB_CLASS" FROM oracle.dict_parallel_tasks WHERE "TASK_OWNER" = oracle."user"();
CREATE VIEW "SYS"."USER_PARALLEL_EXECUTE_CHUNKS" AS SELECT "CHUNK_ID", "TASK_NAME", "STATUS", "START_ROWID", "END_ROWID", "START_ID", "END_ID", "JOB_NAME", "START_TS", "END_TS", "ERROR_CODE", "ERROR_MESSAGE"
  FROM oracle.dict_parallel_chunks WHERE "TASK_OWNER" = oracle."user"();
SELECT oracle.publish_one('USER_PARALLEL_EXECUTE_TASKS'), oracle.publish_one('USER_PARALLEL_EXECUTE_CHUNKS');
