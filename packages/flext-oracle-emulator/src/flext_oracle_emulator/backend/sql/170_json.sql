-- JSON: documents are text. Objects and arrays leave as text in the order of the document and without blanks, which jsonb
-- cannot do; so there is a small path walker over `json`.

-- Oracle reads JSON laxly: names without quotes, single quotes, TRUE, numbers like +.5 and a comma at the end are right. As strict
-- JSON; NULL if it is none.
CREATE FUNCTION oracle.json_lax(document text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    tokens text[];
    token text;
    following text;
    parts text[] := '{}';
    read int := 0;
BEGIN
    IF document IS NULL OR document IS JSON THEN
        RETURN document;
    END IF;
    tokens := ARRAY(SELECT m[1] FROM regexp_matches(document, '("(?:[^"\\]|\\.)*"|''(?:[^''\\]|\\.)*''|[][{},:]|[^][[:space:]{},:"'']+|\s+)', 'g') AS m);
    FOREACH token IN ARRAY tokens LOOP
        read := read + length(token);
    END LOOP;
    tokens := ARRAY(SELECT t FROM unnest(tokens) AS t WHERE t !~ '^\s+$');
    IF read <> length(document) THEN
        RETURN NULL;
    END IF;
    FOR i IN 1 .. cardinality(tokens) LOOP
        token := tokens[i];
        following := tokens[i + 1];
        IF token = ',' AND following IN ('}', ']') THEN
            CONTINUE;
        ELSIF left(token, 1) = '''' THEN
            token := '"' || replace(regexp_replace(substr(token, 2, length(token) - 2), '\\''', '''', 'g'), '"', '\"') || '"';
        ELSIF token ~ '^[^][{},:"]' THEN
            IF following = ':' THEN
                IF token !~ '^[[:alpha:]_$][[:alnum:]_$]*$' THEN
                    RETURN NULL;
                END IF;
                token := '"' || token || '"';
            ELSIF lower(token) IN ('true', 'false', 'null') THEN
                token := lower(token);
            ELSIF token ~ '^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$' THEN
                token := oracle.plain(token::numeric);
            ELSE
                RETURN NULL;
            END IF;
        END IF;
        parts := array_append(parts, token);
    END LOOP;
    token := array_to_string(parts, ' ');
    RETURN CASE WHEN token IS JSON THEN token END;
END
$$;
-- Whether text that is no JSON by PostgreSQL's test is JSON by Oracle's.
CREATE FUNCTION oracle.json_is_lax(document text, kinds text[], single bool) RETURNS bool LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    exact text := oracle.json_lax(document);
BEGIN
    RETURN exact IS NOT NULL AND (NOT single OR exact IS JSON WITH UNIQUE KEYS)
        AND (cardinality(kinds) = 0 OR CASE WHEN exact IS JSON OBJECT THEN 'object' WHEN exact IS JSON ARRAY THEN 'array' ELSE 'scalar' END = ANY (kinds));
END
$$;
-- (plpgsql, because a cast of a constant in SQL would be evaluated whatever the test before it says.)
CREATE FUNCTION oracle.json_document(document text) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RETURN oracle.json_lax(document)::jsonb;
END
$$;
CREATE FUNCTION oracle.json_strict(document text) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    IF document IS NOT NULL AND oracle.json_lax(document) IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '40441|JSON syntax error';
    END IF;
    RETURN oracle.json_lax(document)::jsonb;
END
$$;
CREATE FUNCTION oracle.json_read(document text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    PERFORM oracle.json_strict(document);
    RETURN oracle.json_lax(document);
END
$$;
-- A scalar as text; what else a path may lead to is NULL or an error.
CREATE FUNCTION oracle.json_scalar(value jsonb, strict bool) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    IF pg_catalog.jsonb_typeof(value) IN ('object', 'array') THEN
        IF strict THEN
            RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '40456|JSON_VALUE evaluated to non-scalar value';
        END IF;
        RETURN NULL;
    END IF;
    RETURN value #>> '{}';
END
$$;
CREATE FUNCTION oracle.json_compact(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN pg_catalog.regexp_replace($1, '("(?:[^"\\]|\\.)*")|\s+', '\1', 'g');
CREATE FUNCTION oracle.json_checked(document text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    PERFORM oracle.json_strict(document);
    RETURN document;
END
$$;
-- `size` is in bytes, as VARCHAR2's.
CREATE FUNCTION oracle.json_sized(value text, size int, strict bool) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN octet_length($1) <= $2 THEN $1 WHEN $1 IS NULL THEN NULL WHEN NOT $3 THEN NULL
                ELSE oracle.fail(40478, 'output value too large (maximum: ' || $2 || ')', $1, NULL::text) END;
-- ISO 8601 as TIMESTAMP WITH TIME ZONE; without a zone it is UTC.
CREATE FUNCTION oracle.json_moment(s text, strict bool) RETURNS oracle.tstz LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    m text[] := regexp_match(s, '^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))?)?(Z|[+-]\d\d:?\d\d)?$', 'i');
BEGIN
    IF s IS NULL THEN
        RETURN NULL;
    ELSIF m IS NULL THEN
        IF strict THEN
            RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '1861|literal does not match format string';
        END IF;
        RETURN NULL;
    END IF;
    RETURN oracle.to_timestamp_tz(m[1] || ' ' || coalesce(m[2], '00:00:00') || '.' || coalesce(m[3], '0') || ' '
        || CASE WHEN m[4] IS NULL OR upper(m[4]) = 'Z' THEN '+00:00' ELSE left(m[4], 3) || ':' || right(m[4], 2) END, 'YYYY-MM-DD HH24:MI:SS.FF TZR');
EXCEPTION
    WHEN SQLSTATE 'ORA00' THEN
        IF strict THEN
            RAISE;
        END IF;
        RETURN NULL;
END
$$;

-- The items that plain steps lead to, lax: a field of an array is that of its elements, an element of anything else is itself.
CREATE FUNCTION oracle.json_items(document json, steps text[]) RETURNS json[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    items json[] := ARRAY[document];
    next json[];
    objects json[];
    item json;
    step text;
    bounds text[];
    first int;
    last int;
    size int;
BEGIN
    FOREACH step IN ARRAY steps LOOP
        next := '{}';
        FOREACH item IN ARRAY items LOOP
            IF left(step, 1) = '.' THEN
                objects := CASE json_typeof(item) WHEN 'object' THEN ARRAY[item]
                    WHEN 'array' THEN (SELECT coalesce(array_agg(e.value ORDER BY e.ordinality), '{}') FROM json_array_elements(item) WITH ORDINALITY AS e
                                        WHERE json_typeof(e.value) = 'object') ELSE '{}' END;
                IF step = '.*' THEN
                    next := next || (SELECT coalesce(array_agg(m.value), '{}') FROM unnest(objects) AS o, json_each(o) AS m);
                ELSE
                    next := next || (SELECT coalesce(array_agg(o -> substr(step, 2)), '{}') FROM unnest(objects) AS o WHERE (o -> substr(step, 2)) IS NOT NULL);
                END IF;
            ELSIF json_typeof(item) <> 'array' THEN
                next := CASE WHEN step IN ('[*]', '[0]', '[last]') OR step LIKE '[0 to %' THEN next || item ELSE next END;
            ELSE
                size := json_array_length(item);
                IF step = '[*]' THEN
                    first := 0;
                    last := size - 1;
                ELSE
                    bounds := string_to_array(replace(btrim(step, '[]'), 'last', (size - 1)::text), ' to ');
                    first := bounds[1]::int;
                    last := least(coalesce(bounds[2], bounds[1])::int, size - 1);
                END IF;
                next := next || (SELECT coalesce(array_agg(item -> n ORDER BY n), '{}') FROM generate_series(first, last) AS n);
            END IF;
        END LOOP;
        items := next;
    END LOOP;
    RETURN items;
END
$$;

CREATE FUNCTION oracle.json_query(document text, steps text[], path jsonpath, wrapper text, on_error text, on_empty text, scalars bool) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    items json[];
    problem text;
    action text := on_error;
BEGIN
    IF document IS NULL THEN
        RETURN NULL;
    END IF;
    document := oracle.json_lax(document);
    IF document IS NULL THEN
        problem := '40441|JSON syntax error';
    ELSE
        IF steps IS NULL THEN
            SELECT array_agg(q.item::json) INTO items FROM jsonb_path_query(document::jsonb, path) AS q(item);
        ELSE
            items := oracle.json_items(document::json, steps);
        END IF;
        IF coalesce(cardinality(items), 0) = 0 THEN
            problem := '40462|JSON_QUERY evaluated to no value';
            action := on_empty;
        ELSIF wrapper = 'WITH UNCONDITIONAL' OR wrapper = 'WITH'
            OR (wrapper = 'WITH CONDITIONAL' AND (cardinality(items) > 1 OR json_typeof(items[1]) NOT IN ('object', 'array'))) THEN
            RETURN oracle.json_compact('[' || array_to_string(items, ',') || ']');
        ELSIF cardinality(items) > 1 OR (NOT scalars AND json_typeof(items[1]) NOT IN ('object', 'array')) THEN
            problem := '40480|result cannot be returned without array wrapper';
        ELSE
            RETURN oracle.json_compact(items[1]::text);
        END IF;
    END IF;
    IF action = 'ERROR' THEN
        RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = problem;
    END IF;
    RETURN CASE action WHEN 'EMPTY' THEN '[]' WHEN 'EMPTY ARRAY' THEN '[]' WHEN 'EMPTY OBJECT' THEN '{}' END;
END
$$;

-- What the simple dot notation gives: a scalar's text, an object or array as JSON, several items as an array.
CREATE FUNCTION oracle.json_dotted(document text, steps text[], as_json bool) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    items json[];
BEGIN
    IF oracle.json_lax(document) IS NULL THEN
        RETURN NULL;
    END IF;
    items := oracle.json_items(oracle.json_lax(document)::json, steps);
    RETURN CASE WHEN cardinality(items) = 0 THEN NULL WHEN cardinality(items) > 1 THEN oracle.json_compact('[' || array_to_string(items, ',') || ']')
        WHEN json_typeof(items[1]) IN ('object', 'array') OR as_json THEN oracle.json_compact(items[1]::text) ELSE items[1] #>> '{}' END;
END
$$;

CREATE FUNCTION oracle.json_number(text) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN $1 ~ '^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$' THEN $1::numeric END;

-- PRETTY: two blanks a level, `"key" : value`.
CREATE FUNCTION oracle.json_pretty(document json, level int) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    lines text;
    indent text := repeat('  ', level + 1);
BEGIN
    CASE json_typeof(document)
        WHEN 'object' THEN
            SELECT string_agg(indent || to_json(m.key)::text || ' : ' || CASE WHEN json_typeof(m.value) IN ('object', 'array') THEN E'\n' || indent ELSE '' END
                || oracle.json_pretty(m.value, level + 1), E',\n') INTO lines FROM json_each(document) AS m;
            RETURN CASE WHEN lines IS NULL THEN '{}' ELSE E'{\n' || lines || E'\n' || repeat('  ', level) || '}' END;
        WHEN 'array' THEN
            SELECT string_agg(indent || oracle.json_pretty(e.value, level + 1), E',\n' ORDER BY e.ordinality) INTO lines
              FROM json_array_elements(document) WITH ORDINALITY AS e;
            RETURN CASE WHEN lines IS NULL THEN '[]' ELSE E'[\n' || lines || E'\n' || repeat('  ', level) || ']' END;
        ELSE
            RETURN document::text;
    END CASE;
END
$$;
CREATE FUNCTION oracle.json_pretty(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE WHEN $1 IS JSON THEN oracle.json_pretty($1::json, 0) END;

-- RFC 7396: members of the patch replace, null removes.
CREATE FUNCTION oracle.json_merge(target text, patch text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    members text[] := '{}';
    m record;
    replacement json;
BEGIN
    IF target IS NULL OR patch IS NULL THEN
        RETURN NULL;
    END IF;
    target := oracle.json_lax(target);
    patch := oracle.json_lax(patch);
    IF target IS NULL OR patch IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '40441|JSON syntax error';
    ELSIF json_typeof(patch::json) <> 'object' THEN
        RETURN oracle.json_compact(patch);
    END IF;
    IF json_typeof(target::json) <> 'object' THEN
        target := '{}';
    END IF;
    FOR m IN SELECT * FROM json_each(target::json) LOOP
        replacement := patch::json -> m.key;
        CONTINUE WHEN json_typeof(replacement) = 'null';
        members := members || (to_json(m.key)::text || ':' || CASE WHEN replacement IS NULL THEN m.value::text
            WHEN json_typeof(replacement) = 'object' THEN oracle.json_merge(m.value::text, replacement::text) ELSE replacement::text END);
    END LOOP;
    FOR m IN SELECT * FROM json_each(patch::json) AS p WHERE (target::json -> p.key) IS NULL AND json_typeof(p.value) <> 'null' LOOP
        members := members || (to_json(m.key)::text || ':' || CASE WHEN json_typeof(m.value) = 'object' THEN oracle.json_merge('{}', m.value::text) ELSE m.value::text END);
    END LOOP;
    RETURN oracle.json_compact('{' || array_to_string(members, ',') || '}');
END
$$;

-- Values as JSON text.
CREATE FUNCTION oracle.json_text(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN to_json($1)::text;
CREATE FUNCTION oracle.json_text(numeric) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE WHEN oracle.plain(trim_scale($1)) ~ '^-?.{1,40}$' THEN oracle.plain(trim_scale($1)) ELSE oracle.number_text($1) END;
CREATE FUNCTION oracle.json_text(float8) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE WHEN $1 IN ('NaN', 'Infinity', '-Infinity') THEN '"' || oracle.to_char($1) || '"' ELSE to_json($1)::text END;
CREATE FUNCTION oracle.json_text(bool) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN CASE WHEN $1 THEN 'true' ELSE 'false' END;
CREATE FUNCTION oracle.json_text(bytea) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN '"' || pg_catalog.upper(encode($1, 'hex')) || '"';
CREATE FUNCTION oracle.json_text(oracle.date) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN '"' || oracle.to_char($1, 'YYYY-MM-DD"T"HH24:MI:SS') || '"';
CREATE FUNCTION oracle.json_text(oracle.ts) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN '"' || oracle.to_char($1, 'YYYY-MM-DD"T"HH24:MI:SS.FF6') || '"';
CREATE FUNCTION oracle.json_text(oracle.tstz) RETURNS text LANGUAGE sql STABLE STRICT PARALLEL SAFE
    RETURN '"' || oracle.to_char(oracle.sys_extract_utc($1), 'YYYY-MM-DD"T"HH24:MI:SS.FF6"Z"') || '"';
CREATE FUNCTION oracle.json_text(oracle.tsltz) RETURNS text LANGUAGE sql STABLE STRICT PARALLEL SAFE RETURN oracle.json_text(oracle.to_tstz($1));
-- Intervals as ISO 8601 writes durations.
CREATE FUNCTION oracle.json_text(oracle.ids) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN '"' || CASE WHEN $1::numeric < 0 THEN '-' ELSE '' END || 'P' || (pg_catalog.trunc(abs($1::numeric) / 86400))::int8 || 'D'
        || CASE WHEN pg_catalog.mod(abs($1::numeric), 86400) = 0 THEN ''
                ELSE 'T' || (pg_catalog.trunc(pg_catalog.mod(abs($1::numeric), 86400) / 3600))::int || 'H' || (pg_catalog.trunc(pg_catalog.mod(abs($1::numeric), 3600) / 60))::int || 'M'
                     || oracle.plain(trim_scale(pg_catalog.mod(abs($1::numeric), 60))) || 'S' END || '"';
CREATE FUNCTION oracle.json_text(oracle.iym) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN '"' || CASE WHEN $1::numeric < 0 THEN '-' ELSE '' END || 'P' || (pg_catalog.trunc(abs($1::numeric) / 12))::int8 || 'Y'
        || (pg_catalog.mod(abs($1::numeric), 12))::int || 'M"';
