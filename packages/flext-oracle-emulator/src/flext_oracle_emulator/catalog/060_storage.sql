-- Statistics, segments, extents, tablespaces.

CREATE VIEW oracle.dict_tab_statistics AS SELECT
    o.owner AS "OWNER", o.name AS "TABLE_NAME", NULL::varchar(128) AS "PARTITION_NAME", NULL::numeric AS "PARTITION_POSITION", NULL::varchar(128) AS "SUBPARTITION_NAME",
    NULL::numeric AS "SUBPARTITION_POSITION", 'TABLE'::varchar(12) AS "OBJECT_TYPE", t.num_rows AS "NUM_ROWS", t.blocks AS "BLOCKS", CASE WHEN t.last_analyzed IS NOT NULL THEN 0 END::numeric AS "EMPTY_BLOCKS",
    CASE WHEN t.last_analyzed IS NOT NULL THEN 0 END::numeric AS "AVG_SPACE", CASE WHEN t.last_analyzed IS NOT NULL THEN 0 END::numeric AS "CHAIN_CNT", t.avg_row_len AS "AVG_ROW_LEN",
    NULL::numeric AS "AVG_SPACE_FREELIST_BLOCKS", NULL::numeric AS "NUM_FREELIST_BLOCKS", NULL::numeric AS "AVG_CACHED_BLOCKS", NULL::numeric AS "AVG_CACHE_HIT_RATIO",
    NULL::numeric AS "IM_IMCU_COUNT", NULL::numeric AS "IM_BLOCK_COUNT", NULL::oracle.ts AS "IM_STAT_UPDATE_TIME", NULL::numeric AS "SCAN_RATE", t.sample_size AS "SAMPLE_SIZE",
    t.last_analyzed AS "LAST_ANALYZED", oracle.yes(t.last_analyzed IS NOT NULL) AS "GLOBAL_STATS", 'NO'::varchar(3) AS "USER_STATS", t.stattype_locked AS "STATTYPE_LOCKED",
    (CASE WHEN t.last_analyzed IS NOT NULL THEN 'NO' END)::varchar(7) AS "STALE_STATS", NULL::varchar(25) AS "NOTES", 'SHARED'::varchar(7) AS "SCOPE", o.object_id AS "$ID"
  FROM oracle.tables t JOIN oracle.objects o USING (object_id);
SELECT oracle.publish('TAB_STATISTICS', 'dict_tab_statistics', comments => 'Optimizer statistics for all tables accessible to the user');

-- Changes since statistics were gathered, as PostgreSQL counts them (a little behind, as Oracle's are until flushed).
CREATE VIEW oracle.dict_tab_modifications AS SELECT
    o.owner AS "TABLE_OWNER", o.name AS "TABLE_NAME", NULL::varchar(128) AS "PARTITION_NAME", NULL::varchar(128) AS "SUBPARTITION_NAME", s.n_tup_ins::numeric AS "INSERTS",
    s.n_tup_upd::numeric AS "UPDATES", s.n_tup_del::numeric AS "DELETES", oracle.sysdate() AS "TIMESTAMP", 'NO'::varchar(3) AS "TRUNCATED", 0::numeric AS "DROP_SEGMENTS", o.object_id AS "$ID"
  FROM oracle.tables t JOIN oracle.objects o USING (object_id) JOIN pg_stat_all_tables s ON s.relid = o.relid
 WHERE NOT o.oracle_maintained AND s.n_tup_ins + s.n_tup_upd + s.n_tup_del > 0;
SELECT oracle.publish('TAB_MODIFICATIONS', 'dict_tab_modifications', owner => 'TABLE_OWNER', omit => '{TABLE_OWNER}', comments => 'Information regarding modifications to tables');

-- A table's blocks as its ROWIDs have them: 1024 rows a block, in file 1. Their number comes from the sequence behind "ROWID$".
CREATE FUNCTION oracle.rowid_blocks(relid oid) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT coalesce(max(((pg_sequence_last_value(d.objid) & 4398046511103) >> 10) + 1), 8)::numeric
      FROM pg_depend d JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid AND a.attname = 'ROWID$'
     WHERE d.refobjid = $1 AND d.refclassid = 'pg_class'::regclass AND d.classid = 'pg_class'::regclass AND d.deptype = 'i'
$$;
CREATE VIEW oracle.dict_segments AS SELECT
    o.owner AS "OWNER", o.name AS "SEGMENT_NAME", NULL::varchar(128) AS "PARTITION_NAME", o.type::varchar(18) AS "SEGMENT_TYPE", 'ASSM'::varchar(10) AS "SEGMENT_SUBTYPE",
    coalesce(t.tablespace_name, i.tablespace_name, 'USERS')::varchar(30) AS "TABLESPACE_NAME", 1::numeric AS "HEADER_FILE", 0::numeric AS "HEADER_BLOCK",
    b.blocks * 8192 AS "BYTES", b.blocks AS "BLOCKS", ceil(b.blocks / 128) AS "EXTENTS", 65536::numeric AS "INITIAL_EXTENT", 1048576::numeric AS "NEXT_EXTENT", 1::numeric AS "MIN_EXTENTS",
    2147483645::numeric AS "MAX_EXTENTS", 'DEFAULT'::varchar(7) AS "BUFFER_POOL", o.object_id AS "$ID", o.relid AS "$RELID"
  FROM oracle.objects o LEFT JOIN oracle.tables t USING (object_id) LEFT JOIN oracle.indexes i USING (object_id)
  CROSS JOIN LATERAL (SELECT CASE o.type WHEN 'TABLE' THEN oracle.rowid_blocks(o.relid) ELSE greatest(pg_relation_size(o.relid) / 8192, 8)::numeric END AS blocks) b
 WHERE o.type IN ('TABLE', 'INDEX') AND NOT o.temporary AND NOT o.oracle_maintained AND o.relid IS NOT NULL;
SELECT oracle.publish('SEGMENTS', 'dict_segments', prefixes => '{DBA,USER}');
CREATE VIEW oracle.dict_extents AS SELECT
    s."OWNER", s."SEGMENT_NAME", s."PARTITION_NAME", s."SEGMENT_TYPE", s."TABLESPACE_NAME", e.n::numeric AS "EXTENT_ID", 1::numeric AS "FILE_ID", (e.n * 128)::numeric AS "BLOCK_ID",
    least(128, s."BLOCKS" - e.n * 128) * 8192 AS "BYTES", least(128, s."BLOCKS" - e.n * 128) AS "BLOCKS", 1::numeric AS "RELATIVE_FNO", s."$ID"
  FROM oracle.dict_segments s CROSS JOIN LATERAL generate_series(0, s."EXTENTS"::int - 1) AS e(n);
SELECT oracle.publish('EXTENTS', 'dict_extents', prefixes => '{DBA}');
CREATE VIEW "SYS"."USER_EXTENTS" AS SELECT "SEGMENT_NAME", "PARTITION_NAME", "SEGMENT_TYPE", "TABLESPACE_NAME", "EXTENT_ID", "BYTES", "BLOCKS" FROM oracle.dict_extents WHERE "OWNER" = oracle."user"();
SELECT oracle.publish_one('USER_EXTENTS');

CREATE VIEW oracle.dict_tablespaces AS SELECT
    v.name::varchar(30) AS "TABLESPACE_NAME", 8192::numeric AS "BLOCK_SIZE", 65536::numeric AS "INITIAL_EXTENT", NULL::numeric AS "NEXT_EXTENT", 1::numeric AS "MIN_EXTENTS", 2147483645::numeric AS "MAX_EXTENTS",
    2147483645::numeric AS "MAX_SIZE", NULL::numeric AS "PCT_INCREASE", 65536::numeric AS "MIN_EXTLEN", 'ONLINE'::varchar(9) AS "STATUS", v.contents::varchar(21) AS "CONTENTS",
    'LOGGING'::varchar(9) AS "LOGGING", 'NO'::varchar(3) AS "FORCE_LOGGING", 'LOCAL'::varchar(10) AS "EXTENT_MANAGEMENT", 'SYSTEM'::varchar(9) AS "ALLOCATION_TYPE", 'NO'::varchar(3) AS "PLUGGED_IN",
    'AUTO'::varchar(6) AS "SEGMENT_SPACE_MANAGEMENT", 'DISABLED'::varchar(8) AS "DEF_TAB_COMPRESSION", 'NOT APPLY'::varchar(11) AS "RETENTION", 'NO'::varchar(3) AS "BIGFILE",
    'HOST'::varchar(7) AS "PREDICATE_EVALUATION", 'NO'::varchar(3) AS "ENCRYPTED", NULL::varchar(30) AS "COMPRESS_FOR"
  FROM oracle.tablespaces v;
SELECT oracle.publish('TABLESPACES', 'dict_tablespaces', prefixes => '{DBA}');
CREATE VIEW "SYS"."USER_TABLESPACES" AS SELECT * FROM oracle.dict_tablespaces;
SELECT oracle.publish_one('USER_TABLESPACES');
CREATE VIEW "SYS"."DBA_DATA_FILES" AS SELECT format('/opt/oracle/oradata/FREE/FREEPDB1/%s01.dbf', lower("TABLESPACE_NAME"))::varchar(513) AS "FILE_NAME", row_number() OVER ()::numeric AS "FILE_ID",
    "TABLESPACE_NAME", 104857600::numeric AS "BYTES", 12800::numeric AS "BLOCKS", 'AVAILABLE'::varchar(9) AS "STATUS", row_number() OVER ()::numeric AS "RELATIVE_FNO", 'YES'::varchar(3) AS "AUTOEXTENSIBLE",
    34359721984::numeric AS "MAXBYTES" FROM oracle.dict_tablespaces WHERE "CONTENTS" <> 'TEMPORARY';
CREATE VIEW "SYS"."DBA_FREE_SPACE" AS SELECT "TABLESPACE_NAME", 1::numeric AS "FILE_ID", 0::numeric AS "BLOCK_ID", 1073741824::numeric AS "BYTES", 131072::numeric AS "BLOCKS", 1::numeric AS "RELATIVE_FNO"
  FROM oracle.dict_tablespaces WHERE "CONTENTS" = 'PERMANENT';
SELECT oracle.publish_one('DBA_DATA_FILES', false), oracle.publish_one('DBA_FREE_SPACE', false);
