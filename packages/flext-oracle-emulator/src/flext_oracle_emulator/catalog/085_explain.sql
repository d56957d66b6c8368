-- DBMS_XPLAN.DISPLAY: the steps in a plan table as Oracle lays them out.

CREATE SEQUENCE oracle.plan_ids;

-- 1, 5000, 100K, 12M: a number as the columns Rows and Bytes have it.
CREATE FUNCTION oracle.plan_number(n numeric) RETURNS text LANGUAGE sql IMMUTABLE STRICT SET search_path = pg_catalog AS $$
    SELECT CASE WHEN n < 100000 THEN n::text WHEN n < 10000000 THEN concat(trunc(n / 1000), 'K') WHEN n < 10000000000 THEN concat(trunc(n / 1000000), 'M')
        ELSE concat(trunc(n / 1000000000), 'G') END
$$;

-- The PostgreSQL name of the table or view that `[schema.]name` is to the user; NULL if there is none.
CREATE FUNCTION oracle.plan_table(named text) RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
    WITH parts AS (
        SELECT CASE WHEN array_length(p, 1) > 1 THEN p[1] ELSE oracle.setting('schema', oracle."user"()::text) END AS owner, p[array_length(p, 1)] AS name,
            array_length(p, 1) = 1 AS bare
          FROM (SELECT array_agg(CASE WHEN x LIKE '"%' THEN trim(BOTH '"' FROM x) ELSE upper(x) END) FROM string_to_table(named, '.') x) s(p)
    ), found AS (
        SELECT o.object_id, o.type, CASE o.owner WHEN 'PUBLIC' THEN 2 ELSE 1 END AS rank FROM oracle.objects o JOIN parts ON o.name = parts.name
         WHERE o.namespace = 1 AND (o.owner = parts.owner OR (parts.bare AND o.owner = 'PUBLIC'))
    ), target AS (
        SELECT coalesce(t.object_id, f.object_id) AS object_id FROM found f LEFT JOIN oracle.synonyms s ON s.object_id = f.object_id
          LEFT JOIN oracle.objects t ON t.owner = s.table_owner AND t.name = s.table_name AND t.namespace = 1 ORDER BY f.rank LIMIT 1
    )
    SELECT format('%I.%I', n.nspname, c.relname) FROM target t JOIN oracle.objects o ON o.object_id = t.object_id
      JOIN pg_class c ON c.oid = o.relid JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE o.object_id IN (SELECT v.object_id FROM oracle.visible_objects v)
$$;

CREATE FUNCTION oracle.dbms_xplan_display(table_name text, statement_id text, format text) RETURNS SETOF varchar
LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
    source text := oracle.plan_table(coalesce(table_name, 'PLAN_TABLE'));
    words text[] := regexp_split_to_array(upper(trim(coalesce(format, 'TYPICAL'))), '[\s,]+');
    shown text[] := '{ROWS,BYTES,COST,PARTITION,PREDICATE}';
    word text;
    steps jsonb;
    partitioned bool;
    hash text;
    id_width int;
    operation_width int;
    name_width int;
    line text;
    header text;
BEGIN
    FOREACH word IN ARRAY words LOOP
        CASE
            WHEN word = 'BASIC' THEN shown := '{}';
            WHEN word IN ('TYPICAL', 'SERIAL', 'ALL', 'ADVANCED') THEN NULL;
            WHEN word ~ '^-(ROWS|BYTES|COST|PARTITION|PREDICATE)$' THEN shown := array_remove(shown, substr(word, 2));
            WHEN word ~ '^\+?(ROWS|BYTES|COST|PARTITION|PREDICATE)$' THEN shown := shown || ltrim(word, '+');
            WHEN word ~ '^[+-]?(NOTE|ALIAS|PROJECTION|PARALLEL|REMOTE|OUTLINE|HINT_REPORT|QBREGISTRY)$' THEN NULL;
            ELSE RETURN NEXT 'Error: format ''' || format || ''' not valid for DBMS_XPLAN.DISPLAY()'; RETURN;
        END CASE;
    END LOOP;
    IF source IS NULL THEN
        RETURN NEXT 'ERROR: an uncaught error in function display has happened; please contact Oracle support';
        RETURN NEXT '       Please provide also a DMP file of the used plan table ' || coalesce(table_name, 'PLAN_TABLE');
        RETURN NEXT '       ORA-00942: table or view does not exist';
        RETURN;
    END IF;
    -- The last plan, or the last of that name
    EXECUTE pg_catalog.format('SELECT jsonb_agg(to_jsonb(p) ORDER BY p."ID"::int) FROM (SELECT t.*, dense_rank() OVER (ORDER BY (to_jsonb(t) ->> ''PLAN_ID'')::numeric DESC'
        ' NULLS LAST, (to_jsonb(t) ->> ''TIMESTAMP'') DESC) AS "$RANK" FROM %s t WHERE $1 IS NULL OR t."STATEMENT_ID"::text = $1) p WHERE "$RANK" = 1', source)
        INTO steps USING statement_id;
    IF steps IS NULL THEN
        RETURN NEXT CASE WHEN statement_id IS NULL THEN 'Error: cannot fetch last explain plan from ' || coalesce(upper(table_name), 'PLAN_TABLE')
            ELSE 'Error: cannot fetch plan for statement_id ''' || statement_id || '''' END;
        RETURN;
    END IF;
    SELECT bool_or(s ? 'PARTITION_START' AND s ->> 'PARTITION_START' IS NOT NULL) AND 'PARTITION' = ANY (shown),
           max(substring(s ->> 'OTHER_XML' FROM 'type="plan_hash">(\d+)<')), greatest(3, max(length(s ->> 'ID')) + 2),
           greatest(9, max(coalesce((s ->> 'DEPTH')::int, 0) + length(concat_ws(' ', s ->> 'OPERATION', s ->> 'OPTIONS')))), greatest(4, max(length(s ->> 'OBJECT_NAME')))
      INTO partitioned, hash, id_width, operation_width, name_width FROM jsonb_array_elements(steps) s;
    IF hash IS NOT NULL THEN
        RETURN NEXT 'Plan hash value: ' || hash;
        RETURN NEXT ' ';
    END IF;
    header := '| Id' || repeat(' ', id_width - 2) || ' | ' || rpad('Operation', operation_width) || '| ' || rpad('Name', name_width) || ' |'
        || CASE WHEN 'ROWS' = ANY (shown) THEN ' Rows  |' ELSE '' END || CASE WHEN 'BYTES' = ANY (shown) THEN ' Bytes |' ELSE '' END
        || CASE WHEN 'COST' = ANY (shown) THEN ' Cost (%CPU)| Time     |' ELSE '' END || CASE WHEN partitioned THEN ' Pstart| Pstop |' ELSE '' END;
    RETURN NEXT repeat('-', length(header));
    RETURN NEXT header;
    RETURN NEXT repeat('-', length(header));
    FOR line IN
        SELECT '|' || CASE WHEN 'PREDICATE' = ANY (shown) AND num_nonnulls(s ->> 'ACCESS_PREDICATES', s ->> 'FILTER_PREDICATES') > 0 THEN '*' ELSE ' ' END
            || lpad(s ->> 'ID', id_width) || ' | ' || rpad(repeat(' ', coalesce((s ->> 'DEPTH')::int, 0)) || concat_ws(' ', s ->> 'OPERATION', s ->> 'OPTIONS'), operation_width)
            || '| ' || rpad(coalesce(s ->> 'OBJECT_NAME', ''), name_width) || ' |'
            || CASE WHEN 'ROWS' = ANY (shown) THEN lpad(coalesce(oracle.plan_number((s ->> 'CARDINALITY')::numeric), ''), 6) || ' |' ELSE '' END
            || CASE WHEN 'BYTES' = ANY (shown) THEN lpad(coalesce(oracle.plan_number((s ->> 'BYTES')::numeric), ''), 6) || ' |' ELSE '' END
            || CASE WHEN NOT 'COST' = ANY (shown) THEN '' WHEN s ->> 'COST' IS NULL THEN repeat(' ', 12) || '|' || repeat(' ', 10) || '|'
                ELSE lpad(oracle.plan_number((s ->> 'COST')::numeric), 6) || '   (0)| ' || to_char(make_interval(secs => coalesce((s ->> 'TIME')::int, 1)), 'HH24:MI:SS') || ' |' END
            || CASE WHEN partitioned THEN lpad(coalesce(s ->> 'PARTITION_START', ''), 6) || ' |' || lpad(coalesce(s ->> 'PARTITION_STOP', ''), 6) || ' |' ELSE '' END
          FROM jsonb_array_elements(steps) s
    LOOP
        RETURN NEXT line;
    END LOOP;
    RETURN NEXT repeat('-', length(header));
    IF 'PREDICATE' = ANY (shown) AND steps @? '$[*] ? (@.ACCESS_PREDICATES != null || @.FILTER_PREDICATES != null)' THEN
        RETURN NEXT ' ';
        RETURN NEXT 'Predicate Information (identified by operation id):';
        RETURN NEXT '---------------------------------------------------';
        RETURN NEXT ' ';
        FOR line IN
            SELECT CASE kind WHEN 1 THEN lpad(s ->> 'ID', 4) || ' - ' || 'access(' || (s ->> 'ACCESS_PREDICATES') || ')'
                ELSE CASE WHEN s ->> 'ACCESS_PREDICATES' IS NULL THEN lpad(s ->> 'ID', 4) || ' - ' ELSE repeat(' ', 7) END || 'filter(' || (s ->> 'FILTER_PREDICATES') || ')' END
              FROM jsonb_array_elements(steps) WITH ORDINALITY AS e(s, place), generate_series(1, 2) kind
             WHERE s ->> (CASE kind WHEN 1 THEN 'ACCESS_PREDICATES' ELSE 'FILTER_PREDICATES' END) IS NOT NULL ORDER BY place, kind
        LOOP
            RETURN NEXT line;
        END LOOP;
    END IF;
END
$$;
