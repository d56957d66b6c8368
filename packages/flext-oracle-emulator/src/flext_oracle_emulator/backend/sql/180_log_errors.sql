-- DML error logging: one row in a subtransaction; what refuses it is written to the error table instead.

-- PostgreSQL's refusal as Oracle's number and text; NULL for what is no fault of the row.
CREATE FUNCTION oracle.row_error(state text, message text, detail text, schema text, relation text, attribute text, violated text, is_update bool,
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
    IF named IS NULL THEN
        SELECT k.owner || '.' || k.name INTO named FROM oracle.constraints k
         WHERE k.pg_name = violated AND k.owner = schema AND k.type = 'R';
    END IF;
    named := coalesce(named, schema || '.' || violated);
    CASE state
        WHEN '23505' THEN code := 1; reason := format('unique constraint (%s) violated', named);
        WHEN '23502' THEN
            code := CASE WHEN is_update THEN 1407 ELSE 1400 END;
            reason := format(CASE WHEN is_update THEN 'cannot update ("%s"."%s"."%s") to NULL' ELSE 'cannot insert NULL into ("%s"."%s"."%s")' END, schema, relation, attribute);
        WHEN '23503' THEN
            code := CASE WHEN detail ~ 'still referenced' THEN 2292 ELSE 2291 END;
            reason := format('integrity constraint (%s) violated - %s', named, CASE code WHEN 2292 THEN 'child record found' ELSE 'parent key not found' END);
        WHEN '23514' THEN code := 2290; reason := format('check constraint (%s) violated', named);
        WHEN '22003' THEN code := 1438; reason := 'value larger than specified precision allowed for this column';
        WHEN '22001' THEN code := 12899; reason := 'value too large for column';
        WHEN '22P02' THEN code := 1722; reason := 'invalid number';
        WHEN '22012' THEN code := 1476; reason := 'divisor is equal to zero';
        ELSE NULL;
    END CASE;
END
$$;

-- ORA-30926: MERGE may not change a row twice.
CREATE FUNCTION oracle.stable(times int8) RETURNS bool LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF times OPERATOR(pg_catalog.>) 1 THEN
        RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '30926|unable to get a stable set of rows in the source tables';
    END IF;
    RETURN true;
END
$$;

-- How many rows the statement `one` changed; 0 if its row was refused and logged. `reject_limit` NULL is UNLIMITED; beyond it the statement
-- fails with the row's error, and so it does when an update violates a unique key. `counter` is the setting that counts the refused rows.
CREATE FUNCTION oracle.change_or_log(row_values json, one text, logged text, tag text, reject_limit numeric, counter text) RETURNS int LANGUAGE plpgsql VOLATILE AS $$
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
    done int;
    is_update bool := one ~ '^UPDATE' OR (one ~ '^MERGE' AND row_values OPERATOR(pg_catalog.->>) 'rid' IS NOT NULL);
BEGIN
    EXECUTE one USING row_values;
    GET DIAGNOSTICS done = ROW_COUNT;
    RETURN done;
EXCEPTION
    WHEN data_exception OR integrity_constraint_violation OR SQLSTATE 'ORA00' THEN
        GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, schema_at = SCHEMA_NAME,
            table_at = TABLE_NAME, column_at = COLUMN_NAME, constraint_at = CONSTRAINT_NAME;
        problem := oracle.row_error(state, message, detail, schema_at, table_at, column_at, constraint_at, is_update);
        rejects := pg_catalog.current_setting(counter)::pg_catalog.int4 OPERATOR(pg_catalog.+) 1;
        IF problem.code IS NULL OR (problem.code OPERATOR(pg_catalog.=) 1 AND is_update) OR rejects::pg_catalog.numeric OPERATOR(pg_catalog.>) reject_limit THEN
            IF problem.code IS NULL THEN
                RAISE;
            END IF;
            RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = pg_catalog.format('%s|%s', problem.code, problem.reason);
        END IF;
        PERFORM pg_catalog.set_config(counter, rejects::pg_catalog.text, true);
        EXECUTE logged USING row_values, problem.code::pg_catalog.numeric,
            pg_catalog.format(E'ORA-%s: %s\n', pg_catalog.lpad(problem.code::pg_catalog.text, 5, '0'), problem.reason), tag;
        RETURN 0;
END
$$;
