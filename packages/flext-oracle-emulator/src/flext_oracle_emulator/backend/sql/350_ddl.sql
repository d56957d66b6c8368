-- What data definition needs besides the metadata tables: rows of global temporary tables, and what views refer to.

-- The unqualified names in a view's text: a new object of such a name may make an invalid view valid again.
CREATE TABLE oracle.view_references (
    object_id int NOT NULL REFERENCES oracle.objects ON DELETE CASCADE,
    name      varchar(128) NOT NULL,
    PRIMARY KEY (object_id, name)
);

-- A global temporary table is a view over an unlogged table in schema "gtt:<owner>" that holds the rows of all sessions, told
-- apart by this key. Unique among all backends that ever were: start in milliseconds, then the process id (below 2^22).
CREATE FUNCTION oracle.session_keys(pid int) RETURNS TABLE (key int8) LANGUAGE sql STABLE AS $$
    SELECT (((extract(epoch FROM backend_start) OPERATOR(pg_catalog.*) 1000)::int8 OPERATOR(pg_catalog.-) 1700000000000)
            OPERATOR(pg_catalog.<<) 22) OPERATOR(pg_catalog.|) pid::int8
      FROM pg_catalog.pg_stat_get_activity($1)
$$;
CREATE FUNCTION oracle.make_session_key() RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN pg_catalog.set_config('oracle.session_key', (SELECT key::text FROM oracle.session_keys(pg_catalog.pg_backend_pid())), false);
END
$$;
CREATE FUNCTION oracle.session_key() RETURNS int8 LANGUAGE sql STABLE
    RETURN coalesce(nullif(current_setting('oracle.session_key', true), ''), oracle.make_session_key())::int8;

-- ON COMMIT DELETE ROWS: a transaction only sees rows that carry its own number; this removes those of the session's earlier ones.
CREATE FUNCTION oracle.clear_transaction_rows() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    EXECUTE format('DELETE FROM %I.%I WHERE "SESSION$" = $1 AND "TX$" < $2', TG_TABLE_SCHEMA, TG_TABLE_NAME)
        USING oracle.session_key(), pg_current_xact_id();
    RETURN NULL;
END
$$;

-- WITH READ ONLY.
CREATE FUNCTION oracle.refuse_dml() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM oracle.raise(42399, 'cannot perform a DML operation on a read-only view');
    RETURN NULL;
END
$$;

-- READ ONLY tables: the table is named as it is now.
CREATE FUNCTION oracle.refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    PERFORM oracle.raise(12081, format('update operation not allowed on table "%s"."%s"', owner, name))
       FROM oracle.objects WHERE relid = TG_RELID;
    RETURN NULL;
END
$$;

-- UNUSABLE indexes that keep values unique: an index that was dropped no longer stands in the way.
CREATE FUNCTION oracle.refuse_unusable() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
    index_id int := TG_ARGV[0];
    index_name text;
    keys text[];
BEGIN
    SELECT o.owner || '.' || o.name, array_agg(c.column_name::text) INTO index_name, keys
      FROM oracle.indexes i JOIN oracle.objects o USING (object_id) JOIN oracle.index_columns c USING (object_id)
     WHERE i.object_id = index_id AND i.status = 'UNUSABLE' GROUP BY o.owner, o.name;
    IF index_name IS NOT NULL AND current_setting('oracle.pass_unusable', true) IS DISTINCT FROM 'on' AND (TG_OP <> 'UPDATE' OR EXISTS (
        SELECT FROM unnest(keys) AS key WHERE to_jsonb(OLD) -> key IS DISTINCT FROM to_jsonb(NEW) -> key))
    THEN
        PERFORM oracle.raise(1502, format('index ''%s'' or partition of such index is in unusable state', index_name));
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END
$$;

-- Equality that the planner expects to hold for most rows, not for one of many: see ddl/temporary.py.
CREATE OPERATOR oracle.=== (
    FUNCTION = pg_catalog.int8eq, LEFTARG = int8, RIGHTARG = int8, COMMUTATOR = OPERATOR(oracle.===), RESTRICT = neqsel
);
CREATE OPERATOR oracle.=== (
    FUNCTION = pg_catalog.xid8eq, LEFTARG = xid8, RIGHTARG = xid8, COMMUTATOR = OPERATOR(oracle.===), RESTRICT = neqsel
);

-- A row may leave its partition only if the table allows ROW MOVEMENT.
CREATE FUNCTION oracle.refuse_row_movement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM oracle.raise(14402, 'updating partition key column would cause a partition change');
    RETURN NULL;
END
$$;
