-- Triggers. PostgreSQL cannot run PL/SQL in the middle of a statement: a BEFORE ROW trigger reports each row that the statement would
-- change and skips it, and the engine (backend/triggers.py) then runs the PL/SQL and makes the changes row by row. The setting
-- oracle.triggers says what the engine is doing, and with which table; a statement that comes any other way is refused.

CREATE FUNCTION oracle.trigger_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF pg_catalog.split_part(pg_catalog.current_setting('oracle.triggers', true), ':', 2) IS DISTINCT FROM TG_RELID::pg_catalog.text THEN
        RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '3001|unimplemented feature: this change of a table with triggers (flext-oracle-emulator)';
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION oracle.trigger_columns() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF pg_catalog.starts_with(pg_catalog.current_setting('oracle.triggers', true), 'capture:') THEN
        RAISE INFO 'fires|%', TG_ARGV[0];
    END IF;
    RETURN NEW;
END
$$;

CREATE FUNCTION oracle.trigger_capture() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT pg_catalog.starts_with(pg_catalog.current_setting('oracle.triggers', true), 'capture:') THEN
        IF TG_OP OPERATOR(pg_catalog.=) 'DELETE' THEN
            RETURN OLD;
        END IF;
        RETURN NEW;
    END IF;
    RAISE INFO 'row|%|%|%', TG_OP,
        CASE WHEN TG_OP OPERATOR(pg_catalog.<>) 'INSERT' THEN pg_catalog.encode(pg_catalog.record_send(OLD), 'hex') END,
        CASE WHEN TG_OP OPERATOR(pg_catalog.<>) 'DELETE' THEN pg_catalog.encode(pg_catalog.record_send(NEW), 'hex') END;
    RETURN NULL;
END
$$;
