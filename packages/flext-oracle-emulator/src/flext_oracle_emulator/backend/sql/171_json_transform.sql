-- JSON_TRANSFORM: a document changed by operations, each {op, steps, value, existing, missing, empty}; the members keep their order.

CREATE FUNCTION oracle.json_transform(document text, operations jsonb, vals text[]) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    result text := oracle.json_read(document);
    operation jsonb;
    content text;
BEGIN
    IF document IS NULL THEN
        RETURN NULL;
    END IF;
    FOR operation IN SELECT o FROM jsonb_array_elements(operations) AS o LOOP
        content := vals[(operation ->> 'value')::int];
        IF content IS NULL AND operation ->> 'op' IN ('SET', 'INSERT', 'REPLACE', 'APPEND') THEN
            CONTINUE WHEN operation ->> 'empty' = 'IGNORE';
            IF operation ->> 'empty' = 'ERROR' THEN
                RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '40764|NULL value in JSON_TRANSFORM';
            ELSIF operation ->> 'empty' = 'REMOVE' THEN
                operation := operation || '{"op": "REMOVE", "missing": "IGNORE"}';
            END IF;
            content := 'null';
        END IF;
        result := oracle.json_changed(result::json, ARRAY(SELECT s FROM jsonb_array_elements_text(operation -> 'steps') AS s), operation, content);
    END LOOP;
    RETURN oracle.json_compact(result);
END
$$;
CREATE FUNCTION oracle.json_changed(document json, steps text[], operation jsonb, content text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    op constant text := operation ->> 'op';
    leaf constant bool := cardinality(steps) <= 1;
    parts text[] := '{}';
    item record;
    place int;
    size int;
    found bool := false;
    key text;
BEGIN
    IF cardinality(steps) = 0 THEN
        IF op = 'APPEND' THEN
            IF json_typeof(document) <> 'array' THEN
                RETURN '[' || document::text || ',' || content || ']';
            END IF;
            RETURN CASE json_array_length(document) WHEN 0 THEN '[' || content || ']' ELSE regexp_replace(document::text, '\s*\]\s*$', '') || ',' || content || ']' END;
        ELSIF op IN ('SET', 'REPLACE') THEN
            RETURN content;
        END IF;
        RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '3001|unimplemented feature: JSON_TRANSFORM ' || op || ' of the whole document (flext-oracle-emulator)';
    END IF;
    key := substr(steps[1], 2);
    IF left(steps[1], 1) = '.' AND json_typeof(document) = 'object' THEN
        FOR item IN SELECT m.key AS name, m.value FROM json_each(document) AS m LOOP
            IF item.name <> key THEN
                parts := parts || (to_json(item.name)::text || ':' || item.value::text);
                CONTINUE;
            END IF;
            found := true;
            parts := parts || CASE WHEN NOT leaf OR op = 'APPEND' THEN to_json(item.name)::text || ':' || oracle.json_changed(item.value, steps[2:], operation, content)
                WHEN op = 'REMOVE' THEN NULL WHEN op = 'RENAME' THEN to_json(operation ->> 'name')::text || ':' || item.value::text
                ELSE to_json(item.name)::text || ':' || oracle.json_existing(item.value::text, operation, content) END;
        END LOOP;
        IF NOT found AND oracle.json_missing(operation, leaf) THEN
            parts := parts || (to_json(key)::text || ':' || CASE op WHEN 'APPEND' THEN '[' || content || ']' ELSE content END);
        END IF;
        RETURN '{' || array_to_string(parts, ',') || '}';
    ELSIF left(steps[1], 1) = '.' AND json_typeof(document) = 'array' THEN
        RETURN '[' || (SELECT coalesce(string_agg(oracle.json_changed(e, steps, operation, content), ',' ORDER BY o), '') FROM json_array_elements(document) WITH ORDINALITY AS a(e, o)) || ']';
    ELSIF left(steps[1], 1) = '[' AND json_typeof(document) = 'array' THEN
        size := json_array_length(document);
        place := CASE steps[1] WHEN '[*]' THEN NULL WHEN '[last]' THEN size - 1 ELSE btrim(steps[1], '[]')::int END;
        FOR item IN SELECT a.e AS value, a.o - 1 AS n FROM json_array_elements(document) WITH ORDINALITY AS a(e, o) LOOP
            IF item.n <> place THEN
                parts := parts || item.value::text;
                CONTINUE;
            END IF;
            found := true;
            parts := parts || CASE WHEN NOT leaf OR op = 'APPEND' THEN ARRAY[oracle.json_changed(item.value, steps[2:], operation, content)]
                WHEN op = 'REMOVE' THEN '{}' WHEN op = 'INSERT' THEN ARRAY[content, item.value::text]
                ELSE ARRAY[oracle.json_existing(item.value::text, operation, content)] END;
        END LOOP;
        IF NOT found AND place IS NOT NULL AND oracle.json_missing(operation, leaf) THEN
            parts := parts || array_fill('null'::text, ARRAY[greatest(place - size, 0)]) || content;
        END IF;
        RETURN '[' || array_to_string(parts, ',') || ']';
    END IF;
    PERFORM oracle.json_missing(operation, false);
    RETURN document::text;
END
$$;
CREATE FUNCTION oracle.json_existing(value text, operation jsonb, content text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
BEGIN
    IF operation ->> 'existing' = 'ERROR' THEN
        RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '40763|existing value in JSON_TRANSFORM (' || (operation ->> 'path') || ')';
    END IF;
    RETURN CASE operation ->> 'existing' WHEN 'IGNORE' THEN value ELSE content END;
END
$$;
-- Whether what is missing is made: only the last step of a path can be.
CREATE FUNCTION oracle.json_missing(operation jsonb, leaf bool) RETURNS bool LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
BEGIN
    IF operation ->> 'missing' = 'ERROR' OR (operation ->> 'missing' = 'CREATE' AND NOT leaf) THEN
        RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '40762|missing value in JSON_TRANSFORM (' || (operation ->> 'path') || ')';
    END IF;
    RETURN operation ->> 'missing' = 'CREATE';
END
$$;
