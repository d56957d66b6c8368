-- What Oracle knows of its objects and PostgreSQL does not: the emulator's own metadata. DDL code writes these tables, the
-- dictionary views (catalog/*.sql) and the in-memory catalog read them, nobody needs pg_catalog for an Oracle fact.
--
-- Names are stored as Oracle stores them (folded). Rows that belong to an object go with it (ON DELETE CASCADE), so DROP is
-- `DELETE FROM oracle.objects WHERE object_id = ..`; renaming changes one row.

CREATE SEQUENCE oracle.object_ids START 70000;
CREATE SEQUENCE oracle.user_ids START 100;

-- Users and schemas. `password` is the engine's own encoding (verifier or encrypted text), never shown by a view.
CREATE TABLE oracle.users (
    username             varchar(128) PRIMARY KEY,
    user_id              int NOT NULL UNIQUE DEFAULT nextval('oracle.user_ids'),
    password             text,                               -- NULL: no authentication (schema only)
    account_status       varchar(32) NOT NULL DEFAULT 'OPEN', -- OPEN, LOCKED, EXPIRED, EXPIRED & LOCKED
    lock_date            oracle.date,
    expiry_date          oracle.date,
    default_tablespace   varchar(30) NOT NULL DEFAULT 'USERS',
    temporary_tablespace varchar(30) NOT NULL DEFAULT 'TEMP',
    profile              varchar(128) NOT NULL DEFAULT 'DEFAULT',
    created              oracle.date NOT NULL DEFAULT date_trunc('second', localtimestamp)::oracle.date,
    last_login           oracle.tstz,
    oracle_maintained    bool NOT NULL DEFAULT false
);

-- Who may log on as whom: ALTER USER client GRANT CONNECT THROUGH proxy.
CREATE TABLE oracle.proxies (
    client varchar(128) NOT NULL REFERENCES oracle.users ON DELETE CASCADE,
    proxy  varchar(128) NOT NULL REFERENCES oracle.users ON DELETE CASCADE,
    PRIMARY KEY (client, proxy)
);

CREATE TABLE oracle.roles (
    role              varchar(128) PRIMARY KEY,
    role_id           int NOT NULL UNIQUE DEFAULT nextval('oracle.user_ids'),
    oracle_maintained bool NOT NULL DEFAULT false
);

-- Grantees below are users, roles or PUBLIC.
CREATE TABLE oracle.role_grants (
    grantee      varchar(128) NOT NULL,
    role         varchar(128) NOT NULL REFERENCES oracle.roles ON DELETE CASCADE,
    admin_option bool NOT NULL DEFAULT false,
    default_role bool NOT NULL DEFAULT true,
    PRIMARY KEY (grantee, role)
);

CREATE TABLE oracle.system_privileges (
    grantee      varchar(128) NOT NULL,
    privilege    varchar(40) NOT NULL,                        -- CREATE TABLE, SELECT ANY TABLE ...
    admin_option bool NOT NULL DEFAULT false,
    PRIMARY KEY (grantee, privilege)
);

CREATE TABLE oracle.tablespaces (
    name     varchar(30) PRIMARY KEY,
    contents varchar(21) NOT NULL                             -- PERMANENT, TEMPORARY, UNDO
);

CREATE TABLE oracle.tablespace_quotas (
    username        varchar(128) NOT NULL REFERENCES oracle.users ON DELETE CASCADE,
    tablespace_name varchar(30) NOT NULL,
    max_bytes       numeric NOT NULL,                         -- -1: unlimited
    PRIMARY KEY (username, tablespace_name)
);

-- Every object that ALL_OBJECTS lists. `namespace` as in Oracle: 1 tables, views, sequences, synonyms and program units,
-- 2 package bodies, 3 triggers, 4 indexes, 19 materialized views (whose container table is an object of its own).
CREATE TABLE oracle.objects (
    object_id      int PRIMARY KEY DEFAULT nextval('oracle.object_ids'),
    owner          varchar(128) NOT NULL,                     -- PUBLIC for public synonyms
    name           varchar(128) NOT NULL,
    type           varchar(23) NOT NULL,                      -- TABLE, VIEW, MATERIALIZED VIEW, INDEX, SEQUENCE, SYNONYM ...
    namespace      smallint NOT NULL DEFAULT 1,
    relid          oid UNIQUE,                                -- PostgreSQL's relation, if there is one (NULL for MATERIALIZED VIEW)
    data_object_id int,
    created        oracle.date NOT NULL DEFAULT date_trunc('second', localtimestamp)::oracle.date,
    last_ddl_time  oracle.date NOT NULL DEFAULT date_trunc('second', localtimestamp)::oracle.date,
    status         varchar(7) NOT NULL DEFAULT 'VALID',
    temporary      bool NOT NULL DEFAULT false,
    generated      bool NOT NULL DEFAULT false,               -- the name is system generated
    oracle_maintained bool NOT NULL DEFAULT false,
    UNIQUE (owner, name, namespace)
);
CREATE INDEX objects_type ON oracle.objects (type);
CREATE INDEX objects_upper ON oracle.objects (upper(name::text), upper(owner::text));  -- dbt compares upper(table_name)

-- Privileges on objects. `column_name` is '' for the whole object.
CREATE TABLE oracle.object_privileges (
    object_id   int NOT NULL REFERENCES oracle.objects ON DELETE CASCADE,
    column_name varchar(128) NOT NULL DEFAULT '',
    privilege   varchar(40) NOT NULL,                         -- SELECT, INSERT, UPDATE, DELETE, EXECUTE, REFERENCES, READ ...
    grantee     varchar(128) NOT NULL,
    grantor     varchar(128) NOT NULL,
    grantable   bool NOT NULL DEFAULT false,
    hierarchy   bool NOT NULL DEFAULT false,
    PRIMARY KEY (object_id, column_name, privilege, grantee, grantor)
);
CREATE INDEX object_privileges_grantee ON oracle.object_privileges (grantee);

-- Tables (also the container tables of materialized views). Physical clauses are recorded, not obeyed.
CREATE TABLE oracle.tables (
    object_id        int PRIMARY KEY REFERENCES oracle.objects ON DELETE CASCADE,
    tablespace_name  varchar(30) DEFAULT 'USERS',             -- NULL for temporary tables
    temporary        varchar(7),                              -- NULL, GLOBAL, PRIVATE
    duration         varchar(15),                             -- SYS$TRANSACTION (on commit delete rows), SYS$SESSION
    iot_type         varchar(12),                             -- IOT for index-organized tables
    pct_free         int NOT NULL DEFAULT 10,
    ini_trans        int NOT NULL DEFAULT 1,
    logging          bool NOT NULL DEFAULT true,
    compression      bool NOT NULL DEFAULT false,
    compress_for     varchar(30),
    degree           varchar(40) NOT NULL DEFAULT '1',
    instances        varchar(40) NOT NULL DEFAULT '1',
    cache            bool NOT NULL DEFAULT false,
    row_movement     bool NOT NULL DEFAULT false,
    dependencies     bool NOT NULL DEFAULT false,             -- ROWDEPENDENCIES
    read_only        bool NOT NULL DEFAULT false,
    dropped          bool NOT NULL DEFAULT false,
    num_rows         numeric,
    blocks           numeric,
    avg_row_len      numeric,
    sample_size      numeric,
    last_analyzed    oracle.date,
    stattype_locked  varchar(5),
    partitioning_type    varchar(9),                          -- NULL: not partitioned; RANGE, LIST, HASH ...
    subpartitioning_type varchar(9),
    partition_interval   text,
    partition_columns    varchar(128)[]
);

CREATE TABLE oracle.partitions (
    object_id       int NOT NULL REFERENCES oracle.objects ON DELETE CASCADE,
    position        int NOT NULL,
    partition_name  varchar(128) NOT NULL,
    high_value      text,
    bounds          text[],                                   -- PostgreSQL literals, MAXVALUE, DEFAULT, NULL: see catalog/partitioning.py
    made            numeric,                                  -- made by a row beyond the last bound of an INTERVAL: its rank
    tablespace_name varchar(30),
    num_rows        numeric,
    last_analyzed   oracle.date,
    PRIMARY KEY (object_id, partition_name)
);

-- Columns of tables, views and materialized views, with Oracle's spelling of the type. ("ROWID$" is never listed.)
CREATE TABLE oracle.columns (
    object_id       int NOT NULL REFERENCES oracle.objects ON DELETE CASCADE,
    attnum          int NOT NULL,                             -- PostgreSQL's number of it
    name            varchar(128) NOT NULL,
    column_id       int,                                      -- COLUMN_ID; NULL for invisible and hidden columns
    data_type       varchar(128) NOT NULL,                    -- NUMBER, VARCHAR2, TIMESTAMP(6) WITH TIME ZONE ...
    data_type_owner varchar(128),
    data_length     int NOT NULL DEFAULT 0,                   -- bytes, as DATA_LENGTH
    data_precision  int,
    data_scale      int,
    char_length     int NOT NULL DEFAULT 0,                   -- characters; 0 for other types
    char_used       varchar(1),                               -- B, C; NULL for other types
    nullable        bool NOT NULL DEFAULT true,
    default_text    text,                                     -- Oracle's text of DEFAULT or of a virtual column
    default_on_null bool NOT NULL DEFAULT false,
    identity        varchar(20),                              -- ALWAYS, BY DEFAULT, BY DEFAULT ON NULL
    identity_sequence int REFERENCES oracle.objects ON DELETE SET NULL,
    virtual         bool NOT NULL DEFAULT false,
    hidden          bool NOT NULL DEFAULT false,              -- INVISIBLE
    user_generated  bool NOT NULL DEFAULT true,
    num_distinct    numeric,
    low_value       bytea,
    high_value      bytea,
    density         numeric,
    num_nulls       numeric,
    num_buckets     numeric,
    histogram       varchar(15) NOT NULL DEFAULT 'NONE',
    avg_col_len     numeric,
    sample_size     numeric,
    last_analyzed   oracle.date,
    PRIMARY KEY (object_id, name)
);
CREATE INDEX columns_attnum ON oracle.columns (object_id, attnum);

CREATE TABLE oracle.constraints (
    constraint_id    int PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    owner            varchar(128) NOT NULL,
    name             varchar(128) NOT NULL,
    type             varchar(1) NOT NULL,                     -- P, U, R, C (NOT NULL is a C too), V, O
    object_id        int NOT NULL REFERENCES oracle.objects ON DELETE CASCADE,
    r_constraint_id  int REFERENCES oracle.constraints,       -- the key that a foreign key refers to
    search_condition text,
    delete_rule      varchar(9),                              -- CASCADE, SET NULL, NO ACTION for R
    status           varchar(8) NOT NULL DEFAULT 'ENABLED',
    "deferrable"     bool NOT NULL DEFAULT false,
    deferred         bool NOT NULL DEFAULT false,
    validated        bool NOT NULL DEFAULT true,
    rely             bool NOT NULL DEFAULT false,
    generated        bool NOT NULL DEFAULT false,             -- SYS_Cnnnnnn
    not_null         bool NOT NULL DEFAULT false,             -- a C that is NOT NULL of its single column
    index_id         int REFERENCES oracle.objects ON DELETE SET NULL,
    pg_name          name,                                    -- PostgreSQL's constraint, NULL if it has none (disabled, NOT NULL)
    last_change      oracle.date NOT NULL DEFAULT date_trunc('second', localtimestamp)::oracle.date,
    UNIQUE (owner, name)
);
CREATE INDEX constraints_object ON oracle.constraints (object_id);
CREATE INDEX constraints_referenced ON oracle.constraints (r_constraint_id);
CREATE SEQUENCE oracle.constraint_numbers START 8000;        -- for SYS_C00nnnn and SYS_IL names

CREATE TABLE oracle.constraint_columns (
    constraint_id int NOT NULL REFERENCES oracle.constraints ON DELETE CASCADE,
    position      int,                                        -- NULL for C
    column_name   varchar(128) NOT NULL,
    PRIMARY KEY (constraint_id, column_name)
);

CREATE TABLE oracle.indexes (
    object_id       int PRIMARY KEY REFERENCES oracle.objects ON DELETE CASCADE,
    table_id        int NOT NULL REFERENCES oracle.objects ON DELETE CASCADE,
    index_type      varchar(27) NOT NULL DEFAULT 'NORMAL',    -- NORMAL, BITMAP, FUNCTION-BASED NORMAL, LOB, IOT - TOP ..
    uniqueness      bool NOT NULL DEFAULT false,
    compression     bool NOT NULL DEFAULT false,
    prefix_length   int,
    tablespace_name varchar(30) DEFAULT 'USERS',
    logging         bool NOT NULL DEFAULT true,
    status          varchar(8) NOT NULL DEFAULT 'VALID',      -- VALID, UNUSABLE
    visible         bool NOT NULL DEFAULT true,
    constraint_index bool NOT NULL DEFAULT false,             -- made by a constraint, goes with it
    partitioned     bool NOT NULL DEFAULT false,
    degree          varchar(40) NOT NULL DEFAULT '1',
    distinct_keys   numeric,
    num_rows        numeric,
    leaf_blocks     numeric,
    last_analyzed   oracle.date
);
CREATE INDEX indexes_table ON oracle.indexes (table_id);

CREATE TABLE oracle.index_columns (
    object_id   int NOT NULL REFERENCES oracle.objects ON DELETE CASCADE,
    position    int NOT NULL,
    column_name varchar(4000) NOT NULL,                       -- SYS_NCnnnnn$ for an expression
    expression  text,                                         -- Oracle's text; NULL for a plain column
    descending  bool NOT NULL DEFAULT false,
    PRIMARY KEY (object_id, position)
);

-- objects.relid is the PostgreSQL sequence, which counts; values beyond bigint are refused at creation.
CREATE TABLE oracle.sequences (
    object_id    int PRIMARY KEY REFERENCES oracle.objects ON DELETE CASCADE,
    min_value    numeric NOT NULL DEFAULT 1,
    max_value    numeric NOT NULL DEFAULT 9999999999999999999999999999,
    increment_by numeric NOT NULL DEFAULT 1,
    start_with   numeric NOT NULL DEFAULT 1,
    cycle_flag   bool NOT NULL DEFAULT false,
    order_flag   bool NOT NULL DEFAULT false,
    cache_size   numeric NOT NULL DEFAULT 20,                 -- 0: NOCACHE
    keep_value   bool NOT NULL DEFAULT false,
    identity     bool NOT NULL DEFAULT false                  -- ISEQ$$_nnnnn of an identity column
);

CREATE TABLE oracle.synonyms (
    object_id   int PRIMARY KEY REFERENCES oracle.objects ON DELETE CASCADE,
    table_owner varchar(128),
    table_name  varchar(128) NOT NULL,
    db_link     varchar(128)
);

-- `column_name` is '' for the comment on the table, view or materialized view.
CREATE TABLE oracle.comments (
    object_id   int NOT NULL REFERENCES oracle.objects ON DELETE CASCADE,
    column_name varchar(128) NOT NULL DEFAULT '',
    comments    varchar(4000) NOT NULL,
    PRIMARY KEY (object_id, column_name)
);

CREATE TABLE oracle.views (
    object_id    int PRIMARY KEY REFERENCES oracle.objects ON DELETE CASCADE,
    text         text NOT NULL,                               -- the query as the user wrote it
    read_only    bool NOT NULL DEFAULT false,
    check_option bool NOT NULL DEFAULT false,
    editioning   bool NOT NULL DEFAULT false,
    calls_stored bool NOT NULL DEFAULT false                  -- stored functions, itself or through a view
);

-- object_id is the MATERIALIZED VIEW; its rows live in the container table of the same owner and name.
CREATE TABLE oracle.mviews (
    object_id         int PRIMARY KEY REFERENCES oracle.objects ON DELETE CASCADE,
    container_id      int REFERENCES oracle.objects ON DELETE CASCADE,
    query             text NOT NULL,
    rewrite_enabled   bool NOT NULL DEFAULT false,
    refresh_mode      varchar(9) NOT NULL DEFAULT 'DEMAND',   -- DEMAND, COMMIT, NEVER
    refresh_method    varchar(8) NOT NULL DEFAULT 'FORCE',    -- COMPLETE, FORCE, FAST, NEVER
    build_mode        varchar(9) NOT NULL DEFAULT 'IMMEDIATE',
    fast_refreshable  varchar(18) NOT NULL DEFAULT 'NO',
    last_refresh_type varchar(8),                             -- COMPLETE, FAST, NA
    last_refresh_date oracle.date,
    staleness         varchar(19) NOT NULL DEFAULT 'FRESH',
    compile_state     varchar(19) NOT NULL DEFAULT 'VALID'
);

-- Source of program units, types, triggers; ALL_SOURCE splits it into lines.
CREATE TABLE oracle.sources (
    object_id int PRIMARY KEY REFERENCES oracle.objects ON DELETE CASCADE,
    text      text NOT NULL                                   -- from the object type on: 'procedure p is begin ..'
);

-- Object and collection types; attribute 0 is the element of a collection.
CREATE TABLE oracle.types (
    object_id   int PRIMARY KEY REFERENCES oracle.objects ON DELETE CASCADE,
    kind        varchar(6) NOT NULL,                          -- OBJECT, TABLE, VARRAY
    upper_bound numeric
);
CREATE TABLE oracle.type_attributes (
    object_id  int NOT NULL REFERENCES oracle.objects ON DELETE CASCADE,
    attr_no    int NOT NULL,
    name       varchar(128) NOT NULL,
    type_owner varchar(128),                                  -- NULL for built-in types
    type_name  varchar(128) NOT NULL,
    length     numeric,
    precision  numeric,
    scale      numeric,
    char_used  varchar(1),
    PRIMARY KEY (object_id, attr_no)
);

CREATE TABLE oracle.errors (
    object_id      int NOT NULL REFERENCES oracle.objects ON DELETE CASCADE,
    sequence       int NOT NULL,
    line           int NOT NULL,
    position       int NOT NULL,
    text           varchar(4000) NOT NULL,
    attribute      varchar(9) NOT NULL DEFAULT 'ERROR',
    message_number int,
    PRIMARY KEY (object_id, sequence)
);

-- Subprograms: a standalone unit has one row with subprogram_id 1, a package one per member.
CREATE TABLE oracle.procedures (
    object_id      int NOT NULL REFERENCES oracle.objects ON DELETE CASCADE,
    subprogram_id  int NOT NULL,
    procedure_name varchar(128),                              -- member of a package; NULL for a standalone unit
    overload       int,
    deterministic  bool NOT NULL DEFAULT false,
    pipelined      bool NOT NULL DEFAULT false,
    authid         varchar(12) NOT NULL DEFAULT 'DEFINER',
    PRIMARY KEY (object_id, subprogram_id)
);

CREATE TABLE oracle.arguments (
    object_id     int NOT NULL,
    subprogram_id int NOT NULL,
    sequence      int NOT NULL,
    position      int NOT NULL,                               -- 0 for a function's result
    argument_name varchar(128),
    data_type     varchar(30) NOT NULL,
    in_out        varchar(9) NOT NULL,                        -- IN, OUT, IN/OUT
    defaulted     bool NOT NULL DEFAULT false,
    data_length   int,
    data_precision int,
    data_scale    int,
    type_owner    varchar(128),
    type_name     varchar(128),
    PRIMARY KEY (object_id, subprogram_id, sequence),
    FOREIGN KEY (object_id, subprogram_id) REFERENCES oracle.procedures ON DELETE CASCADE
);

CREATE TABLE oracle.triggers (
    object_id        int PRIMARY KEY REFERENCES oracle.objects ON DELETE CASCADE,
    table_id         int REFERENCES oracle.objects ON DELETE CASCADE,
    trigger_type     varchar(16) NOT NULL,                    -- BEFORE EACH ROW, AFTER STATEMENT, INSTEAD OF ..
    triggering_event varchar(246) NOT NULL,                   -- INSERT OR UPDATE
    referencing      varchar(422) NOT NULL DEFAULT 'REFERENCING NEW AS NEW OLD AS OLD',
    when_clause      varchar(4000),
    status           varchar(8) NOT NULL DEFAULT 'ENABLED',
    description      varchar(4000) NOT NULL,
    body             text NOT NULL
);

CREATE TABLE oracle.dependencies (
    object_id            int NOT NULL REFERENCES oracle.objects ON DELETE CASCADE,
    referenced_object_id int NOT NULL REFERENCES oracle.objects ON DELETE CASCADE,
    PRIMARY KEY (object_id, referenced_object_id)
);
CREATE INDEX dependencies_referenced ON oracle.dependencies (referenced_object_id);

CREATE TABLE oracle.db_links (
    owner    varchar(128) NOT NULL,
    db_link  varchar(128) NOT NULL,
    username varchar(128),
    host     varchar(2000),
    created  oracle.date NOT NULL DEFAULT date_trunc('second', localtimestamp)::oracle.date,
    PRIMARY KEY (owner, db_link)
);

-- Region names of TIMESTAMP WITH TIME ZONE; the zone code of a region is 2000 + index.
CREATE TABLE oracle.time_zones (
    index int PRIMARY KEY,
    name  varchar(64) NOT NULL UNIQUE
);

-- The sessions that are open, for V$SESSION; the engine inserts and deletes. Not logged: none survives a restart.
CREATE UNLOGGED TABLE oracle.sessions (
    sid               int PRIMARY KEY,
    serial            int NOT NULL,
    username          varchar(128),
    schemaname        varchar(128),
    logon_time        oracle.date NOT NULL DEFAULT date_trunc('second', localtimestamp)::oracle.date,
    status            varchar(8) NOT NULL DEFAULT 'ACTIVE',
    osuser            varchar(128),
    machine           varchar(64),
    port              int,
    terminal          varchar(30),
    program           varchar(84),
    process           varchar(24),
    service_name      varchar(64),
    client_driver     varchar(31),
    module            varchar(64),
    action            varchar(64),
    client_info       varchar(64),
    client_identifier varchar(64),
    dbop              varchar(64),
    proxy_user        varchar(128),
    pg_pid            int
);

-- What sessions have done, for V$SESSTAT and V$MYSTAT. The server writes the counters when a statement asks for them.
CREATE UNLOGGED TABLE oracle.session_statistics (
    sid   int NOT NULL,
    name  varchar(64) NOT NULL,
    value bigint NOT NULL,
    PRIMARY KEY (sid, name)
);
