-- SQL's XML functions over the programs of 176_xquery.sql. `names`, `texts` and `kinds` are what PASSING passes: a name ('' for the
-- context item), the text, and `x` for XML, `s` for a string, `d` for a number.

CREATE FUNCTION oracle.xq_nodes(texts text[], kinds text[]) RETURNS oracle.xnode[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    nodes oracle.xnode[] := '{}';
BEGIN
    FOR i IN 1 .. cardinality(texts) LOOP
        IF kinds[i] = 'x' AND texts[i] IS NOT NULL THEN
            nodes := nodes || oracle.xml_parse(texts[i], cardinality(nodes) + 1);
        END IF;
    END LOOP;
    RETURN nodes;
END
$$;
-- The variables, the context item among them under the empty name.
CREATE FUNCTION oracle.xq_variables(nodes oracle.xnode[], names text[], texts text[], kinds text[]) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    vars jsonb := '{}';
    root int := 1;
BEGIN
    FOR i IN 1 .. cardinality(names) LOOP
        vars := vars || jsonb_build_object(names[i], CASE WHEN texts[i] IS NULL THEN '[]'
            WHEN kinds[i] = 'x' THEN jsonb_build_array('n' || root) ELSE jsonb_build_array(kinds[i] || texts[i]) END);
        IF kinds[i] = 'x' AND texts[i] IS NOT NULL THEN
            root := nodes[root].last + 1;
        END IF;
    END LOOP;
    RETURN vars;
END
$$;
CREATE FUNCTION oracle.xml_query(program jsonb, names text[], texts text[], kinds text[]) RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    nodes oracle.xnode[] := oracle.xq_nodes(texts, kinds);
    vars jsonb := oracle.xq_variables(nodes, names, texts, kinds);
BEGIN
    IF texts[array_position(names, '')] IS NULL AND '' = ANY (names) THEN
        RETURN NULL;
    END IF;
    RETURN oracle.xq_serialize(nodes, oracle.xq(program, nodes, vars #>> '{"",0}', 1, 1, vars));
END
$$;
CREATE FUNCTION oracle.xml_exists(program jsonb, names text[], texts text[], kinds text[]) RETURNS bool LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    nodes oracle.xnode[] := oracle.xq_nodes(texts, kinds);
    vars jsonb := oracle.xq_variables(nodes, names, texts, kinds);
BEGIN
    IF texts[array_position(names, '')] IS NULL AND '' = ANY (names) THEN
        RETURN NULL;
    END IF;
    RETURN cardinality(oracle.xq(program, nodes, vars #>> '{"",0}', 1, 1, vars)) > 0;
END
$$;
-- XMLTABLE: `columns` are [program, kind], kind `x` for XML, `s` for a value, `o` for the row's number.
CREATE FUNCTION oracle.xml_table(program jsonb, columns jsonb, names text[], texts text[], kinds text[]) RETURNS SETOF text[]
LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
    nodes oracle.xnode[] := oracle.xq_nodes(texts, kinds);
    vars jsonb := oracle.xq_variables(nodes, names, texts, kinds);
    rows text[];
    col jsonb;
    found text[];
    result text[];
BEGIN
    IF texts[array_position(names, '')] IS NULL AND '' = ANY (names) THEN
        RETURN;
    END IF;
    rows := oracle.xq(program, nodes, vars #>> '{"",0}', 1, 1, vars);
    FOR i IN 1 .. cardinality(rows) LOOP
        result := '{}';
        FOR col IN SELECT c FROM jsonb_array_elements(columns) AS c LOOP
            IF col ->> 1 = 'o' THEN
                result := array_append(result, i::text);
                CONTINUE;
            END IF;
            found := oracle.xq(col -> 0, nodes, rows[i], i, cardinality(rows), vars);
            IF col ->> 1 = 's' AND cardinality(found) > 1 THEN
                RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '19279|XPTY0004 - XQuery dynamic type mismatch: expected singleton sequence - got multi-item sequence';
            END IF;
            result := array_append(result, CASE WHEN cardinality(found) = 0 THEN NULL WHEN col ->> 1 = 's' THEN oracle.xq_string(nodes, found[1])
                ELSE oracle.xq_serialize(nodes, found) END);
        END LOOP;
        RETURN NEXT result;
    END LOOP;
END
$$;
-- EXTRACTVALUE: the text of one node that has no elements in it.
CREATE FUNCTION oracle.xml_value(document text, program jsonb) RETURNS text LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    nodes oracle.xnode[] := oracle.xml_parse(document, 1);
    found text[] := oracle.xq(program, nodes, 'n1', 1, 1, '{}');
    id int;
BEGIN
    IF cardinality(found) = 0 THEN
        RETURN NULL;
    ELSIF cardinality(found) > 1 THEN
        RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '19025|EXTRACTVALUE returns value of only one node';
    ELSIF left(found[1], 1) = 'n' THEN
        id := substr(found[1], 2)::int;
        IF EXISTS (SELECT FROM generate_series(id + 1, nodes[id].last) AS i WHERE nodes[i].kind = 'E') THEN
            RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '19026|EXTRACTVALUE can only retrieve value of leaf node';
        END IF;
    END IF;
    RETURN nullif(oracle.xq_string(nodes, found[1]), '');
END
$$;
-- The top nodes of content, one a row.
CREATE FUNCTION oracle.xml_sequence(document text) RETURNS SETOF text LANGUAGE plpgsql STABLE STRICT SET search_path = pg_catalog AS $$
DECLARE
    nodes oracle.xnode[] := oracle.xml_parse(document, 1);
BEGIN
    RETURN QUERY SELECT oracle.xq_xml(nodes, c) FROM unnest(oracle.xq_axis(nodes, 1, 'child', 'node', NULL, NULL)) WITH ORDINALITY AS t(c, o) ORDER BY o;
END
$$;
-- XMLCAST and columns of XMLTABLE: the text of all there is.
CREATE FUNCTION oracle.xml_string(document text) RETURNS text LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog AS $$
BEGIN
    RETURN nullif(oracle.xq_string(oracle.xml_parse(document, 1), 'n1'), '');
END
$$;
CREATE FUNCTION oracle.xml_number(value text) RETURNS numeric LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
BEGIN
    IF btrim(value, E' \t\r\n') = '' THEN
        RETURN NULL;
    END IF;
    RETURN oracle.to_number(btrim(value, E' \t\r\n'));
END
$$;
-- A document has one element; content any number.
CREATE FUNCTION oracle.xmltype(document text) RETURNS oracle.xmltype LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    nodes oracle.xnode[] := oracle.xml_parse(document, 1);
BEGIN
    IF (SELECT count(*) FROM unnest(oracle.xq_axis(nodes, 1, 'child', 'element', NULL, NULL))) <> 1
        OR EXISTS (SELECT FROM unnest(oracle.xq_axis(nodes, 1, 'child', 'text', NULL, NULL))) THEN
        RETURN oracle.xml_failed();
    END IF;
    RETURN document::oracle.xmltype;
END
$$;
CREATE FUNCTION oracle.xml_content(document text) RETURNS oracle.xmltype LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog AS $$
BEGIN
    PERFORM oracle.xml_parse(document, 1);
    RETURN document::oracle.xmltype;
END
$$;
CREATE FUNCTION oracle.xml_fragment(document text) RETURNS numeric LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog AS $$
BEGIN
    RETURN (cardinality(oracle.xq_axis(oracle.xml_parse(document, 1), 1, 'child', 'element', NULL, NULL)) <> 1)::int;
END
$$;
-- INDENT: one element a line, `size` blanks a level, text kept with its element.
CREATE FUNCTION oracle.xml_indent(document text, size int) RETURNS text LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    nodes oracle.xnode[] := oracle.xml_parse(document, 1);
    result text := coalesce((regexp_match(document, '^\s*(<\?xml\s[^?]*\?>)', 'i'))[1] || E'\n', '');
    open int[] := '{}';
    mixed bool;
    i int := 2;
BEGIN
    WHILE i <= cardinality(nodes) LOOP
        WHILE cardinality(open) > 0 AND nodes[open[cardinality(open)]].last < i LOOP
            result := result || repeat(' ', size * (cardinality(open) - 1)) || '</' || nodes[open[cardinality(open)]].name || E'>\n';
            open := trim_array(open, 1);
        END LOOP;
        mixed := nodes[i].kind <> 'E' OR EXISTS (SELECT FROM unnest(oracle.xq_axis(nodes, i, 'child', 'text', NULL, NULL)))
            OR NOT EXISTS (SELECT FROM unnest(oracle.xq_axis(nodes, i, 'child', 'node', NULL, NULL)));
        result := result || repeat(' ', size * cardinality(open)) || CASE WHEN mixed THEN oracle.xq_xml(nodes, i) ELSE nodes[i].raw END || E'\n';
        IF mixed THEN
            i := nodes[i].last + 1;
        ELSE
            open := open || i;
            i := i + 1;
            WHILE nodes[i].kind = 'A' LOOP
                i := i + 1;
            END LOOP;
        END IF;
    END LOOP;
    WHILE cardinality(open) > 0 LOOP
        result := result || repeat(' ', size * (cardinality(open) - 1)) || '</' || nodes[open[cardinality(open)]].name || E'>\n';
        open := trim_array(open, 1);
    END LOOP;
    RETURN rtrim(result, E'\n');
END
$$;

-- UPDATEXML, DELETEXML, INSERTCHILDXML, APPENDCHILDXML, INSERTXMLBEFORE, INSERTXMLAFTER: the document written again, with a change at
-- each node that the path finds. `child` is `@name` for a new attribute, else content is XML, or escaped text.
CREATE FUNCTION oracle.xml_changed(document text, program jsonb, action text, content text, child text) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    nodes oracle.xnode[];
    targets int[];
BEGIN
    IF document IS NULL THEN
        RETURN NULL;
    END IF;
    nodes := oracle.xml_parse(document, 1);
    SELECT coalesce(array_agg(substr(t, 2)::int), '{}') INTO targets FROM unnest(oracle.xq(program, nodes, 'n1', 1, 1, '{}')) AS t;
    RETURN coalesce((regexp_match(document, '^\s*(<\?xml\s[^?]*\?>\s*)', 'i'))[1], '') || oracle.xml_written(nodes, 1, targets, action, coalesce(content, ''), child);
END
$$;
CREATE FUNCTION oracle.xml_written(nodes oracle.xnode[], id int, targets int[], action text, content text, child text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    node oracle.xnode := nodes[id];
    changed constant bool := id = ANY (targets);
    tag text;
    body text := '';
    i int := id + 1;
BEGIN
    IF changed AND action = 'delete' THEN
        RETURN '';
    ELSIF changed AND action = 'update' THEN
        RETURN CASE WHEN node.kind = 'E' AND content = '' THEN '<' || node.name || '/>' ELSE content END;
    ELSIF node.kind NOT IN ('D', 'E') THEN
        RETURN CASE WHEN changed AND action = 'before' THEN content ELSE '' END || node.raw || CASE WHEN changed AND action = 'after' THEN content ELSE '' END;
    END IF;
    tag := regexp_replace(node.raw, '\s*/?>$', '');
    WHILE i <= node.last LOOP
        IF nodes[i].kind <> 'A' THEN
            body := body || oracle.xml_written(nodes, i, targets, action, content, child);
        ELSIF i = ANY (targets) AND action IN ('delete', 'update') THEN
            tag := regexp_replace(tag, '\s' || nodes[i].name || '\s*=\s*("[^"]*"|''[^'']*'')',
                CASE action WHEN 'delete' THEN '' ELSE ' ' || nodes[i].name || '="' || replace(content, '\', '\\') || '"' END);
        END IF;
        i := nodes[i].last + 1;
    END LOOP;
    IF changed AND child LIKE '@%' THEN
        tag := tag || ' ' || substr(child, 2) || '="' || content || '"';
    ELSIF changed AND action = 'append' THEN
        body := body || content;
    END IF;
    IF node.kind = 'D' THEN
        RETURN body;
    END IF;
    RETURN CASE WHEN changed AND action = 'before' THEN content ELSE '' END
        || tag || CASE body WHEN '' THEN '/>' ELSE '>' || body || '</' || node.name || '>' END
        || CASE WHEN changed AND action = 'after' THEN content ELSE '' END;
END
$$;
