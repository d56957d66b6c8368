-- Objects and collections: JSON documents in domains of the name of their types (sql/user_types.py).

-- ALL_TYPES.TYPE_OID: 16 bytes.
CREATE FUNCTION oracle.type_oid(object_id int) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN decode('e0' || lpad(to_hex(object_id), 30, '0'), 'hex');

-- An attribute's text, if it fits what the type declares.
CREATE FUNCTION oracle.attribute_text(value text, most int, in_characters bool) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    IF (CASE WHEN in_characters THEN pg_catalog.char_length(value) ELSE pg_catalog.octet_length(value) END) OPERATOR(pg_catalog.>) most THEN
        RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '22814|attribute or element value is larger than specified in type';
    END IF;
    RETURN value;
END
$$;

-- A collection with as many elements as its VARRAY type allows.
CREATE FUNCTION oracle.limited(collection jsonb, most int) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    IF pg_catalog.jsonb_array_length(collection) OPERATOR(pg_catalog.>) most THEN
        RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '22909|exceeded maximum VARRAY limit';
    END IF;
    RETURN collection;
END
$$;

CREATE FUNCTION oracle.element_set(collection jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN collection IS NOT NULL THEN coalesce((SELECT jsonb_agg(d.e ORDER BY d.first)
        FROM (SELECT e, min(n) AS first FROM jsonb_array_elements(collection) WITH ORDINALITY AS x(e, n) GROUP BY e) AS d), '[]') END;

CREATE FUNCTION oracle.multiset_except(a jsonb, b jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN a IS NOT NULL AND b IS NOT NULL THEN coalesce((SELECT jsonb_agg(x.e ORDER BY x.n)
        FROM (SELECT e, n, row_number() OVER (PARTITION BY e ORDER BY n) AS k FROM jsonb_array_elements(a) WITH ORDINALITY AS u(e, n)) AS x
       WHERE x.k > (SELECT count(*) FROM jsonb_array_elements(b) AS y(e) WHERE y.e = x.e)), '[]') END;

CREATE FUNCTION oracle.multiset_intersect(a jsonb, b jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN a IS NOT NULL AND b IS NOT NULL THEN coalesce((SELECT jsonb_agg(x.e ORDER BY x.n)
        FROM (SELECT e, n, row_number() OVER (PARTITION BY e ORDER BY n) AS k FROM jsonb_array_elements(a) WITH ORDINALITY AS u(e, n)) AS x
       WHERE x.k <= (SELECT count(*) FROM jsonb_array_elements(b) AS y(e) WHERE y.e = x.e)), '[]') END;

CREATE FUNCTION oracle.multiset_union(a jsonb, b jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN a || b;

CREATE FUNCTION oracle.submultiset(part jsonb, whole jsonb) RETURNS bool LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN jsonb_array_length(oracle.multiset_except(part, whole)) = 0;

-- NULL if an element is not known.
CREATE FUNCTION oracle.is_member(value jsonb, collection jsonb) RETURNS bool LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN collection IS NOT NULL THEN nullif(value, 'null') = ANY (SELECT nullif(e, 'null') FROM jsonb_array_elements(collection) AS x(e)) END;

CREATE FUNCTION oracle.collections_equal(a jsonb, b jsonb) RETURNS bool LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN jsonb_array_length(a) <> jsonb_array_length(b) THEN false
                WHEN EXISTS (SELECT FROM jsonb_array_elements(a || b) AS x(e) WHERE e = 'null') THEN NULL
                ELSE oracle.submultiset(a, b) END;

-- POWERMULTISET(c): all the collections that are not empty of elements of c.
CREATE FUNCTION oracle.powermultiset(collection jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (SELECT jsonb_agg((SELECT jsonb_agg(e ORDER BY n) FROM jsonb_array_elements(collection) WITH ORDINALITY AS x(e, n)
                               WHERE mask::int8 >> (n - 1)::int & 1 = 1) ORDER BY mask)
              FROM generate_series(1, (1::int8 << jsonb_array_length(collection)) - 1) AS m(mask));
