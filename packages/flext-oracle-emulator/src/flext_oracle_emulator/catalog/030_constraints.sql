-- Constraints, indexes, partitions.

CREATE VIEW oracle.dict_constraints AS SELECT
    k.owner AS "OWNER", k.name AS "CONSTRAINT_NAME", k.type AS "CONSTRAINT_TYPE", o.name AS "TABLE_NAME", k.search_condition::oracle.long AS "SEARCH_CONDITION",
    left(k.search_condition, 4000)::varchar(4000) AS "SEARCH_CONDITION_VC", r.owner AS "R_OWNER", r.name AS "R_CONSTRAINT_NAME", k.delete_rule AS "DELETE_RULE",
    k.status AS "STATUS", (CASE WHEN k.deferrable THEN 'DEFERRABLE' ELSE 'NOT DEFERRABLE' END)::varchar(14) AS "DEFERRABLE",
    (CASE WHEN k.deferred THEN 'DEFERRED' ELSE 'IMMEDIATE' END)::varchar(9) AS "DEFERRED",
    (CASE WHEN k.validated THEN 'VALIDATED' ELSE 'NOT VALIDATED' END)::varchar(13) AS "VALIDATED",
    (CASE WHEN k.generated THEN 'GENERATED NAME' ELSE 'USER NAME' END)::varchar(14) AS "GENERATED", NULL::varchar(3) AS "BAD",
    (CASE WHEN k.rely THEN 'RELY' END)::varchar(4) AS "RELY", k.last_change AS "LAST_CHANGE", i.owner AS "INDEX_OWNER", i.name AS "INDEX_NAME",
    NULL::varchar(7) AS "INVALID", NULL::varchar(14) AS "VIEW_RELATED", 0::numeric AS "ORIGIN_CON_ID", k.object_id AS "$ID"
  FROM oracle.constraints k JOIN oracle.objects o USING (object_id)
  LEFT JOIN oracle.constraints r ON r.constraint_id = k.r_constraint_id LEFT JOIN oracle.objects i ON i.object_id = k.index_id;
SELECT oracle.publish('CONSTRAINTS', 'dict_constraints', omit => '{}', comments => 'Constraint definitions on accessible tables');

CREATE VIEW oracle.dict_cons_columns AS SELECT
    k.owner AS "OWNER", k.name AS "CONSTRAINT_NAME", o.name AS "TABLE_NAME", c.column_name::varchar(4000) AS "COLUMN_NAME", c.position::numeric AS "POSITION", k.object_id AS "$ID"
  FROM oracle.constraints k JOIN oracle.constraint_columns c USING (constraint_id) JOIN oracle.objects o USING (object_id);
SELECT oracle.publish('CONS_COLUMNS', 'dict_cons_columns', omit => '{}', comments => 'Information about accessible columns in constraint definitions');

CREATE VIEW oracle.dict_indexes AS SELECT
    o.owner AS "OWNER", o.name AS "INDEX_NAME", i.index_type AS "INDEX_TYPE", t.owner AS "TABLE_OWNER", t.name AS "TABLE_NAME", 'TABLE'::varchar(11) AS "TABLE_TYPE",
    (CASE WHEN i.uniqueness THEN 'UNIQUE' ELSE 'NONUNIQUE' END)::varchar(9) AS "UNIQUENESS", (CASE WHEN i.compression THEN 'ENABLED' ELSE 'DISABLED' END)::varchar(13) AS "COMPRESSION",
    i.prefix_length::numeric AS "PREFIX_LENGTH", i.tablespace_name AS "TABLESPACE_NAME", 2::numeric AS "INI_TRANS", 255::numeric AS "MAX_TRANS", 65536::numeric AS "INITIAL_EXTENT",
    1048576::numeric AS "NEXT_EXTENT", 1::numeric AS "MIN_EXTENTS", 2147483645::numeric AS "MAX_EXTENTS", NULL::numeric AS "PCT_INCREASE", NULL::numeric AS "PCT_THRESHOLD",
    NULL::numeric AS "INCLUDE_COLUMN", NULL::numeric AS "FREELISTS", NULL::numeric AS "FREELIST_GROUPS", 10::numeric AS "PCT_FREE", oracle.yes(i.logging) AS "LOGGING",
    CASE WHEN i.last_analyzed IS NOT NULL THEN 1 END::numeric AS "BLEVEL", i.leaf_blocks AS "LEAF_BLOCKS", i.distinct_keys AS "DISTINCT_KEYS",
    CASE WHEN i.last_analyzed IS NOT NULL THEN 1 END::numeric AS "AVG_LEAF_BLOCKS_PER_KEY", CASE WHEN i.last_analyzed IS NOT NULL THEN 1 END::numeric AS "AVG_DATA_BLOCKS_PER_KEY",
    i.num_rows AS "CLUSTERING_FACTOR", (CASE WHEN i.partitioned THEN 'N/A' ELSE i.status END)::varchar(8) AS "STATUS", i.num_rows AS "NUM_ROWS", i.num_rows AS "SAMPLE_SIZE", i.last_analyzed AS "LAST_ANALYZED", i.degree AS "DEGREE",
    '1'::varchar(40) AS "INSTANCES", oracle.yes(i.partitioned) AS "PARTITIONED", oracle.y(o.temporary) AS "TEMPORARY", oracle.y(o.generated) AS "GENERATED", 'N'::varchar(1) AS "SECONDARY",
    'DEFAULT'::varchar(7) AS "BUFFER_POOL", 'DEFAULT'::varchar(7) AS "FLASH_CACHE", 'DEFAULT'::varchar(7) AS "CELL_FLASH_CACHE", 'NO'::varchar(3) AS "USER_STATS",
    NULL::varchar(15) AS "DURATION", NULL::numeric AS "PCT_DIRECT_ACCESS", NULL::varchar(128) AS "ITYP_OWNER", NULL::varchar(128) AS "ITYP_NAME", NULL::varchar(1000) AS "PARAMETERS",
    oracle.yes(NOT i.partitioned) AS "GLOBAL_STATS", NULL::varchar(12) AS "DOMIDX_STATUS", NULL::varchar(6) AS "DOMIDX_OPSTATUS",
    (CASE WHEN i.index_type LIKE 'FUNCTION-BASED%' THEN 'ENABLED' END)::varchar(8) AS "FUNCIDX_STATUS", 'NO'::varchar(3) AS "JOIN_INDEX", 'NO'::varchar(3) AS "IOT_REDUNDANT_PKEY_ELIM",
    'NO'::varchar(3) AS "DROPPED", (CASE WHEN i.visible THEN 'VISIBLE' ELSE 'INVISIBLE' END)::varchar(9) AS "VISIBILITY", NULL::varchar(14) AS "DOMIDX_MANAGEMENT",
    'YES'::varchar(3) AS "SEGMENT_CREATED", 'NO'::varchar(3) AS "ORPHANED_ENTRIES", 'FULL'::varchar(7) AS "INDEXING", 'NO'::varchar(3) AS "AUTO",
    oracle.yes(i.constraint_index) AS "CONSTRAINT_INDEX", o.object_id AS "$ID"
  FROM oracle.indexes i JOIN oracle.objects o USING (object_id) JOIN oracle.objects t ON t.object_id = i.table_id;
SELECT oracle.publish('INDEXES', 'dict_indexes', comments => 'Descriptions of indexes on tables accessible to the user');

CREATE VIEW oracle.dict_ind_columns AS SELECT
    o.owner AS "INDEX_OWNER", o.name AS "INDEX_NAME", t.owner AS "TABLE_OWNER", t.name AS "TABLE_NAME", c.column_name AS "COLUMN_NAME", c.position::numeric AS "COLUMN_POSITION",
    coalesce(k.data_length, 0)::numeric AS "COLUMN_LENGTH", coalesce(k.char_length, 0)::numeric AS "CHAR_LENGTH", (CASE WHEN c.descending THEN 'DESC' ELSE 'ASC' END)::varchar(4) AS "DESCEND",
    NULL::numeric AS "COLLATED_COLUMN_ID", o.object_id AS "$ID"
  FROM oracle.index_columns c JOIN oracle.indexes i USING (object_id) JOIN oracle.objects o USING (object_id) JOIN oracle.objects t ON t.object_id = i.table_id
  LEFT JOIN oracle.columns k ON k.object_id = i.table_id AND k.name = c.column_name;
SELECT oracle.publish('IND_COLUMNS', 'dict_ind_columns', owner => 'INDEX_OWNER', omit => '{INDEX_OWNER,TABLE_OWNER}', comments => 'COLUMNs comprising INDEXes on accessible TABLES');

CREATE VIEW oracle.dict_ind_expressions AS SELECT
    o.owner AS "INDEX_OWNER", o.name AS "INDEX_NAME", t.owner AS "TABLE_OWNER", t.name AS "TABLE_NAME", c.expression::oracle.long AS "COLUMN_EXPRESSION",
    c.position::numeric AS "COLUMN_POSITION", o.object_id AS "$ID"
  FROM oracle.index_columns c JOIN oracle.indexes i USING (object_id) JOIN oracle.objects o USING (object_id) JOIN oracle.objects t ON t.object_id = i.table_id
 WHERE c.expression IS NOT NULL;
SELECT oracle.publish('IND_EXPRESSIONS', 'dict_ind_expressions', owner => 'INDEX_OWNER', omit => '{INDEX_OWNER,TABLE_OWNER}',
    comments => 'FUNCTIONAL INDEX EXPRESSIONs on accessible TABLES');

CREATE VIEW oracle.dict_ind_statistics AS SELECT
    o.owner AS "OWNER", o.name AS "INDEX_NAME", t.owner AS "TABLE_OWNER", t.name AS "TABLE_NAME", NULL::varchar(128) AS "PARTITION_NAME", 'INDEX'::varchar(12) AS "OBJECT_TYPE",
    CASE WHEN i.last_analyzed IS NOT NULL THEN 1 END::numeric AS "BLEVEL", i.leaf_blocks AS "LEAF_BLOCKS", i.distinct_keys AS "DISTINCT_KEYS", i.num_rows AS "NUM_ROWS",
    i.num_rows AS "SAMPLE_SIZE", i.last_analyzed AS "LAST_ANALYZED", 'NO'::varchar(3) AS "STALE_STATS", o.object_id AS "$ID"
  FROM oracle.indexes i JOIN oracle.objects o USING (object_id) JOIN oracle.objects t ON t.object_id = i.table_id;
SELECT oracle.publish('IND_STATISTICS', 'dict_ind_statistics', comments => 'Optimizer statistics for all indexes on tables accessible to the user');

CREATE VIEW oracle.dict_part_tables AS SELECT
    o.owner AS "OWNER", o.name AS "TABLE_NAME", t.partitioning_type AS "PARTITIONING_TYPE", coalesce(t.subpartitioning_type, 'NONE')::varchar(9) AS "SUBPARTITIONING_TYPE",
    (SELECT count(*) FROM oracle.partitions p WHERE p.object_id = o.object_id)::numeric AS "PARTITION_COUNT", 0::numeric AS "DEF_SUBPARTITION_COUNT",
    coalesce(cardinality(t.partition_columns), 0)::numeric AS "PARTITIONING_KEY_COUNT", 0::numeric AS "SUBPARTITIONING_KEY_COUNT", 'VALID'::varchar(8) AS "STATUS",
    coalesce(t.tablespace_name, (SELECT u.default_tablespace FROM oracle.users u WHERE u.username = o.owner))::varchar(30) AS "DEF_TABLESPACE_NAME", oracle.yes(t.logging) AS "DEF_LOGGING", oracle.enabled(t.compression) AS "DEF_COMPRESSION",
    t.partition_interval::varchar(1000) AS "INTERVAL", 'NO'::varchar(3) AS "AUTOLIST", 'NO'::varchar(3) AS "IS_NESTED", o.object_id AS "$ID"
  FROM oracle.tables t JOIN oracle.objects o USING (object_id) WHERE t.partitioning_type IS NOT NULL;
SELECT oracle.publish('PART_TABLES', 'dict_part_tables', comments => 'Information about partitioned tables');
CREATE VIEW oracle.dict_part_key_columns AS SELECT
    o.owner AS "OWNER", o.name AS "NAME", 'TABLE'::varchar(5) AS "OBJECT_TYPE", c.name::varchar(4000) AS "COLUMN_NAME", c.position::numeric AS "COLUMN_POSITION",
    NULL::numeric AS "COLLATED_COLUMN_ID", o.object_id AS "$ID"
  FROM oracle.tables t JOIN oracle.objects o USING (object_id) CROSS JOIN LATERAL unnest(t.partition_columns) WITH ORDINALITY AS c(name, position);
SELECT oracle.publish('PART_KEY_COLUMNS', 'dict_part_key_columns', comments => 'Partitioning key columns of partitioned tables');
CREATE VIEW oracle.dict_tab_partitions AS SELECT
    o.owner AS "TABLE_OWNER", o.name AS "TABLE_NAME", 'NO'::varchar(3) AS "COMPOSITE", p.partition_name AS "PARTITION_NAME", 0::numeric AS "SUBPARTITION_COUNT",
    p.high_value::oracle.long AS "HIGH_VALUE", octet_length(p.high_value)::numeric AS "HIGH_VALUE_LENGTH", p.position::numeric AS "PARTITION_POSITION",
    p.tablespace_name AS "TABLESPACE_NAME", t.pct_free::numeric AS "PCT_FREE", t.ini_trans::numeric AS "INI_TRANS", 255::numeric AS "MAX_TRANS", oracle.yes(t.logging) AS "LOGGING",
    oracle.enabled(t.compression) AS "COMPRESSION", t.compress_for AS "COMPRESS_FOR", p.num_rows AS "NUM_ROWS", NULL::numeric AS "BLOCKS", p.num_rows AS "SAMPLE_SIZE",
    p.last_analyzed AS "LAST_ANALYZED", 'DEFAULT'::varchar(7) AS "BUFFER_POOL", oracle.yes(p.last_analyzed IS NOT NULL) AS "GLOBAL_STATS", 'NO'::varchar(3) AS "USER_STATS",
    'NO'::varchar(3) AS "IS_NESTED", 'YES'::varchar(4) AS "SEGMENT_CREATED", 'ON'::varchar(4) AS "INDEXING", oracle.yes(t.read_only) AS "READ_ONLY",
    oracle.yes(p.made IS NOT NULL) AS "INTERVAL", o.object_id AS "$ID"
  FROM oracle.partitions p JOIN oracle.tables t USING (object_id) JOIN oracle.objects o USING (object_id);
SELECT oracle.publish('TAB_PARTITIONS', 'dict_tab_partitions', owner => 'TABLE_OWNER', omit => '{TABLE_OWNER}', comments => 'Partitions of tables accessible to the user');
