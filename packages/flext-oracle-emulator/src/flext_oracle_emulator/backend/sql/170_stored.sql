-- Stored functions in SQL. PostgreSQL cannot call the PL/SQL interpreter in the middle of a statement, so results are computed between
-- two runs of it (backend/stored_calls.py): a call whose result is not known yet says so in a message, which no rollback takes back, and
-- is NULL for this run. Results stand in a temporary table, each in the column of its type.
DO $$
DECLARE
    kind text;
BEGIN
    FOREACH kind IN ARRAY '{numeric,text,timestamp,bytea,float8}'::text[] LOOP
        EXECUTE format($create$
            CREATE FUNCTION oracle.stored_%1$s(call text, arguments text) RETURNS %1$s LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE AS $body$
            DECLARE
                digest_of pg_catalog.text := pg_catalog.md5(arguments);
                known pg_catalog.record;
            BEGIN
                SELECT m.pending, m.error, m.r_%1$s AS result INTO known FROM pg_temp.plsql_results m
                 WHERE m.call OPERATOR(pg_catalog.=) stored_%1$s.call AND m.digest OPERATOR(pg_catalog.=) digest_of;
                IF NOT FOUND THEN
                    INSERT INTO pg_temp.plsql_results (call, digest, pending) VALUES (stored_%1$s.call, digest_of, true);
                    RAISE INFO 'plsql|%%|%%', stored_%1$s.call, arguments;
                    RETURN NULL;
                END IF;
                IF known.error IS NOT NULL THEN
                    RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = known.error;
                END IF;
                RETURN known.result;
            END
            $body$
        $create$, kind);
    END LOOP;
END
$$;
