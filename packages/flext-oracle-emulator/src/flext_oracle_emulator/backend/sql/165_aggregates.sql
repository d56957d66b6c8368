-- What aggregates of the translator end in: lists of text, distinct values over windows, linear regression.

CREATE FUNCTION oracle.first_of_each(parts text[]) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (SELECT pg_catalog.array_agg(u.part ORDER BY u.place) FROM
        (SELECT DISTINCT ON (p.part) p.part, p.place FROM unnest($1) WITH ORDINALITY AS p(part, place) ORDER BY p.part, p.place) AS u);
CREATE FUNCTION oracle.list_text(parts text[], separator text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    result text := nullif(array_to_string(parts, coalesce(separator, '')), '');
BEGIN
    IF octet_length(result) > 4000 THEN
        RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '1489|result of string concatenation is too long';
    END IF;
    RETURN result;
END
$$;
-- LISTAGG .. ON OVERFLOW TRUNCATE: whole values as long as the separator, the indicator and the count still fit.
CREATE FUNCTION oracle.list_truncated(parts text[], separator text, indicator text, with_count bool) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    result text := nullif(array_to_string(parts, coalesce(separator, '')), '');
    tail int;
    kept int := 0;
    size int := 0;
BEGIN
    IF octet_length(result) <= 4000 OR result IS NULL THEN
        RETURN result;
    END IF;
    tail := octet_length(coalesce(separator, '')) + octet_length(coalesce(indicator, '')) + CASE WHEN with_count THEN 24 ELSE 0 END;
    WHILE kept < cardinality(parts) LOOP
        size := size + octet_length(parts[kept + 1]) + CASE WHEN kept > 0 THEN octet_length(coalesce(separator, '')) ELSE 0 END;
        EXIT WHEN size + tail > 4000;
        kept := kept + 1;
    END LOOP;
    RETURN array_to_string(parts[1:kept], coalesce(separator, '')) || coalesce(separator, '') || coalesce(indicator, '')
        || CASE WHEN with_count THEN '(' || (cardinality(parts) - kept) || ')' ELSE '' END;
END
$$;
-- SUM, AVG or COUNT over the values whose keys are those of the first.
CREATE FUNCTION oracle.keep_total(kind text, vals numeric[], keys text[]) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE kind WHEN 'SUM' THEN sum(u.v) WHEN 'AVG' THEN avg(u.v) ELSE count(u.v)::numeric END FROM unnest(vals, keys) AS u(v, k) WHERE u.k = keys[1]
$$;
CREATE FUNCTION oracle.count_distinct(anyarray) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
    'SELECT count(DISTINCT u.v)::numeric FROM unnest($1) AS u(v)';
CREATE FUNCTION oracle.sum_distinct(numeric[]) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN (SELECT sum(DISTINCT u.v) FROM unnest($1) AS u(v));
CREATE FUNCTION oracle.avg_distinct(numeric[]) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN oracle.divide(oracle.sum_distinct($1), nullif(oracle.count_distinct($1), 0));

CREATE FUNCTION oracle.regression(name text, n numeric, x numeric, y numeric, xx numeric, yy numeric, xy numeric) RETURNS numeric
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    -- n times the sums of squares and products of the deviations, exact
    sxx numeric := greatest(n * xx - x * x, 0);
    syy numeric := greatest(n * yy - y * y, 0);
    sxy numeric := n * xy - x * y;
BEGIN
    IF name = 'REGR_COUNT' THEN
        RETURN n;
    ELSIF n = 0 OR n IS NULL THEN
        RETURN NULL;
    END IF;
    RETURN CASE name
        WHEN 'COVAR_POP' THEN oracle.divide(sxy, n * n)
        WHEN 'COVAR_SAMP' THEN CASE WHEN n > 1 THEN oracle.divide(sxy, n * (n - 1)) END
        WHEN 'CORR' THEN CASE WHEN sxx > 0 AND syy > 0 THEN oracle.divide(sxy, oracle.sqrt(sxx * syy)) END
        WHEN 'REGR_SLOPE' THEN CASE WHEN sxx > 0 THEN oracle.divide(sxy, sxx) END
        WHEN 'REGR_INTERCEPT' THEN CASE WHEN sxx > 0 THEN oracle.divide(y * sxx - sxy * x, n * sxx) END
        WHEN 'REGR_R2' THEN CASE WHEN sxx > 0 AND syy > 0 THEN oracle.divide(sxy * sxy, sxx * syy) WHEN sxx > 0 THEN 1 END
        WHEN 'REGR_AVGX' THEN oracle.divide(x, n)
        WHEN 'REGR_AVGY' THEN oracle.divide(y, n)
        WHEN 'REGR_SXX' THEN oracle.divide(sxx, n)
        WHEN 'REGR_SYY' THEN oracle.divide(syy, n)
        WHEN 'REGR_SXY' THEN oracle.divide(sxy, n) END;
END
$$;
