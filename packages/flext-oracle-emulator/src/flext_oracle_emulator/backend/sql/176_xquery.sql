-- XML documents as arrays of nodes in document order, and the programs of sql/xquery.py run over them.
--
-- A node's subtree are the nodes up to `last`; attributes follow their element. An item of a sequence is a text: `n` and a node's
-- number, `u` and a value without a type (of a node), `s` a string, `d` a number, `b` a boolean, `x` XML that was constructed.

CREATE TYPE oracle.xnode AS (
    kind   text,  -- D document, E element, A attribute, T text, C comment, P processing instruction
    parent int,
    last   int,
    name   text,  -- as written, with the prefix
    local  text,
    uri    text,
    value  text,  -- of an element: the namespaces in scope, as JSON, if there are any
    raw    text   -- as written; of an element the start tag
);

-- (Volatile, or it would fail when a statement is planned.)
CREATE FUNCTION oracle.xml_failed() RETURNS text LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '31011|XML parsing failed';
END
$$;
CREATE FUNCTION oracle.xml_decode(s text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    reference text;
    code int;
BEGIN
    IF strpos(s, '&') = 0 THEN
        RETURN s;
    END IF;
    IF regexp_replace(s, '&(lt|gt|amp|quot|apos|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});', '', 'g') LIKE '%&%' THEN
        RETURN oracle.xml_failed();
    END IF;
    FOR reference IN SELECT DISTINCT m[1] FROM regexp_matches(s, '&#(x?[0-9a-fA-F]+);', 'g') AS m LOOP
        code := CASE WHEN left(reference, 1) = 'x' THEN ('x' || lpad(substr(reference, 2), 8, '0'))::bit(32)::int ELSE reference::int END;
        s := replace(s, '&#' || reference || ';', CASE code WHEN 38 THEN '&amp;' ELSE chr(code) END);
    END LOOP;
    RETURN replace(replace(replace(replace(replace(s, '&lt;', '<'), '&gt;', '>'), '&quot;', '"'), '&apos;', ''''), '&amp;', '&');
END
$$;

-- The namespaces that a start tag declares, over those around it.
CREATE FUNCTION oracle.xml_scope(outer_scope jsonb, tag text) RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN outer_scope || coalesce((SELECT jsonb_object_agg(coalesce(m[1], ''), oracle.xml_decode(substr(m[2], 2, length(m[2]) - 2)))
        FROM regexp_matches(tag, '\sxmlns(?::([^\s=]+))?\s*=\s*("[^"]*"|''[^'']*'')', 'g') AS m), '{}'::jsonb);

-- The nodes of a document or of content, numbered from `base`. Blanks between elements are no nodes, as Oracle's parser has it.
CREATE FUNCTION oracle.xml_parse(document text, base int) RETURNS oracle.xnode[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    nodes oracle.xnode[] := ARRAY[ROW('D', 0, base, '', '', '', NULL, '')::oracle.xnode];
    n int := 1;
    current int := 1;
    open int[] := ARRAY[1];
    scopes jsonb[] := ARRAY['{}'::jsonb];
    scope jsonb := '{}';
    token text;
    read int := 0;
    name text;
    rest text;
    attribute text[];
    element int;
    previous oracle.xnode;
    attributes constant text := '\s+([^\s=/>]+)\s*=\s*("[^"<]*"|''[^''<]*'')';
BEGIN
    FOR token IN SELECT m[1] FROM regexp_matches(document,
        '(<!--(?:[^-]|-(?!->))*-->|<!\[CDATA\[(?:[^\]]|\](?!\]>))*\]\]>|<\?(?:[^?]|\?(?!>))*\?>|<!DOCTYPE[^>\[]*(?:\[[^\]]*\]\s*)?>'
        || '|</?[^<>"''!?\s][^<>"'']*(?:"[^"]*"[^<>"'']*|''[^'']*''[^<>"'']*)*>|[^<]+)', 'g') AS m LOOP
        read := read + length(token);
        IF left(token, 2) = '</' THEN
            name := btrim(substr(token, 3, length(token) - 3), E' \t\r\n');
            IF current = 1 OR nodes[current].name <> name THEN
                RETURN ARRAY[oracle.xml_failed()];
            END IF;
            nodes[current].last := base + n - 1;
            open := trim_array(open, 1);
            scopes := trim_array(scopes, 1);
            scope := scopes[cardinality(scopes)];
            current := open[cardinality(open)];
        ELSIF left(token, 4) = '<!--' THEN
            n := n + 1;
            nodes[n] := ROW('C', base + current - 1, base + n - 1, '', '', '', substr(token, 5, length(token) - 7), token)::oracle.xnode;
        ELSIF left(token, 2) = '<?' THEN
            CONTINUE WHEN token ~* '^<\?xml\s';
            n := n + 1;
            name := (regexp_match(token, '^<\?([^\s?]+)'))[1];
            nodes[n] := ROW('P', base + current - 1, base + n - 1, name, name, '',
                ltrim(substr(token, 3 + length(name), length(token) - 4 - length(name))), token)::oracle.xnode;
        ELSIF left(token, 9) = '<!DOCTYPE' THEN
            CONTINUE;
        ELSIF left(token, 1) <> '<' OR left(token, 9) = '<![CDATA[' THEN
            previous := nodes[n];
            rest := CASE WHEN left(token, 1) = '<' THEN substr(token, 10, length(token) - 12) ELSE oracle.xml_decode(token) END;
            IF n > 1 AND previous.kind = 'T' AND previous.parent = base + current - 1 THEN
                nodes[n].value := previous.value || rest;
                nodes[n].raw := previous.raw || token;
            ELSE
                n := n + 1;
                nodes[n] := ROW('T', base + current - 1, base + n - 1, '', '', '', rest, token)::oracle.xnode;
            END IF;
        ELSE
            name := (regexp_match(token, '^<([^\s/>]+)'))[1];
            rest := substr(token, 2 + length(name));
            IF name !~ '^[[:alpha:]_][^<>&"'']*$' OR rest NOT IN ('>', '/>') AND regexp_replace(rest, attributes, '', 'g') !~ '^\s*/?>$' THEN
                RETURN ARRAY[oracle.xml_failed()];
            END IF;
            n := n + 1;
            element := n;
            IF strpos(rest, 'xmlns') > 0 THEN
                scope := oracle.xml_scope(scope, token);
            END IF;
            nodes[n] := ROW('E', base + current - 1, base + n - 1, name, split_part(name, ':', -1),
                oracle.xml_uri(scope, split_part(name, ':', -2), ''), nullif(scope, '{}')::text, token)::oracle.xnode;
            FOR attribute IN SELECT regexp_matches(rest, attributes, 'g') WHERE strpos(rest, '=') > 0 LOOP
                CONTINUE WHEN attribute[1] ~ '^xmlns(:|$)';
                IF EXISTS (SELECT FROM generate_series(element + 1, n) AS i WHERE nodes[i].name = attribute[1]) THEN
                    RETURN ARRAY[oracle.xml_failed()];
                END IF;
                n := n + 1;
                nodes[n] := ROW('A', base + element - 1, base + n - 1, attribute[1], split_part(attribute[1], ':', -1),
                    CASE WHEN strpos(attribute[1], ':') > 0 THEN oracle.xml_uri(scope, split_part(attribute[1], ':', 1), NULL) ELSE '' END,
                    oracle.xml_decode(substr(attribute[2], 2, length(attribute[2]) - 2)), '')::oracle.xnode;
            END LOOP;
            IF right(token, 2) = '/>' THEN
                nodes[element].last := base + n - 1;
                scope := scopes[cardinality(scopes)];
            ELSE
                current := element;
                open := open || element;
                scopes := scopes || scope;
            END IF;
        END IF;
    END LOOP;
    IF current <> 1 OR read <> length(document) THEN
        RETURN ARRAY[oracle.xml_failed()];
    END IF;
    nodes[1].last := base + n - 1;
    RETURN oracle.xml_without_blanks(nodes, base);
END
$$;
CREATE FUNCTION oracle.xml_uri(scope jsonb, prefix text, otherwise text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
BEGIN
    RETURN CASE WHEN scope ? prefix THEN scope ->> prefix WHEN prefix = '' THEN otherwise WHEN prefix = 'xml' THEN 'http://www.w3.org/XML/1998/namespace'
                ELSE oracle.xml_failed() END;
END
$$;
-- Without the text that is blank and has siblings.
CREATE FUNCTION oracle.xml_without_blanks(nodes oracle.xnode[], base int) RETURNS oracle.xnode[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    places int[] := ARRAY[0];  -- where each node goes
    kept oracle.xnode[] := '{}';
    node oracle.xnode;
    i int := 0;
    count int := 0;
BEGIN
    FOREACH node IN ARRAY nodes LOOP
        i := i + 1;
        IF node.kind = 'T' AND btrim(node.value, E' \t\r\n') = '' AND (node.parent = base OR nodes[node.parent - base + 1].last <> node.last
            OR nodes[i - 1].kind <> 'A' AND node.parent <> base + i - 2) THEN
            places[i] := -count;
        ELSE
            count := count + 1;
            places[i] := count;
        END IF;
    END LOOP;
    IF count = cardinality(nodes) THEN
        RETURN nodes;
    END IF;
    FOR i IN 1 .. cardinality(nodes) LOOP
        CONTINUE WHEN places[i] <= 0;
        node := nodes[i];
        node.parent := CASE WHEN node.parent = 0 THEN 0 ELSE base + places[node.parent - base + 1] - 1 END;
        node.last := base + abs(places[node.last - base + 1]) - 1;
        kept[places[i]] := node;
    END LOOP;
    RETURN kept;
END
$$;

-- A node as XML. The namespaces of elements around it are declared where they are used.
CREATE FUNCTION oracle.xq_xml(nodes oracle.xnode[], id int) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    parts text[] := '{}';
    open int[] := '{}';
    node oracle.xnode := nodes[id];
    missing text;
    body text;
    i int;
BEGIN
    IF node.kind = 'A' THEN
        RETURN oracle.xml_escape(node.value);
    END IF;
    FOR i IN id .. node.last LOOP
        WHILE cardinality(open) > 0 AND nodes[open[cardinality(open)]].last < i LOOP
            parts := array_append(parts, '</' || nodes[open[cardinality(open)]].name || '>');
            open := trim_array(open, 1);
        END LOOP;
        CONTINUE WHEN nodes[i].kind IN ('A', 'D');
        parts := array_append(parts, nodes[i].raw);
        IF nodes[i].kind = 'E' AND right(nodes[i].raw, 2) <> '/>' THEN
            open := array_append(open, i);
        END IF;
    END LOOP;
    WHILE cardinality(open) > 0 LOOP
        parts := array_append(parts, '</' || nodes[open[cardinality(open)]].name || '>');
        open := trim_array(open, 1);
    END LOOP;
    body := array_to_string(parts, '');
    IF node.kind = 'E' AND node.value IS NOT NULL THEN
        SELECT string_agg(' xmlns' || CASE d.key WHEN '' THEN '' ELSE ':' || d.key END || '="' || oracle.xml_escape(d.value) || '"', '' ORDER BY d.key)
          INTO missing FROM jsonb_each_text(node.value::jsonb) AS d
         WHERE strpos(node.raw, ' xmlns' || CASE d.key WHEN '' THEN '' ELSE ':' || d.key END || '=') = 0
           AND (d.key = '' OR body ~ ('[</\s]' || d.key || ':'));
        IF missing IS NOT NULL THEN
            body := '<' || node.name || missing || substr(body, 2 + length(node.name));
        END IF;
    END IF;
    RETURN body;
END
$$;

-- ---------------------------------------------------------------------------------------------------------------- items
CREATE FUNCTION oracle.xq_string(nodes oracle.xnode[], item text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    id int;
    node oracle.xnode;
    text text := '';
BEGIN
    IF left(item, 1) = 'x' THEN
        RETURN oracle.xml_decode(regexp_replace(substr(item, 2), '<[^>]*>', '', 'g'));
    ELSIF left(item, 1) <> 'n' THEN
        RETURN substr(item, 2);
    END IF;
    id := substr(item, 2)::int;
    node := nodes[id];
    IF node.kind NOT IN ('E', 'D') THEN
        RETURN node.value;
    END IF;
    FOR i IN id + 1 .. node.last LOOP
        IF nodes[i].kind = 'T' THEN
            text := text || nodes[i].value;
        END IF;
    END LOOP;
    RETURN text;
END
$$;
CREATE FUNCTION oracle.xq_atoms(nodes oracle.xnode[], items text[]) RETURNS text[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    atoms text[] := '{}';
    item text;
BEGIN
    FOREACH item IN ARRAY items LOOP
        atoms := array_append(atoms, CASE WHEN left(item, 1) IN ('n', 'x') THEN 'u' || oracle.xq_string(nodes, item) ELSE item END);
    END LOOP;
    RETURN atoms;
END
$$;
CREATE FUNCTION oracle.xq_number(value text) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN value ~ '^\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*$' THEN pg_catalog.btrim(value, E' \t\r\n')::numeric ELSE 'NaN'::numeric END;
CREATE FUNCTION oracle.xq_of_number(numeric) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 'd' || oracle.plain(pg_catalog.trim_scale($1));
CREATE FUNCTION oracle.xq_truth(items text[]) RETURNS bool LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN cardinality(items) = 0 THEN false
        ELSE CASE pg_catalog.left(items[1], 1) WHEN 'b' THEN items[1] = 'btrue' WHEN 'd' THEN pg_catalog.substr(items[1], 2) NOT IN ('0', 'NaN')
            WHEN 's' THEN pg_catalog.length(items[1]) > 1 WHEN 'u' THEN pg_catalog.length(items[1]) > 1 ELSE true END END;

-- Whether any pair compares so. A number makes both numbers; text that is none is unequal in XPath 1.0, an error in XQuery.
CREATE FUNCTION oracle.xq_compare(op text, a text[], b text[], legacy bool) RETURNS bool LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    x text;
    y text;
    m numeric;
    n numeric;
BEGIN
    FOREACH x IN ARRAY a LOOP
        FOREACH y IN ARRAY b LOOP
            IF left(x, 1) = 'd' OR left(y, 1) = 'd' OR (legacy AND op NOT IN ('=', '<>')) THEN
                m := oracle.xq_number(substr(x, 2));
                n := oracle.xq_number(substr(y, 2));
                IF NOT legacy AND (m = 'NaN' AND substr(x, 2) <> 'NaN' OR n = 'NaN' AND substr(y, 2) <> 'NaN') THEN
                    RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '1722|invalid number';
                END IF;
                IF m = 'NaN' OR n = 'NaN' THEN
                    IF op = '<>' THEN
                        RETURN true;
                    END IF;
                ELSIF (CASE op WHEN '=' THEN m = n WHEN '<>' THEN m <> n WHEN '<' THEN m < n WHEN '<=' THEN m <= n WHEN '>' THEN m > n ELSE m >= n END) THEN
                    RETURN true;
                END IF;
            ELSE
                x := substr(x, 2);
                IF (CASE op WHEN '=' THEN x = substr(y, 2) WHEN '<>' THEN x <> substr(y, 2) WHEN '<' THEN x < substr(y, 2) COLLATE "C"
                    WHEN '<=' THEN x <= substr(y, 2) COLLATE "C" WHEN '>' THEN x > substr(y, 2) COLLATE "C" ELSE x >= substr(y, 2) COLLATE "C" END) THEN
                    RETURN true;
                END IF;
                x := 's' || x;
            END IF;
        END LOOP;
    END LOOP;
    RETURN false;
END
$$;

-- ---------------------------------------------------------------------------------------------------------------- paths
CREATE FUNCTION oracle.xq_axis(nodes oracle.xnode[], origin int, axis text, kind text, local text, uri text) RETURNS int[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    code constant text := CASE kind WHEN 'name' THEN CASE axis WHEN 'attribute' THEN 'A' ELSE 'E' END WHEN 'element' THEN 'E' WHEN 'attribute' THEN 'A'
        WHEN 'text' THEN 'T' WHEN 'comment' THEN 'C' WHEN 'processing-instruction' THEN 'P' WHEN 'document-node' THEN 'D' END;
    node oracle.xnode := nodes[origin];
    stop int := node.last;
    found int[] := '{}';
    i int;
    step int;
BEGIN
    CASE axis
    WHEN 'self' THEN i := origin; stop := origin;
    WHEN 'child' THEN i := origin + 1;
    WHEN 'descendant' THEN i := origin + 1;
    WHEN 'descendant-or-self' THEN i := origin;
    WHEN 'attribute' THEN i := origin + 1;
    WHEN 'following-sibling' THEN i := node.last + 1; stop := CASE WHEN node.parent = 0 OR node.kind = 'A' THEN 0 ELSE nodes[node.parent].last END;
    WHEN 'preceding-sibling' THEN i := node.parent + 1; stop := CASE WHEN node.parent = 0 OR node.kind = 'A' THEN 0 ELSE origin - 1 END;
    ELSE  -- the node's ancestors, nearest first
        i := CASE axis WHEN 'ancestor-or-self' THEN origin ELSE node.parent END;
        WHILE i > 0 LOOP
            node := nodes[i];
            IF (code IS NULL OR node.kind = code) AND (local IS NULL OR node.local = local) AND (uri IS NULL OR node.uri = uri) THEN
                found := array_append(found, i);
            END IF;
            EXIT WHEN axis = 'parent';
            i := node.parent;
        END LOOP;
        RETURN found;
    END CASE;
    step := CASE WHEN axis LIKE 'descendant%' THEN 1 ELSE 0 END;
    WHILE i <= stop LOOP
        node := nodes[i];
        EXIT WHEN axis = 'attribute' AND node.kind <> 'A';
        IF (code IS NULL OR node.kind = code) AND (local IS NULL OR node.local = local) AND (uri IS NULL OR node.uri = uri)
            AND (node.kind <> 'A' OR axis = 'attribute' OR i = origin) THEN
            found := array_append(found, i);
        END IF;
        i := CASE step WHEN 1 THEN i + 1 ELSE node.last + 1 END;
    END LOOP;
    IF axis = 'preceding-sibling' THEN
        SELECT coalesce(array_agg(f ORDER BY f DESC), '{}') INTO found FROM unnest(found) AS f;
    END IF;
    RETURN found;
END
$$;

CREATE FUNCTION oracle.xq_filter(predicates jsonb, nodes oracle.xnode[], items text[], vars jsonb) RETURNS text[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    predicate jsonb;
    kept text[];
    value text[];
    size int;
BEGIN
    FOR predicate IN SELECT p FROM jsonb_array_elements(predicates) AS p LOOP
        size := cardinality(items);
        IF predicate ->> 0 = 'number' THEN
            items := CASE WHEN (predicate ->> 1)::numeric BETWEEN 1 AND size AND (predicate ->> 1) !~ '\.' THEN ARRAY[items[(predicate ->> 1)::numeric::int]] ELSE '{}' END;
            CONTINUE;
        END IF;
        kept := '{}';
        FOR i IN 1 .. size LOOP
            value := oracle.xq(predicate, nodes, items[i], i, size, vars);
            IF (CASE WHEN cardinality(value) = 1 AND left(value[1], 1) = 'd' THEN substr(value[1], 2) = i::text ELSE oracle.xq_truth(value) END) THEN
                kept := array_append(kept, items[i]);
            END IF;
        END LOOP;
        items := kept;
    END LOOP;
    RETURN items;
END
$$;

CREATE FUNCTION oracle.xq_path(steps jsonb, nodes oracle.xnode[], items text[], vars jsonb) RETURNS text[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    step jsonb;
    item text;
    next text[];
    found text[];
    size int;
    place int;
BEGIN
    FOR step IN SELECT s FROM jsonb_array_elements(steps) AS s LOOP
        next := '{}';
        place := 0;
        size := cardinality(items);
        FOREACH item IN ARRAY items LOOP
            place := place + 1;
            IF step ->> 0 = 'each' THEN
                next := next || oracle.xq_filter(step -> 4, nodes, oracle.xq(step -> 1, nodes, item, place, size, vars), vars);
                CONTINUE;
            ELSIF left(item, 1) = 'x' THEN
                RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '3001|unimplemented feature: paths into constructed elements (flext-oracle-emulator)';
            ELSIF left(item, 1) <> 'n' THEN
                RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '19224|XPTY0004 - XQuery static type mismatch: expected node() got atomic value';
            END IF;
            SELECT coalesce(array_agg('n' || f ORDER BY o), '{}') INTO found
              FROM unnest(oracle.xq_axis(nodes, substr(item, 2)::int, step ->> 0, step ->> 1, step ->> 2, step ->> 3)) WITH ORDINALITY AS a(f, o);
            next := next || CASE WHEN step -> 4 = '[]' THEN found ELSE oracle.xq_filter(step -> 4, nodes, found, vars) END;
        END LOOP;
        IF (size > 1 OR step ->> 5 = 'true') AND cardinality(next) > 1 AND left(next[1], 1) = 'n' THEN
            SELECT array_agg('n' || f ORDER BY f) INTO next FROM (SELECT DISTINCT substr(n, 2)::int FROM unnest(next) AS n) AS d(f);
        END IF;
        items := next;
    END LOOP;
    RETURN items;
END
$$;

-- ---------------------------------------------------------------------------------------------------------- expressions
CREATE FUNCTION oracle.xq(e jsonb, nodes oracle.xnode[], item text, pos int, size int, vars jsonb) RETURNS text[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    a text[];
    b text[];
    part jsonb;
    m numeric;
    n numeric;
BEGIN
    CASE e ->> 0
    WHEN 'path' THEN
        IF e #>> '{1,0}' IN ('context', 'root') THEN
            IF item IS NULL THEN
                RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '19112|error raised during evaluation: XPDY0002 - the context item is undefined';
            END IF;
            a := ARRAY[item];
            IF e #>> '{1,0}' = 'root' AND left(item, 1) = 'n' THEN
                a := ARRAY['n' || coalesce((oracle.xq_axis(nodes, substr(item, 2)::int, 'ancestor-or-self', 'document-node', NULL, NULL))[1], 1)];
            END IF;
        ELSE
            a := oracle.xq(e -> 1, nodes, item, pos, size, vars);
        END IF;
        RETURN oracle.xq_path(e -> 2, nodes, a, vars);
    WHEN 'string' THEN RETURN ARRAY['s' || (e ->> 1)];
    WHEN 'number' THEN RETURN ARRAY[oracle.xq_of_number((e ->> 1)::numeric)];
    WHEN 'item' THEN RETURN ARRAY[item];
    WHEN 'variable' THEN
        IF NOT vars ? (e ->> 1) THEN
            RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '19228|XPST0008 - undeclared identifier: prefix ''.'' local-name ''' || (e ->> 1) || '''';
        END IF;
        RETURN ARRAY(SELECT v FROM jsonb_array_elements_text(vars -> (e ->> 1)) AS v);
    WHEN 'filter' THEN RETURN oracle.xq_filter(e -> 2, nodes, oracle.xq(e -> 1, nodes, item, pos, size, vars), vars);
    WHEN 'compare' THEN
        a := oracle.xq_atoms(nodes, oracle.xq(e -> 2, nodes, item, pos, size, vars));
        b := oracle.xq_atoms(nodes, oracle.xq(e -> 3, nodes, item, pos, size, vars));
        RETURN ARRAY['b' || oracle.xq_compare(e ->> 1, a, b, (e ->> 4)::bool)];
    WHEN 'and' THEN
        RETURN ARRAY['b' || (oracle.xq_truth(oracle.xq(e -> 1, nodes, item, pos, size, vars)) AND oracle.xq_truth(oracle.xq(e -> 2, nodes, item, pos, size, vars)))];
    WHEN 'or' THEN
        RETURN ARRAY['b' || (oracle.xq_truth(oracle.xq(e -> 1, nodes, item, pos, size, vars)) OR oracle.xq_truth(oracle.xq(e -> 2, nodes, item, pos, size, vars)))];
    WHEN 'seq' THEN
        a := '{}';
        FOR part IN SELECT p FROM jsonb_array_elements(e -> 1) AS p LOOP
            a := a || oracle.xq(part, nodes, item, pos, size, vars);
        END LOOP;
        RETURN a;
    WHEN 'union' THEN
        a := oracle.xq(e -> 1, nodes, item, pos, size, vars) || oracle.xq(e -> 2, nodes, item, pos, size, vars);
        RETURN ARRAY(SELECT 'n' || f FROM (SELECT DISTINCT substr(u, 2)::int FROM unnest(a) AS u) AS d(f) ORDER BY f);
    WHEN 'if' THEN
        RETURN oracle.xq(e -> CASE WHEN oracle.xq_truth(oracle.xq(e -> 1, nodes, item, pos, size, vars)) THEN 2 ELSE 3 END, nodes, item, pos, size, vars);
    WHEN 'flwor' THEN RETURN oracle.xq_flwor(e, nodes, item, pos, size, vars);
    WHEN 'element' THEN RETURN ARRAY[oracle.xq_element(e, nodes, item, pos, size, vars)];
    WHEN 'call' THEN RETURN oracle.xq_call(e ->> 1, e -> 2, nodes, item, pos, size, vars);
    WHEN 'quantified' THEN
        FOREACH item IN ARRAY oracle.xq(e -> 3, nodes, item, pos, size, vars) LOOP
            IF oracle.xq_truth(oracle.xq(e -> 4, nodes, item, pos, size, jsonb_set(vars, ARRAY[e ->> 2], jsonb_build_array(item)))) = (e ->> 1 = 'some') THEN
                RETURN ARRAY['b' || (e ->> 1 = 'some')];
            END IF;
        END LOOP;
        RETURN ARRAY['b' || (e ->> 1 = 'every')];
    WHEN 'negative' THEN
        a := oracle.xq_atoms(nodes, oracle.xq(e -> 1, nodes, item, pos, size, vars));
        RETURN CASE WHEN cardinality(a) = 0 THEN a ELSE ARRAY[oracle.xq_of_number(-oracle.xq_number(substr(a[1], 2)))] END;
    ELSE  -- arithmetic, range
        a := oracle.xq_atoms(nodes, oracle.xq(e -> CASE e ->> 0 WHEN 'range' THEN 1 ELSE 2 END, nodes, item, pos, size, vars));
        b := oracle.xq_atoms(nodes, oracle.xq(e -> CASE e ->> 0 WHEN 'range' THEN 2 ELSE 3 END, nodes, item, pos, size, vars));
        IF cardinality(a) = 0 OR cardinality(b) = 0 THEN
            RETURN '{}';
        END IF;
        m := oracle.xq_number(substr(a[1], 2));
        n := oracle.xq_number(substr(b[1], 2));
        IF e ->> 0 = 'range' THEN
            RETURN ARRAY(SELECT 'd' || g FROM generate_series(m::int8, n::int8) AS g);
        ELSIF e ->> 1 IN ('div', 'mod', 'idiv') AND n = 0 THEN
            RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '1476|divisor is equal to zero';
        END IF;
        RETURN ARRAY[oracle.xq_of_number(CASE e ->> 1 WHEN '+' THEN m + n WHEN '-' THEN m - n WHEN '*' THEN m * n WHEN 'div' THEN m / n
            WHEN 'idiv' THEN trunc(m / n) ELSE mod(m, n) END)];
    END CASE;
END
$$;

CREATE FUNCTION oracle.xq_flwor(e jsonb, nodes oracle.xnode[], item text, pos int, size int, vars jsonb) RETURNS text[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    clause jsonb;
    key jsonb;
    tuples jsonb[] := ARRAY[vars];
    next jsonb[];
    tuple jsonb;
    found text[];
    keys text[];
    numbers numeric[];
    result text[] := '{}';
    numeric_keys bool;
BEGIN
    FOR clause IN SELECT c FROM jsonb_array_elements(e -> 1) AS c LOOP
        next := '{}';
        IF clause ->> 0 = 'order' THEN
            FOR key IN SELECT k FROM jsonb_array_elements(clause -> 1) WITH ORDINALITY AS o(k, n) ORDER BY n DESC LOOP
                keys := '{}';
                FOREACH tuple IN ARRAY tuples LOOP
                    found := oracle.xq_atoms(nodes, oracle.xq(key -> 0, nodes, item, pos, size, tuple));
                    keys := array_append(keys, found[1]);
                END LOOP;
                numeric_keys := NOT EXISTS (SELECT FROM unnest(keys) AS k WHERE left(k, 1) <> 'd');
                SELECT coalesce(array_agg(t ORDER BY CASE WHEN numeric_keys AND NOT d THEN oracle.xq_number(substr(k, 2)) END NULLS FIRST,
                        CASE WHEN numeric_keys AND d THEN oracle.xq_number(substr(k, 2)) END DESC NULLS LAST,
                        CASE WHEN NOT d THEN substr(k, 2) END COLLATE "C" NULLS FIRST, CASE WHEN d THEN substr(k, 2) END COLLATE "C" DESC NULLS LAST, o), '{}')
                  INTO tuples FROM unnest(tuples, keys) WITH ORDINALITY AS u(t, k, o), (SELECT (key ->> 1)::bool) AS f(d);
            END LOOP;
            CONTINUE;
        END IF;
        FOREACH tuple IN ARRAY tuples LOOP
            IF clause ->> 0 = 'where' THEN
                IF oracle.xq_truth(oracle.xq(clause -> 1, nodes, item, pos, size, tuple)) THEN
                    next := array_append(next, tuple);
                END IF;
                CONTINUE;
            END IF;
            found := oracle.xq(clause -> 2, nodes, item, pos, size, tuple);
            IF clause ->> 0 = 'let' THEN
                next := array_append(next, tuple || jsonb_build_object(clause ->> 1, to_jsonb(found)));
                CONTINUE;
            END IF;
            FOR i IN 1 .. cardinality(found) LOOP
                next := array_append(next, tuple || jsonb_build_object(clause ->> 1, jsonb_build_array(found[i]))
                    || CASE WHEN clause ->> 3 IS NULL THEN '{}' ELSE jsonb_build_object(clause ->> 3, jsonb_build_array('d' || i)) END);
            END LOOP;
        END LOOP;
        tuples := next;
    END LOOP;
    FOREACH tuple IN ARRAY tuples LOOP
        result := result || oracle.xq(e -> 2, nodes, item, pos, size, tuple);
    END LOOP;
    RETURN result;
END
$$;

CREATE FUNCTION oracle.xq_element(e jsonb, nodes oracle.xnode[], item text, pos int, size int, vars jsonb) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    head text := '<' || (e ->> 1);
    body text := '';
    attribute jsonb;
    part jsonb;
    value text;
    found text[];
BEGIN
    FOR attribute IN SELECT a FROM jsonb_array_elements(e -> 2) AS a LOOP
        value := '';
        FOR part IN SELECT p FROM jsonb_array_elements(attribute -> 1) AS p LOOP
            value := value || CASE part ->> 0 WHEN 'literal' THEN part ->> 1
                ELSE (SELECT coalesce(string_agg(substr(t, 2), ' ' ORDER BY o), '') FROM unnest(oracle.xq_atoms(nodes, oracle.xq(part, nodes, item, pos, size, vars)))
                    WITH ORDINALITY AS u(t, o)) END;
        END LOOP;
        head := head || ' ' || (attribute ->> 0) || '="' || oracle.xml_escape(value) || '"';
    END LOOP;
    FOR part IN SELECT p FROM jsonb_array_elements(e -> 3) AS p LOOP
        IF part ->> 0 = 'literal' THEN
            body := body || oracle.xml_escape(part ->> 1);
            CONTINUE;
        END IF;
        found := oracle.xq(part, nodes, item, pos, size, vars);
        WHILE cardinality(found) > 0 AND left(found[1], 1) = 'n' AND body = '' AND nodes[substr(found[1], 2)::int].kind = 'A' LOOP
            head := head || ' ' || nodes[substr(found[1], 2)::int].name || '="' || oracle.xml_escape(nodes[substr(found[1], 2)::int].value) || '"';
            found := found[2:];
        END LOOP;
        body := body || coalesce(oracle.xq_serialize(nodes, found), '');
    END LOOP;
    RETURN 'x' || head || CASE body WHEN '' THEN '/>' ELSE '>' || body || '</' || (e ->> 1) || '>' END;
END
$$;

-- A sequence as XML content: neighbours that are no nodes have a blank between them. NULL if it is empty.
CREATE FUNCTION oracle.xq_serialize(nodes oracle.xnode[], items text[]) RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    parts text[] := '{}';
    item text;
    atomic bool := false;
BEGIN
    FOREACH item IN ARRAY items LOOP
        IF left(item, 1) IN ('n', 'x') THEN
            parts := array_append(parts, CASE left(item, 1) WHEN 'n' THEN oracle.xq_xml(nodes, substr(item, 2)::int) ELSE substr(item, 2) END);
            atomic := false;
        ELSE
            parts := array_append(parts, CASE WHEN atomic THEN ' ' ELSE '' END || oracle.xml_escape(substr(item, 2)));
            atomic := true;
        END IF;
    END LOOP;
    RETURN CASE WHEN cardinality(items) > 0 THEN array_to_string(parts, '') END;
END
$$;

CREATE FUNCTION oracle.xq_call(name text, arguments jsonb, nodes oracle.xnode[], item text, pos int, size int, vars jsonb) RETURNS text[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    a text[];   -- the first argument's items, or the context item
    s text;     -- its string
    t text;     -- the second's
    u text;     -- the third's
    numbers numeric[];
BEGIN
    a := CASE WHEN jsonb_array_length(arguments) > 0 THEN oracle.xq(arguments -> 0, nodes, item, pos, size, vars) ELSE ARRAY[item] END;
    CASE name
    WHEN 'last' THEN RETURN ARRAY['d' || size];
    WHEN 'position' THEN RETURN ARRAY['d' || pos];
    WHEN 'true' THEN RETURN ARRAY['btrue'];
    WHEN 'false' THEN RETURN ARRAY['bfalse'];
    WHEN 'count' THEN RETURN ARRAY['d' || cardinality(a)];
    WHEN 'not' THEN RETURN ARRAY['b' || NOT oracle.xq_truth(a)];
    WHEN 'boolean' THEN RETURN ARRAY['b' || oracle.xq_truth(a)];
    WHEN 'exists' THEN RETURN ARRAY['b' || (cardinality(a) > 0)];
    WHEN 'empty' THEN RETURN ARRAY['b' || (cardinality(a) = 0)];
    WHEN 'data' THEN RETURN oracle.xq_atoms(nodes, a);
    WHEN 'root' THEN RETURN oracle.xq('["path", ["root"], []]', nodes, a[1], 1, 1, vars);
    WHEN 'reverse' THEN RETURN ARRAY(SELECT i FROM unnest(a) WITH ORDINALITY AS r(i, o) ORDER BY o DESC);
    WHEN 'zero-or-one', 'exactly-one' THEN
        IF cardinality(a) > 1 OR (name = 'exactly-one' AND cardinality(a) = 0) THEN
            RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '19279|XPTY0004 - XQuery dynamic type mismatch: expected singleton sequence - got multi-item sequence';
        END IF;
        RETURN a;
    WHEN 'name', 'local-name', 'namespace-uri' THEN
        RETURN ARRAY['s' || CASE WHEN left(a[1], 1) = 'n' THEN CASE name WHEN 'name' THEN nodes[substr(a[1], 2)::int].name
            WHEN 'local-name' THEN nodes[substr(a[1], 2)::int].local ELSE nodes[substr(a[1], 2)::int].uri END ELSE '' END];
    WHEN 'distinct-values' THEN
        RETURN ARRAY(SELECT 's' || v FROM (SELECT substr(i, 2) AS v, min(o) AS o FROM unnest(oracle.xq_atoms(nodes, a)) WITH ORDINALITY AS d(i, o) GROUP BY 1) AS g ORDER BY o);
    WHEN 'sum', 'avg', 'min', 'max' THEN
        a := oracle.xq_atoms(nodes, a);
        IF name IN ('min', 'max') AND cardinality(a) > 0 AND left(a[1], 1) = 's' THEN
            RETURN ARRAY[(SELECT CASE name WHEN 'min' THEN min(i COLLATE "C") ELSE max(i COLLATE "C") END FROM unnest(a) AS i)];
        END IF;
        numbers := ARRAY(SELECT oracle.xq_number(substr(i, 2)) FROM unnest(a) AS i);
        IF cardinality(numbers) = 0 THEN
            RETURN CASE name WHEN 'sum' THEN ARRAY['d0'] ELSE '{}' END;
        END IF;
        RETURN (SELECT ARRAY[oracle.xq_of_number(CASE name WHEN 'sum' THEN sum(i) WHEN 'avg' THEN avg(i) WHEN 'min' THEN min(i) ELSE max(i) END)] FROM unnest(numbers) AS i);
    WHEN 'string-join' THEN
        t := CASE WHEN jsonb_array_length(arguments) > 1 THEN oracle.xq_first(nodes, oracle.xq(arguments -> 1, nodes, item, pos, size, vars)) ELSE '' END;
        RETURN ARRAY['s' || (SELECT coalesce(string_agg(substr(i, 2), t ORDER BY o), '') FROM unnest(oracle.xq_atoms(nodes, a)) WITH ORDINALITY AS j(i, o))];
    WHEN 'concat' THEN
        RETURN ARRAY['s' || (SELECT string_agg(oracle.xq_first(nodes, oracle.xq(p, nodes, item, pos, size, vars)), '' ORDER BY o)
            FROM jsonb_array_elements(arguments) WITH ORDINALITY AS c(p, o))];
    ELSE
        NULL;
    END CASE;
    s := oracle.xq_first(nodes, a);
    t := CASE WHEN jsonb_array_length(arguments) > 1 THEN oracle.xq_first(nodes, oracle.xq(arguments -> 1, nodes, item, pos, size, vars)) END;
    u := CASE WHEN jsonb_array_length(arguments) > 2 THEN oracle.xq_first(nodes, oracle.xq(arguments -> 2, nodes, item, pos, size, vars)) END;
    CASE name
    WHEN 'string' THEN RETURN ARRAY['s' || s];
    WHEN 'number' THEN RETURN ARRAY[oracle.xq_of_number(CASE left(a[1], 1) WHEN 'b' THEN (a[1] = 'btrue')::int ELSE oracle.xq_number(s) END)];
    WHEN 'string-length' THEN RETURN ARRAY['d' || length(s)];
    WHEN 'normalize-space' THEN RETURN ARRAY['s' || btrim(regexp_replace(s, '\s+', ' ', 'g'))];
    WHEN 'upper-case' THEN RETURN ARRAY['s' || upper(s)];
    WHEN 'lower-case' THEN RETURN ARRAY['s' || lower(s)];
    WHEN 'starts-with' THEN RETURN ARRAY['b' || starts_with(s, t)];
    WHEN 'ends-with' THEN RETURN ARRAY['b' || (right(s, length(t)) = t OR t = '')];
    WHEN 'contains' THEN RETURN ARRAY['b' || (strpos(s, t) > 0)];
    WHEN 'substring-before' THEN RETURN ARRAY['s' || CASE WHEN strpos(s, t) > 0 THEN left(s, strpos(s, t) - 1) ELSE '' END];
    WHEN 'substring-after' THEN RETURN ARRAY['s' || CASE WHEN strpos(s, t) > 0 THEN substr(s, strpos(s, t) + length(t)) ELSE '' END];
    WHEN 'substring' THEN
        RETURN ARRAY['s' || CASE WHEN u IS NULL THEN substr(s, greatest(round(t::numeric), 1)::int)
            ELSE substr(s, greatest(round(t::numeric), 1)::int, greatest(round(t::numeric)::int + round(u::numeric)::int - greatest(round(t::numeric), 1)::int, 0)) END];
    WHEN 'translate' THEN RETURN ARRAY['s' || translate(s, t, u)];
    WHEN 'matches' THEN RETURN ARRAY['b' || (s ~ t)];
    WHEN 'replace' THEN RETURN ARRAY['s' || regexp_replace(s, t, regexp_replace(u, '\$(\d)', '\\\1', 'g'), 'g')];
    WHEN 'tokenize' THEN RETURN ARRAY(SELECT 's' || p FROM regexp_split_to_table(s, t) AS p);
    ELSE  -- floor, ceiling, round, abs
        IF cardinality(a) = 0 THEN
            RETURN '{}';
        END IF;
        RETURN ARRAY[oracle.xq_of_number(CASE name WHEN 'floor' THEN floor(oracle.xq_number(s)) WHEN 'ceiling' THEN ceil(oracle.xq_number(s))
            WHEN 'round' THEN floor(oracle.xq_number(s) + 0.5) ELSE abs(oracle.xq_number(s)) END)];
    END CASE;
END
$$;
CREATE FUNCTION oracle.xq_first(nodes oracle.xnode[], items text[]) RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
BEGIN
    RETURN CASE WHEN cardinality(items) = 0 THEN '' ELSE oracle.xq_string(nodes, items[1]) END;
END
$$;
