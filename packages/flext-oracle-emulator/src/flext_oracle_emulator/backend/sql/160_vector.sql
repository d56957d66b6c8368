-- VECTOR of 23ai. A value is text (ttc/codecs/vector.py): `f:[1,2.5]`, a capital letter for a sparse one.

CREATE FUNCTION oracle.vector_letter(format text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE upper(format) WHEN 'FLOAT32' THEN 'f' WHEN 'FLOAT64' THEN 'd' WHEN 'INT8' THEN 'i' WHEN 'BINARY' THEN 'b' END;

CREATE FUNCTION oracle.vector_is_sparse(v oracle.vector) RETURNS bool LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN ascii(v::text) < 97;

-- The values, dense; `dimensions` counts them.
CREATE FUNCTION oracle.vector_values(v oracle.vector) RETURNS float8[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    body jsonb := substr(v::text, 3)::jsonb;
    result float8[];
BEGIN
    IF oracle.vector_is_sparse(v) THEN
        result := array_fill(0::float8, ARRAY[(body ->> 0)::int]);
        FOR k IN 0 .. jsonb_array_length(body -> 1) - 1 LOOP
            result[(body -> 1 ->> k)::int + 1] := (body -> 2 ->> k)::float8;
        END LOOP;
        RETURN result;
    END IF;
    RETURN ARRAY(SELECT x::float8 FROM jsonb_array_elements_text(body) WITH ORDINALITY AS e(x, n) ORDER BY n);
END
$$;
CREATE FUNCTION oracle.vector_dimension_count(v oracle.vector) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE WHEN oracle.vector_is_sparse(v) THEN (substr(v::text, 3)::jsonb ->> 0)::numeric
                ELSE jsonb_array_length(substr(v::text, 3)::jsonb) * CASE left(v::text, 1) WHEN 'b' THEN 8 ELSE 1 END END;
CREATE FUNCTION oracle.vector_dimension_format(v oracle.vector) RETURNS varchar LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (CASE lower(left(v::text, 1)) WHEN 'f' THEN 'FLOAT32' WHEN 'd' THEN 'FLOAT64' WHEN 'i' THEN 'INT8' ELSE 'BINARY' END)::varchar(10);

-- A vector in another format, or storage. The dimensions that a column declares must be the vector's (ORA-51803).
CREATE FUNCTION oracle.vector_as(v oracle.vector, dimensions numeric, format text, storage text) RETURNS oracle.vector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    letter text := coalesce(oracle.vector_letter(format), lower(left(v::text, 1)));
    sparse bool := coalesce(storage = 'SPARSE', oracle.vector_is_sparse(v));
    actual numeric := oracle.vector_dimension_count(v);
    nonzero jsonb;
    places jsonb;
BEGIN
    IF v IS NULL THEN
        RETURN NULL;
    ELSIF dimensions <> actual THEN
        RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = format('51803|Vector dimension count must match the dimension count specified in the column definition (expected %s dimensions, specified %s dimensions).', dimensions, actual);
    ELSIF (letter = 'b') <> (lower(left(v::text, 1)) = 'b') THEN
        RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '51814|Vector of BINARY format cannot have any operation performed with vector of any other type.';
    ELSIF letter = left(v::text, 1) AND NOT sparse THEN
        RETURN v;
    END IF;
    IF letter = 'i' AND lower(left(v::text, 1)) <> 'i' AND EXISTS (SELECT FROM unnest(oracle.vector_values(v)) AS x WHERE trunc(x) NOT BETWEEN -128 AND 127) THEN
        RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '51806|Vector column is not properly formatted (a dimension value is outside the allowed precision range).';
    END IF;
    IF sparse AND oracle.vector_is_sparse(v) THEN
        -- Zeros that were given stay.
        RETURN (upper(letter) || ':' || jsonb_build_array(actual::int, substr(v::text, 3)::jsonb -> 1,
            (SELECT coalesce(jsonb_agg(CASE letter WHEN 'i' THEN to_jsonb(trunc(x::float8)::int) WHEN 'f' THEN to_jsonb(x::float4) ELSE to_jsonb(x::float8) END ORDER BY n), '[]')
               FROM jsonb_array_elements_text(substr(v::text, 3)::jsonb -> 2) WITH ORDINALITY AS e(x, n)))::text)::oracle.vector;
    ELSIF sparse THEN
        SELECT coalesce(jsonb_agg(n - 1 ORDER BY n), '[]'), coalesce(jsonb_agg(CASE letter WHEN 'i' THEN to_jsonb(trunc(x)::int) WHEN 'f' THEN to_jsonb(x::float4) ELSE to_jsonb(x) END ORDER BY n), '[]')
          INTO places, nonzero FROM unnest(oracle.vector_values(v)) WITH ORDINALITY AS e(x, n) WHERE x <> 0;
        RETURN (upper(letter) || ':' || jsonb_build_array(actual::int, places, nonzero)::text)::oracle.vector;
    END IF;
    RETURN (letter || ':' || (SELECT jsonb_agg(CASE letter WHEN 'i' THEN to_jsonb(trunc(x)::int) WHEN 'f' THEN to_jsonb(x::float4) ELSE to_jsonb(x) END ORDER BY n)
        FROM unnest(oracle.vector_values(v)) WITH ORDINALITY AS e(x, n))::text)::oracle.vector;
END
$$;

-- '[1, 2.5]', or '[16, [1, 3], [34.6, 77.8]]' for a sparse one.
CREATE FUNCTION oracle.to_vector(content text, dimensions numeric, format text, storage text) RETURNS oracle.vector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    body jsonb;
    letter text := coalesce(oracle.vector_letter(format), 'f');
    sparse bool;
    listed jsonb;
BEGIN
    IF content IS NULL THEN
        RETURN NULL;
    END IF;
    BEGIN
        body := content::jsonb;
        sparse := jsonb_typeof(body -> 1) IS NOT DISTINCT FROM 'array';
        listed := CASE WHEN sparse THEN body -> 2 ELSE body END;
        IF jsonb_typeof(listed) <> 'array' OR EXISTS (SELECT FROM jsonb_array_elements(listed) AS x WHERE jsonb_typeof(x) <> 'number') THEN
            RAISE data_exception;
        END IF;
    EXCEPTION WHEN data_exception OR invalid_text_representation THEN
        RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '51805|Vector is not properly formatted (dimension value is either not a number or infinity).';
    END;
    IF NOT sparse AND body = '[]' THEN
        RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '51803|Vector dimension count must match the dimension count specified in the column definition (expected at least 1 dimension, specified 0 dimensions).';
    END IF;
    RETURN oracle.vector_as(((CASE WHEN letter = 'b' THEN 'b' WHEN sparse THEN 'D' ELSE 'd' END) || ':' || body::text)::oracle.vector,
        dimensions, CASE WHEN letter = 'b' THEN NULL ELSE coalesce(format, 'FLOAT32') END, storage);
END
$$;
CREATE FUNCTION oracle.to_vector(text) RETURNS oracle.vector LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN oracle.to_vector($1, NULL, NULL, NULL);
CREATE FUNCTION oracle.to_vector(text, numeric) RETURNS oracle.vector LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN oracle.to_vector($1, $2, NULL, NULL);
CREATE FUNCTION oracle.to_vector(text, numeric, text) RETURNS oracle.vector LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN oracle.to_vector($1, $2, $3, NULL);

-- Numbers as Oracle writes them: 1.0E+000.
CREATE FUNCTION oracle.vector_number(x float8, letter text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN letter IN ('i', 'b') THEN x::int::text
                WHEN x = 0 THEN '0'
                ELSE regexp_replace(regexp_replace(trim(to_char(x, CASE letter WHEN 'f' THEN '9.99999999EEEE' ELSE '9.9999999999999999EEEE' END)), '(\.\d+?)0*e', '\1e'),
                     'e([+-])(\d{2})$', 'E\10\2') END;
CREATE FUNCTION oracle.from_vector(v oracle.vector) RETURNS varchar LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    body jsonb := substr(v::text, 3)::jsonb;
    letter text := lower(left(v::text, 1));
    listed jsonb := CASE WHEN oracle.vector_is_sparse(v) THEN body -> 2 ELSE body END;
    shown text;
BEGIN
    SELECT '[' || coalesce(string_agg(oracle.vector_number(x::float8, letter), ',' ORDER BY n), '') || ']' INTO shown
      FROM jsonb_array_elements_text(listed) WITH ORDINALITY AS e(x, n);
    RETURN CASE WHEN oracle.vector_is_sparse(v) THEN format('[%s,%s,%s]', body ->> 0, replace((body -> 1)::text, ' ', ''), shown) ELSE shown END;
END
$$;

CREATE FUNCTION oracle.vector_distance(a oracle.vector, b oracle.vector, metric text) RETURNS float8 LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    x float8[] := oracle.vector_values(a);
    y float8[] := oracle.vector_values(b);
BEGIN
    IF cardinality(x) <> cardinality(y) THEN
        RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = format('51808|VECTOR_DISTANCE function is not supported for vectors with different dimension counts (%s, %s).', cardinality(x), cardinality(y));
    END IF;
    RETURN (SELECT CASE metric
        WHEN 'EUCLIDEAN' THEN sqrt(sum((p - q) * (p - q)))
        WHEN 'L2_SQUARED' THEN sum((p - q) * (p - q))
        WHEN 'EUCLIDEAN_SQUARED' THEN sum((p - q) * (p - q))
        WHEN 'DOT' THEN -sum(p * q)
        WHEN 'MANHATTAN' THEN sum(abs(p - q))
        WHEN 'HAMMING' THEN count(*) FILTER (WHERE p <> q)
        ELSE 1 - sum(p * q) / nullif(sqrt(sum(p * p)) * sqrt(sum(q * q)), 0) END
      FROM unnest(x, y) AS v(p, q));
END
$$;
CREATE FUNCTION oracle.vector_distance(oracle.vector, oracle.vector) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN oracle.vector_distance($1, $2, CASE WHEN left($1::text, 1) = 'b' THEN 'HAMMING' ELSE 'COSINE' END);
CREATE FUNCTION oracle.vector_norm(v oracle.vector) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (SELECT sqrt(sum(x * x)) FROM unnest(oracle.vector_values(v)) AS x);
CREATE FUNCTION oracle.vector_serialize(oracle.vector) RETURNS varchar LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN oracle.from_vector($1);
CREATE FUNCTION oracle.vector_dims(oracle.vector) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN oracle.vector_dimension_count($1);
