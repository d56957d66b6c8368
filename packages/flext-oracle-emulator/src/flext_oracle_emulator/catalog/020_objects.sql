-- Objects, tables, columns, views, materialized views, comments, sequences, synonyms.

CREATE VIEW oracle.dict_objects AS SELECT
    o.owner AS "OWNER", o.name AS "OBJECT_NAME", NULL::varchar(128) AS "SUBOBJECT_NAME", o.object_id::numeric AS "OBJECT_ID",
    CASE WHEN o.type IN ('TABLE', 'INDEX') AND NOT o.temporary THEN coalesce(o.data_object_id, o.object_id) END::numeric AS "DATA_OBJECT_ID",
    o.type AS "OBJECT_TYPE", o.created AS "CREATED", o.last_ddl_time AS "LAST_DDL_TIME",
    pg_catalog.to_char(o.last_ddl_time::timestamp, 'YYYY-MM-DD:HH24:MI:SS')::varchar(19) AS "TIMESTAMP", o.status AS "STATUS",
    oracle.y(o.temporary) AS "TEMPORARY", oracle.y(o.generated) AS "GENERATED", 'N'::varchar(1) AS "SECONDARY", o.namespace::numeric AS "NAMESPACE",
    NULL::varchar(128) AS "EDITION_NAME", (CASE WHEN o.oracle_maintained THEN 'METADATA LINK' ELSE 'NONE' END)::varchar(18) AS "SHARING",
    NULL::varchar(1) AS "EDITIONABLE", oracle.y(o.oracle_maintained) AS "ORACLE_MAINTAINED", 'N'::varchar(1) AS "APPLICATION",
    (CASE WHEN o.type IN ('TABLE', 'VIEW', 'MATERIALIZED VIEW', 'PROCEDURE', 'FUNCTION', 'PACKAGE') THEN 'USING_NLS_COMP' END)::varchar(100) AS "DEFAULT_COLLATION",
    'N'::varchar(1) AS "DUPLICATED", 'N'::varchar(1) AS "SHARDED", NULL::numeric AS "CREATED_APPID", NULL::numeric AS "CREATED_VSNID",
    NULL::numeric AS "MODIFIED_APPID", NULL::numeric AS "MODIFIED_VSNID", o.object_id AS "$ID"
  FROM oracle.objects o;
SELECT oracle.publish('OBJECTS', 'dict_objects', comments => 'Objects accessible to the user');

CREATE VIEW oracle.dict_tables AS SELECT
    o.owner AS "OWNER", o.name AS "TABLE_NAME", CASE WHEN t.partitioning_type IS NULL AND t.iot_type IS NULL THEN t.tablespace_name END AS "TABLESPACE_NAME",
    NULL::varchar(128) AS "CLUSTER_NAME", NULL::varchar(128) AS "IOT_NAME", 'VALID'::varchar(8) AS "STATUS", t.pct_free::numeric AS "PCT_FREE",
    NULL::numeric AS "PCT_USED", t.ini_trans::numeric AS "INI_TRANS", 255::numeric AS "MAX_TRANS", 65536::numeric AS "INITIAL_EXTENT",
    1048576::numeric AS "NEXT_EXTENT", 1::numeric AS "MIN_EXTENTS", 2147483645::numeric AS "MAX_EXTENTS", NULL::numeric AS "PCT_INCREASE",
    NULL::numeric AS "FREELISTS", NULL::numeric AS "FREELIST_GROUPS", (CASE WHEN o.temporary THEN 'NO' ELSE oracle.yes(t.logging) END)::varchar(3) AS "LOGGING",
    'N'::varchar(1) AS "BACKED_UP", t.num_rows AS "NUM_ROWS", t.blocks AS "BLOCKS",
    CASE WHEN t.last_analyzed IS NOT NULL THEN 0 END::numeric AS "EMPTY_BLOCKS", CASE WHEN t.last_analyzed IS NOT NULL THEN 0 END::numeric AS "AVG_SPACE",
    CASE WHEN t.last_analyzed IS NOT NULL THEN 0 END::numeric AS "CHAIN_CNT", t.avg_row_len AS "AVG_ROW_LEN",
    CASE WHEN t.last_analyzed IS NOT NULL THEN 0 END::numeric AS "AVG_SPACE_FREELIST_BLOCKS",
    CASE WHEN t.last_analyzed IS NOT NULL THEN 0 END::numeric AS "NUM_FREELIST_BLOCKS",
    lpad(t.degree, 10)::varchar(10) AS "DEGREE", lpad(t.instances, 10)::varchar(10) AS "INSTANCES", lpad(oracle.y(t.cache), 5)::varchar(5) AS "CACHE",
    'ENABLED'::varchar(8) AS "TABLE_LOCK", t.sample_size AS "SAMPLE_SIZE", t.last_analyzed AS "LAST_ANALYZED",
    oracle.yes(t.partitioning_type IS NOT NULL) AS "PARTITIONED", t.iot_type AS "IOT_TYPE", oracle.y(o.temporary) AS "TEMPORARY",
    'N'::varchar(1) AS "SECONDARY", 'NO'::varchar(3) AS "NESTED", 'DEFAULT'::varchar(7) AS "BUFFER_POOL", 'DEFAULT'::varchar(7) AS "FLASH_CACHE",
    'DEFAULT'::varchar(7) AS "CELL_FLASH_CACHE", oracle.enabled(t.row_movement) AS "ROW_MOVEMENT", oracle.yes(t.last_analyzed IS NOT NULL) AS "GLOBAL_STATS",
    'NO'::varchar(3) AS "USER_STATS", t.duration AS "DURATION", 'DISABLED'::varchar(8) AS "SKIP_CORRUPT",
    (CASE WHEN o.temporary THEN 'NO' ELSE 'YES' END)::varchar(3) AS "MONITORING", NULL::varchar(128) AS "CLUSTER_OWNER",
    oracle.enabled(t.dependencies) AS "DEPENDENCIES", oracle.enabled(t.compression) AS "COMPRESSION", t.compress_for AS "COMPRESS_FOR",
    oracle.yes(t.dropped) AS "DROPPED", oracle.yes(t.read_only) AS "READ_ONLY", (CASE WHEN o.temporary THEN 'NO' ELSE 'YES' END)::varchar(3) AS "SEGMENT_CREATED",
    'DEFAULT'::varchar(7) AS "RESULT_CACHE", 'NO'::varchar(3) AS "CLUSTERING", NULL::varchar(23) AS "ACTIVITY_TRACKING", NULL::varchar(25) AS "DML_TIMESTAMP",
    oracle.yes(EXISTS (SELECT FROM oracle.columns c WHERE c.object_id = o.object_id AND c.identity IS NOT NULL)) AS "HAS_IDENTITY",
    'NO'::varchar(3) AS "CONTAINER_DATA", 'DISABLED'::varchar(8) AS "INMEMORY", NULL::varchar(8) AS "INMEMORY_PRIORITY", NULL::varchar(15) AS "INMEMORY_DISTRIBUTE",
    NULL::varchar(17) AS "INMEMORY_COMPRESSION", NULL::varchar(13) AS "INMEMORY_DUPLICATE", 'USING_NLS_COMP'::varchar(100) AS "DEFAULT_COLLATION",
    'N'::varchar(1) AS "DUPLICATED", 'N'::varchar(1) AS "SHARDED", 'N'::varchar(1) AS "EXTERNALLY_SHARDED", 'N'::varchar(1) AS "EXTERNALLY_DUPLICATED",
    'NO'::varchar(3) AS "EXTERNAL", 'NO'::varchar(3) AS "HYBRID", NULL::varchar(24) AS "CELLMEMORY", 'NO'::varchar(3) AS "CONTAINERS_DEFAULT",
    'NO'::varchar(3) AS "CONTAINER_MAP", 'NO'::varchar(3) AS "EXTENDED_DATA_LINK", 'NO'::varchar(3) AS "EXTENDED_DATA_LINK_MAP", NULL::varchar(12) AS "INMEMORY_SERVICE",
    NULL::varchar(1000) AS "INMEMORY_SERVICE_NAME", 'NO'::varchar(3) AS "CONTAINER_MAP_OBJECT", 'DISABLED'::varchar(8) AS "MEMOPTIMIZE_READ",
    'DISABLED'::varchar(8) AS "MEMOPTIMIZE_WRITE", 'NO'::varchar(3) AS "HAS_SENSITIVE_COLUMN", 'NO'::varchar(3) AS "ADMIT_NULL",
    'NO'::varchar(3) AS "DATA_LINK_DML_ENABLED", 'ENABLED'::varchar(8) AS "LOGICAL_REPLICATION", o.object_id AS "$ID"
  FROM oracle.tables t JOIN oracle.objects o USING (object_id);
SELECT oracle.publish('TABLES', 'dict_tables', comments => 'Description of relational tables accessible to the user');
SELECT oracle.publish('ALL_TABLES', 'dict_tables', comments => 'Description of all object and relational tables accessible to the user');

CREATE VIEW oracle.dict_tab_cols AS SELECT
    o.owner AS "OWNER", o.name AS "TABLE_NAME", c.name AS "COLUMN_NAME", (CASE WHEN c.data_type LIKE 'VECTOR(%' THEN 'VECTOR' ELSE c.data_type END)::varchar(128) AS "DATA_TYPE", NULL::varchar(3) AS "DATA_TYPE_MOD",
    c.data_type_owner AS "DATA_TYPE_OWNER", c.data_length::numeric AS "DATA_LENGTH", c.data_precision::numeric AS "DATA_PRECISION",
    c.data_scale::numeric AS "DATA_SCALE", oracle.y(c.nullable) AS "NULLABLE", c.column_id::numeric AS "COLUMN_ID",
    octet_length(c.default_text)::numeric AS "DEFAULT_LENGTH", c.default_text::oracle.long AS "DATA_DEFAULT", c.num_distinct AS "NUM_DISTINCT",
    c.low_value AS "LOW_VALUE", c.high_value AS "HIGH_VALUE", c.density AS "DENSITY", c.num_nulls AS "NUM_NULLS", c.num_buckets AS "NUM_BUCKETS",
    c.last_analyzed AS "LAST_ANALYZED", c.sample_size AS "SAMPLE_SIZE",
    (CASE WHEN c.data_type IN ('VARCHAR2', 'CHAR', 'CLOB', 'LONG') THEN 'CHAR_CS' WHEN c.data_type IN ('NVARCHAR2', 'NCHAR', 'NCLOB') THEN 'NCHAR_CS' END)::varchar(44)
        AS "CHARACTER_SET_NAME",
    CASE WHEN c.char_used IS NOT NULL THEN c.data_length WHEN c.data_type IN ('CLOB', 'NCLOB') THEN 4000 END::numeric AS "CHAR_COL_DECL_LENGTH",
    oracle.yes(c.last_analyzed IS NOT NULL) AS "GLOBAL_STATS", 'NO'::varchar(3) AS "USER_STATS", c.avg_col_len AS "AVG_COL_LEN",
    c.char_length::numeric AS "CHAR_LENGTH", c.char_used AS "CHAR_USED", 'NO'::varchar(3) AS "V80_FMT_IMAGE", 'YES'::varchar(3) AS "DATA_UPGRADED",
    oracle.yes(c.hidden) AS "HIDDEN_COLUMN", oracle.yes(c.virtual) AS "VIRTUAL_COLUMN",
    CASE WHEN NOT c.virtual AND o.type = 'TABLE' THEN c.attnum END::numeric AS "SEGMENT_COLUMN_ID", c.attnum::numeric AS "INTERNAL_COLUMN_ID",
    c.histogram AS "HISTOGRAM", c.name::varchar(4000) AS "QUALIFIED_COL_NAME", oracle.yes(c.user_generated) AS "USER_GENERATED",
    oracle.yes(c.default_on_null) AS "DEFAULT_ON_NULL", oracle.yes(c.identity IS NOT NULL) AS "IDENTITY_COLUMN", 'NO'::varchar(3) AS "SENSITIVE_COLUMN",
    NULL::varchar(128) AS "EVALUATION_EDITION", NULL::varchar(128) AS "UNUSABLE_BEFORE", NULL::varchar(128) AS "UNUSABLE_BEGINNING",
    (CASE WHEN c.char_used IS NOT NULL THEN 'USING_NLS_COMP' END)::varchar(100) AS "COLLATION", NULL::numeric AS "COLLATED_COLUMN_ID", o.object_id AS "$ID"
  FROM oracle.columns c JOIN oracle.objects o USING (object_id);
SELECT oracle.publish('TAB_COLS', 'dict_tab_cols', comments => 'Columns of user''s tables, views and clusters');
SELECT oracle.publish('TAB_COLUMNS', 'dict_tab_cols', condition => '"USER_GENERATED" = ''YES''', columns => ARRAY['OWNER', 'TABLE_NAME', 'COLUMN_NAME', 'DATA_TYPE',
    'DATA_TYPE_MOD', 'DATA_TYPE_OWNER', 'DATA_LENGTH', 'DATA_PRECISION', 'DATA_SCALE', 'NULLABLE', 'COLUMN_ID', 'DEFAULT_LENGTH', 'DATA_DEFAULT', 'NUM_DISTINCT',
    'LOW_VALUE', 'HIGH_VALUE', 'DENSITY', 'NUM_NULLS', 'NUM_BUCKETS', 'LAST_ANALYZED', 'SAMPLE_SIZE', 'CHARACTER_SET_NAME', 'CHAR_COL_DECL_LENGTH', 'GLOBAL_STATS',
    'USER_STATS', 'AVG_COL_LEN', 'CHAR_LENGTH', 'CHAR_USED', 'V80_FMT_IMAGE', 'DATA_UPGRADED', 'HISTOGRAM', 'DEFAULT_ON_NULL', 'IDENTITY_COLUMN',
    'EVALUATION_EDITION', 'UNUSABLE_BEFORE', 'UNUSABLE_BEGINNING', 'COLLATION'], comments => 'Columns of user''s tables, views and clusters');

CREATE VIEW oracle.dict_tab_col_statistics AS SELECT
    o.owner AS "OWNER", o.name AS "TABLE_NAME", c.name AS "COLUMN_NAME", c.num_distinct AS "NUM_DISTINCT", c.low_value AS "LOW_VALUE", c.high_value AS "HIGH_VALUE",
    c.density AS "DENSITY", c.num_nulls AS "NUM_NULLS", c.num_buckets AS "NUM_BUCKETS", c.last_analyzed AS "LAST_ANALYZED", c.sample_size AS "SAMPLE_SIZE",
    'YES'::varchar(3) AS "GLOBAL_STATS", 'NO'::varchar(3) AS "USER_STATS", NULL::varchar(99) AS "NOTES", c.avg_col_len AS "AVG_COL_LEN", c.histogram AS "HISTOGRAM",
    'SHARED'::varchar(7) AS "SCOPE", o.object_id AS "$ID"
  FROM oracle.columns c JOIN oracle.objects o USING (object_id) WHERE c.last_analyzed IS NOT NULL AND o.type = 'TABLE';
SELECT oracle.publish('TAB_COL_STATISTICS', 'dict_tab_col_statistics', comments => 'Columns of user''s tables, views and clusters');

CREATE VIEW oracle.dict_tab_identity_cols AS SELECT
    o.owner AS "OWNER", o.name AS "TABLE_NAME", c.name AS "COLUMN_NAME", split_part(c.identity, ' ON NULL', 1)::varchar(10) AS "GENERATION_TYPE",
    s.name AS "SEQUENCE_NAME", format('START WITH: %s, INCREMENT BY: %s, MAX_VALUE: %s, MIN_VALUE: %s, CYCLE_FLAG: %s, CACHE_SIZE: %s, ORDER_FLAG: %s, '
        'SCALE_FLAG: N, EXTEND_FLAG: N, SESSION_FLAG: N, KEEP_VALUE: N', q.start_with, q.increment_by, q.max_value, q.min_value, oracle.y(q.cycle_flag), q.cache_size,
        oracle.y(q.order_flag))::varchar(298) AS "IDENTITY_OPTIONS", o.object_id AS "$ID"
  FROM oracle.columns c JOIN oracle.objects o USING (object_id)
  LEFT JOIN oracle.objects s ON s.object_id = c.identity_sequence LEFT JOIN oracle.sequences q ON q.object_id = s.object_id WHERE c.identity IS NOT NULL;
SELECT oracle.publish('TAB_IDENTITY_COLS', 'dict_tab_identity_cols', comments => 'Describes all table identity columns');

CREATE VIEW oracle.dict_views AS SELECT
    o.owner AS "OWNER", o.name AS "VIEW_NAME", octet_length(v.text)::numeric AS "TEXT_LENGTH", v.text::oracle.long AS "TEXT", left(v.text, 4000)::varchar(4000) AS "TEXT_VC",
    NULL::numeric AS "TYPE_TEXT_LENGTH", NULL::varchar(4000) AS "TYPE_TEXT", NULL::numeric AS "OID_TEXT_LENGTH", NULL::varchar(4000) AS "OID_TEXT",
    NULL::varchar(128) AS "VIEW_TYPE_OWNER", NULL::varchar(128) AS "VIEW_TYPE", NULL::varchar(128) AS "SUPERVIEW_NAME", oracle.y(v.editioning) AS "EDITIONING_VIEW",
    oracle.y(v.read_only) AS "READ_ONLY", 'N'::varchar(1) AS "CONTAINER_DATA", 'DEFINER'::varchar(12) AS "BEQUEATH", 0::numeric AS "ORIGIN_CON_ID",
    'USING_NLS_COMP'::varchar(100) AS "DEFAULT_COLLATION", 'NO'::varchar(3) AS "CONTAINERS_DEFAULT", 'NO'::varchar(3) AS "CONTAINER_MAP",
    'NO'::varchar(3) AS "EXTENDED_DATA_LINK", 'NO'::varchar(3) AS "EXTENDED_DATA_LINK_MAP", 'NO'::varchar(3) AS "HAS_SENSITIVE_COLUMN", 'NO'::varchar(3) AS "ADMIT_NULL",
    'NO'::varchar(3) AS "PDB_LOCAL_ONLY", o.object_id AS "$ID"
  FROM oracle.views v JOIN oracle.objects o USING (object_id);
SELECT oracle.publish('VIEWS', 'dict_views', comments => 'Description of views accessible to the user');

CREATE VIEW oracle.dict_mviews AS SELECT
    o.owner AS "OWNER", o.name AS "MVIEW_NAME", o.name AS "CONTAINER_NAME", m.query::oracle.long AS "QUERY", octet_length(m.query)::numeric AS "QUERY_LEN",
    'N'::varchar(1) AS "UPDATABLE", NULL::varchar(128) AS "UPDATE_LOG", NULL::varchar(128) AS "MASTER_ROLLBACK_SEG", NULL::varchar(128) AS "MASTER_LINK",
    oracle.y(m.rewrite_enabled) AS "REWRITE_ENABLED", 'GENERAL'::varchar(9) AS "REWRITE_CAPABILITY", m.refresh_mode AS "REFRESH_MODE", m.refresh_method AS "REFRESH_METHOD",
    m.build_mode AS "BUILD_MODE", m.fast_refreshable AS "FAST_REFRESHABLE", m.last_refresh_type AS "LAST_REFRESH_TYPE", m.last_refresh_date AS "LAST_REFRESH_DATE",
    m.last_refresh_date AS "LAST_REFRESH_END_TIME", m.staleness AS "STALENESS", 'NA'::varchar(19) AS "AFTER_FAST_REFRESH", 'N'::varchar(1) AS "UNKNOWN_PREBUILT",
    'N'::varchar(1) AS "UNKNOWN_PLSQL_FUNC", 'N'::varchar(1) AS "UNKNOWN_EXTERNAL_TABLE", 'N'::varchar(1) AS "UNKNOWN_CONSIDER_FRESH", 'N'::varchar(1) AS "UNKNOWN_IMPORT",
    'N'::varchar(1) AS "UNKNOWN_TRUSTED_FD", m.compile_state AS "COMPILE_STATE", 'N'::varchar(1) AS "USE_NO_INDEX", NULL::oracle.date AS "STALE_SINCE",
    0::numeric AS "NUM_PCT_TABLES", NULL::numeric AS "NUM_FRESH_PCT_REGIONS", NULL::numeric AS "NUM_STALE_PCT_REGIONS", 'YES'::varchar(3) AS "SEGMENT_CREATED",
    NULL::varchar(128) AS "EVALUATION_EDITION", NULL::varchar(128) AS "UNUSABLE_BEFORE", NULL::varchar(128) AS "UNUSABLE_BEGINNING",
    'USING_NLS_COMP'::varchar(100) AS "DEFAULT_COLLATION", 'N'::varchar(1) AS "ON_QUERY_COMPUTATION", 'NO'::varchar(3) AS "AUTO", o.object_id AS "$ID"
  FROM oracle.mviews m JOIN oracle.objects o USING (object_id);
SELECT oracle.publish('MVIEWS', 'dict_mviews', omit => '{}', comments => 'All materialized views in the database');

CREATE VIEW oracle.dict_tab_comments AS SELECT
    o.owner AS "OWNER", o.name AS "TABLE_NAME", o.type::varchar(11) AS "TABLE_TYPE",
    c.comments::varchar(4000) AS "COMMENTS",
    0::numeric AS "ORIGIN_CON_ID", o.object_id AS "$ID"
  FROM oracle.objects o LEFT JOIN oracle.comments c ON c.object_id = o.object_id AND c.column_name = ''
  WHERE o.type IN ('TABLE', 'VIEW') AND o.object_id NOT IN (SELECT container_id FROM oracle.mviews);
SELECT oracle.publish('TAB_COMMENTS', 'dict_tab_comments', comments => 'Comments on tables and views accessible to the user');
CREATE VIEW oracle.dict_col_comments AS SELECT
    o.owner AS "OWNER", o.name AS "TABLE_NAME", k.name AS "COLUMN_NAME", c.comments AS "COMMENTS", 0::numeric AS "ORIGIN_CON_ID", o.object_id AS "$ID"
  FROM oracle.objects o JOIN oracle.columns k USING (object_id)
  LEFT JOIN oracle.comments c ON c.object_id = o.object_id AND c.column_name = k.name WHERE k.user_generated;
SELECT oracle.publish('COL_COMMENTS', 'dict_col_comments', comments => 'Comments on columns of accessible tables and views');
CREATE VIEW oracle.dict_mview_comments AS SELECT
    o.owner AS "OWNER", o.name AS "MVIEW_NAME", coalesce(c.comments, format('snapshot table for snapshot %s.%s', o.owner, o.name))::varchar(4000) AS "COMMENTS", o.object_id AS "$ID"
  FROM oracle.mviews m JOIN oracle.objects o USING (object_id) LEFT JOIN oracle.comments c ON c.object_id = o.object_id AND c.column_name = '';
SELECT oracle.publish('MVIEW_COMMENTS', 'dict_mview_comments', comments => 'Comments on materialized views accessible to the user');

-- LAST_NUMBER is the value on disk: beyond what the cache has given out.
CREATE VIEW oracle.dict_sequences AS SELECT
    o.owner AS "SEQUENCE_OWNER", o.name AS "SEQUENCE_NAME", s.min_value AS "MIN_VALUE", s.max_value AS "MAX_VALUE", s.increment_by AS "INCREMENT_BY",
    oracle.y(s.cycle_flag) AS "CYCLE_FLAG", oracle.y(s.order_flag) AS "ORDER_FLAG", s.cache_size AS "CACHE_SIZE",
    CASE WHEN v.last IS NULL THEN s.start_with
         ELSE s.start_with + ceil((abs(v.last - s.start_with) / abs(s.increment_by) + 1) / greatest(s.cache_size, 1)) * greatest(s.cache_size, 1) * s.increment_by END
        AS "LAST_NUMBER",
    'N'::varchar(1) AS "SCALE_FLAG", 'N'::varchar(1) AS "EXTEND_FLAG", 'N'::varchar(1) AS "SHARDED_FLAG", 'N'::varchar(1) AS "SESSION_FLAG",
    oracle.y(s.keep_value) AS "KEEP_VALUE", o.object_id AS "$ID"
  FROM oracle.sequences s JOIN oracle.objects o USING (object_id) 
 CROSS JOIN LATERAL (SELECT CASE WHEN o.type = 'SEQUENCE' THEN pg_sequence_last_value(o.relid)::numeric END AS last) v;
SELECT oracle.publish('SEQUENCES', 'dict_sequences', owner => 'SEQUENCE_OWNER', omit => '{SEQUENCE_OWNER}', comments => 'Description of sequences accessible to the user');

CREATE VIEW oracle.dict_synonyms AS SELECT
    o.owner AS "OWNER", o.name AS "SYNONYM_NAME", s.table_owner AS "TABLE_OWNER", s.table_name AS "TABLE_NAME", s.db_link AS "DB_LINK", 0::numeric AS "ORIGIN_CON_ID",
    o.object_id AS "$ID"
  FROM oracle.synonyms s JOIN oracle.objects o USING (object_id);
SELECT oracle.publish('SYNONYMS', 'dict_synonyms', comments => 'All synonyms for base objects accessible to the user and session');

CREATE VIEW oracle.dict_lobs AS SELECT
    o.owner AS "OWNER", o.name AS "TABLE_NAME", c.name::varchar(4000) AS "COLUMN_NAME",
    format('SYS_LOB%sC%s$$', lpad(o.object_id::text, 10, '0'), lpad(c.attnum::text, 5, '0'))::varchar(128) AS "SEGMENT_NAME", 'USERS'::varchar(30) AS "TABLESPACE_NAME",
    format('SYS_IL%sC%s$$', lpad(o.object_id::text, 10, '0'), lpad(c.attnum::text, 5, '0'))::varchar(128) AS "INDEX_NAME", 8192::numeric AS "CHUNK",
    NULL::numeric AS "PCTVERSION", 900::numeric AS "RETENTION", NULL::numeric AS "FREEPOOLS", 'NO'::varchar(10) AS "CACHE", 'YES'::varchar(7) AS "LOGGING",
    'NO'::varchar(4) AS "ENCRYPT", 'NO'::varchar(6) AS "COMPRESSION", 'NO'::varchar(15) AS "DEDUPLICATION", 'YES'::varchar(3) AS "IN_ROW",
    'ENDIAN NEUTRAL '::varchar(15) AS "FORMAT", oracle.yes(t.partitioning_type IS NOT NULL) AS "PARTITIONED", 'YES'::varchar(3) AS "SECUREFILE",
    'YES'::varchar(3) AS "SEGMENT_CREATED", o.object_id AS "$ID"
  FROM oracle.columns c JOIN oracle.objects o USING (object_id) JOIN oracle.tables t USING (object_id) WHERE c.data_type IN ('CLOB', 'NCLOB', 'BLOB');
SELECT oracle.publish('LOBS', 'dict_lobs', comments => 'Description of LOBs contained in tables accessible to the user');
