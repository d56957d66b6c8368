-- DML error logging: one row in a subtransaction; what refuses it is written to the error table instead.

-- PostgreSQL's refusal as Oracle's number and text; NULL for what is no fault of the row.
CREATE FUNCTION oracle.row_error(state text, message text, detail text, schema text, relation text, attribute text, violated text,
    OUT code int, OUT reason text) LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
    named text;
BEGIN
    IF state = 'ORA00' THEN
        code := split_part(message, '|', 1)::int;
        reason := split_part(substr(message, strpos(message, '|') + 1), E'\n', 1);
        RETURN;
    END IF;
    SELECT k.owner || '.' || k.name INTO named FROM oracle.constraints k JOIN oracle.objects o USING (object_id)
     WHERE k.pg_name = violated AND o.owner = schema AND o.name = relation;
    named := coalesce(named, schema || '.' || violated);
    CASE state
        WHEN '23505' THEN code := 1; reason := format('unique constraint (%s) violated', named);
        WHEN '23502' THEN code := 1400; reason := format('cannot insert NULL into ("%s"."%s"."%s")', schema, relation, attribute);
        WHEN '23503' THEN code := 2291; reason := format('integrity constraint (%s) violated - parent key not found', named);
        WHEN '23514' THEN code := 2290; reason := format('check constraint (%s) violated', named);
        WHEN '22003' THEN code := 1438; reason := 'value larger than specified precision allowed for this column';
        WHEN '22001' THEN code := 12899; reason := 'value too large for column';
        WHEN '22P02' THEN code := 1722; reason := 'invalid number';
        WHEN '22012' THEN code := 1476; reason := 'divisor is equal to zero';
        ELSE NULL;
    END CASE;
END
$$;

-- 1 if the row went in. `reject_limit` NULL is UNLIMITED; beyond it the statement fails with the row's error.
CREATE FUNCTION oracle.insert_or_log(row_values json, one text, logged text, tag text, reject_limit numeric) RETURNS int LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    problem record;
    state text;
    message text;
    detail text;
    schema_at text;
    table_at text;
    column_at text;
    constraint_at text;
    rejects int;
BEGIN
    EXECUTE one USING row_values;
    RETURN 1;
EXCEPTION
    WHEN data_exception OR integrity_constraint_violation OR SQLSTATE 'ORA00' THEN
        GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, schema_at = SCHEMA_NAME,
            table_at = TABLE_NAME, column_at = COLUMN_NAME, constraint_at = CONSTRAINT_NAME;
        problem := oracle.row_error(state, message, detail, schema_at, table_at, column_at, constraint_at);
        rejects := pg_catalog.current_setting('oracle.rejects')::pg_catalog.int4 OPERATOR(pg_catalog.+) 1;
        IF problem.code IS NULL OR rejects::pg_catalog.numeric OPERATOR(pg_catalog.>) reject_limit THEN
            IF problem.code IS NULL THEN
                RAISE;
            END IF;
            RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = pg_catalog.format('%s|%s', problem.code, problem.reason);
        END IF;
        PERFORM pg_catalog.set_config('oracle.rejects', rejects::pg_catalog.text, true);
        EXECUTE logged USING row_values, problem.code::pg_catalog.numeric,
            pg_catalog.format(E'ORA-%s: %s\n', pg_catalog.lpad(problem.code::pg_catalog.text, 5, '0'), problem.reason), tag;
        RETURN 0;
END
$$;
