-- Errors, session settings and identity: what every other function stands on.
--
-- An Oracle error travels as SQLSTATE ORA00 with the message 'code|text' (no ORA- prefix); the engine splits it.
-- Session settings are the custom settings oracle.*, set by the engine with set_config. Bodies are parsed when they are
-- created (RETURN ..), so they mean pg_catalog's operators whatever the session's search_path is.

-- VOLATILE: never evaluated early. For CHECK constraints and statements.
CREATE FUNCTION oracle.raise(code int, message text) RETURNS bool LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = code::pg_catalog.text OPERATOR(pg_catalog.||) '|' OPERATOR(pg_catalog.||) message;
END
$$;

-- For the other branch of a CASE in an immutable function. `witness` must be the value that is wrong, never a constant:
-- PostgreSQL would evaluate the call while planning. And the CASE's condition must be immutable too: where it is not, the
-- branch is folded without it (parameters are constants in a custom plan); such functions raise in plpgsql instead.
-- `sample` only carries the type.
CREATE FUNCTION oracle.fail(code int, message text, witness text, sample anyelement) RETURNS anyelement
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = code::pg_catalog.text OPERATOR(pg_catalog.||) '|' OPERATOR(pg_catalog.||) message;
END
$$;

CREATE FUNCTION oracle.setting(name text, fallback text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    RETURN coalesce(nullif(current_setting('oracle.' || name, true), ''), fallback);

CREATE FUNCTION oracle."user"() RETURNS varchar LANGUAGE sql STABLE PARALLEL SAFE
    RETURN coalesce(nullif(current_setting('oracle.user', true), ''), 'SYS')::varchar(128);
CREATE FUNCTION oracle.uid() RETURNS numeric LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (SELECT user_id::numeric FROM oracle.users WHERE username = oracle."user"());

-- The current user, their roles (roles of roles too) and PUBLIC.
CREATE FUNCTION oracle.grantees(name text) RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH RECURSIVE held(role) AS (
        SELECT $1 UNION SELECT g.role::text FROM oracle.role_grants g JOIN held h ON g.grantee OPERATOR(pg_catalog.=) h.role
    )
    SELECT pg_catalog.array_agg(role) OPERATOR(pg_catalog.||) 'PUBLIC'::text FROM held
$$;
CREATE FUNCTION oracle.grantees() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE RETURN oracle.grantees(oracle."user"()::text);

CREATE FUNCTION oracle.has_privilege(VARIADIC names text[]) RETURNS bool LANGUAGE sql STABLE PARALLEL SAFE
    RETURN oracle."user"() = 'SYS' OR EXISTS (
        SELECT FROM oracle.system_privileges p WHERE p.grantee = ANY (oracle.grantees()) AND p.privilege = ANY ($1));

-- CHECK constraints of VARCHAR2, CHAR and RAW columns end in this call.
CREATE FUNCTION oracle.too_large(relid oid, attnum int, actual int, maximum int) RETURNS bool LANGUAGE plpgsql STABLE STRICT AS $$
DECLARE
    name text;
BEGIN
    SELECT pg_catalog.format('"%s"."%s"."%s"', o.owner, o.name, c.name) INTO name
      FROM oracle.objects o JOIN oracle.columns c USING (object_id)
     WHERE o.relid OPERATOR(pg_catalog.=) too_large.relid AND c.attnum OPERATOR(pg_catalog.=) too_large.attnum;
    IF name IS NULL THEN
        -- The storage of a global temporary table
        SELECT pg_catalog.format('"%s"."%s"."%s"', CASE WHEN n.nspname ~ '^pg_temp' THEN oracle.setting('schema', '') ELSE pg_catalog.regexp_replace(n.nspname, '^gtt:', '') END, r.relname, a.attname) INTO name
          FROM pg_catalog.pg_class r JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) r.relnamespace
          JOIN pg_catalog.pg_attribute a ON a.attrelid OPERATOR(pg_catalog.=) r.oid
         WHERE r.oid OPERATOR(pg_catalog.=) too_large.relid AND a.attnum OPERATOR(pg_catalog.=) too_large.attnum;
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'ORA00',
        MESSAGE = pg_catalog.format('12899|value too large for column %s (actual: %s, maximum: %s)', name, actual, maximum);
END
$$;
