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
