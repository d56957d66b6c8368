-- Rank correlations and tests of hypotheses over the arrays of their values, in binary floating point.

-- Regularized incomplete beta function, by its continued fraction (Lentz).
CREATE FUNCTION oracle.beta_part(a float8, b float8, x float8) RETURNS float8 LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    c float8 := 1;
    d float8;
    h float8;
    term float8;
    change float8;
BEGIN
    IF x <= 0 THEN
        RETURN 0;
    ELSIF x >= 1 THEN
        RETURN 1;
    ELSIF x > (a + 1) / (a + b + 2) THEN
        RETURN 1 - oracle.beta_part(b, a, 1 - x);
    END IF;
    d := 1 / (1 - (a + b) * x / (a + 1));
    h := d;
    FOR m IN 1 .. 500 LOOP
        term := m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        d := 1 / (1 + term * d);
        c := 1 + term / c;
        h := h * d * c;
        term := -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        d := 1 / (1 + term * d);
        c := 1 + term / c;
        change := d * c;
        h := h * change;
        EXIT WHEN abs(change - 1) < 1e-15;
    END LOOP;
    RETURN exp(a * ln(x) + b * ln(1 - x) - lgamma(a) - lgamma(b) + lgamma(a + b)) * h / a;
END
$$;
-- The upper part of the regularized incomplete gamma function.
CREATE FUNCTION oracle.gamma_upper(a float8, x float8) RETURNS float8 LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    total float8 := 1 / a;
    term float8 := 1 / a;
    b float8 := x + 1 - a;
    c float8 := 1e300;
    d float8;
    h float8;
BEGIN
    IF x <= 0 THEN
        RETURN 1;
    ELSIF x < a + 1 THEN
        FOR n IN 1 .. 1000 LOOP
            term := term * x / (a + n);
            total := total + term;
            EXIT WHEN term < total * 1e-16;
        END LOOP;
        RETURN 1 - total * exp(a * ln(x) - x - lgamma(a));
    END IF;
    d := 1 / b;
    h := d;
    FOR n IN 1 .. 1000 LOOP
        term := -n * (n - a);
        b := b + 2;
        d := 1 / (term * d + b);
        c := b + term / c;
        h := h * d * c;
        EXIT WHEN abs(d * c - 1) < 1e-15;
    END LOOP;
    RETURN h * exp(a * ln(x) - x - lgamma(a));
END
$$;
CREATE FUNCTION oracle.t_significance(t float8, df float8) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN oracle.beta_part(df / 2, 0.5, df / (df + t * t));

-- Spearman's rho: the correlation of the ranks, equal values having the mean of theirs.
CREATE FUNCTION oracle.corr_s(x numeric[], y numeric[]) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
    SELECT corr(rx::float8, ry::float8)::numeric FROM (
        SELECT rank() OVER (ORDER BY u.a) + (count(*) OVER (PARTITION BY u.a) - 1) / 2.0 AS rx,
               rank() OVER (ORDER BY u.b) + (count(*) OVER (PARTITION BY u.b) - 1) / 2.0 AS ry
          FROM unnest(x, y) AS u(a, b)) AS r
$$;
-- Kendall's tau-b.
CREATE FUNCTION oracle.corr_k(x numeric[], y numeric[]) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
    SELECT (sum(sign(p.a - q.a) * sign(p.b - q.b))::float8 / nullif(sqrt((count(*) FILTER (WHERE p.a <> q.a))::float8 * count(*) FILTER (WHERE p.b <> q.b)), 0))::numeric
      FROM unnest(x, y) WITH ORDINALITY AS p(a, b, i), unnest(x, y) WITH ORDINALITY AS q(a, b, i) WHERE p.i < q.i
$$;

CREATE FUNCTION oracle.t_result(statistic float8, df float8, wanted text) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (CASE wanted WHEN 'STATISTIC' THEN statistic WHEN 'DF' THEN df WHEN 'ONE_SIDED_SIG' THEN oracle.t_significance(statistic, df) / 2
        ELSE oracle.t_significance(statistic, df) END)::numeric;
CREATE FUNCTION oracle.stats_t_test_one(x numeric[], mean numeric, wanted text) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
    SELECT CASE WHEN count(*) > 1 THEN oracle.t_result(((avg(v) - mean) / nullif(stddev_samp(v), 0) * sqrt(count(*)))::float8, count(*) - 1, wanted) END FROM unnest(x) AS v
$$;
CREATE FUNCTION oracle.stats_t_test_paired(x numeric[], y numeric[], wanted text) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
    SELECT oracle.stats_t_test_one(array_agg(u.a - u.b), 0, wanted) FROM unnest(x, y) AS u(a, b)
$$;
-- Two groups of values; `equal`: with the same variance. `first` is the group whose mean counts positive.
CREATE FUNCTION oracle.stats_t_test_groups(groups text[], vals numeric[], wanted text, first text, equal bool) RETURNS numeric
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    n float8[];
    m float8[];
    s float8[];
    pooled float8;
    df float8;
BEGIN
    SELECT array_agg(c ORDER BY o), array_agg(a ORDER BY o), array_agg(v ORDER BY o) INTO n, m, s
      FROM (SELECT count(*)::float8 AS c, avg(u.v)::float8 AS a, var_samp(u.v)::float8 AS v, (g <> coalesce(first, min(min(g)) OVER ())) AS o
              FROM unnest(groups, vals) AS u(g, v) GROUP BY g) AS t;
    IF cardinality(n) <> 2 THEN
        RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '13750|expression of groups must have two values';
    END IF;
    IF equal THEN
        df := n[1] + n[2] - 2;
        pooled := ((n[1] - 1) * s[1] + (n[2] - 1) * s[2]) / df;
        RETURN oracle.t_result((m[1] - m[2]) / sqrt(pooled * (1 / n[1] + 1 / n[2])), df, wanted);
    END IF;
    df := (s[1] / n[1] + s[2] / n[2]) ^ 2 / ((s[1] / n[1]) ^ 2 / (n[1] - 1) + (s[2] / n[2]) ^ 2 / (n[2] - 1));
    RETURN oracle.t_result((m[1] - m[2]) / sqrt(s[1] / n[1] + s[2] / n[2]), df, wanted);
END
$$;
CREATE FUNCTION oracle.stats_one_way_anova(groups text[], vals numeric[], wanted text) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
    SELECT (CASE wanted WHEN 'SUM_SQUARES_BETWEEN' THEN sb WHEN 'SUM_SQUARES_WITHIN' THEN sw WHEN 'DF_BETWEEN' THEN db WHEN 'DF_WITHIN' THEN dw
        WHEN 'MEAN_SQUARES_BETWEEN' THEN sb / db WHEN 'MEAN_SQUARES_WITHIN' THEN sw / dw WHEN 'F_RATIO' THEN (sb / db) / nullif(sw / dw, 0)
        ELSE oracle.beta_part(dw / 2, db / 2, dw / (dw + db * (sb / db) / nullif(sw / dw, 0))) END)::numeric
      FROM (SELECT sum(n * (m - g) ^ 2)::float8 AS sb, sum(s)::float8 AS sw, nullif(count(*) - 1, 0)::float8 AS db, nullif(sum(n) - count(*), 0)::float8 AS dw
              FROM (SELECT count(*) AS n, avg(u.v) AS m, coalesce(var_pop(u.v), 0) * count(*) AS s, (SELECT avg(v) FROM unnest(vals) AS v) AS g
                      FROM unnest(groups, vals) AS u(g, v) GROUP BY u.g) AS t) AS f
$$;
CREATE FUNCTION oracle.stats_crosstab(x text[], y text[], wanted text) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
    SELECT (CASE wanted WHEN 'CHISQ_OBS' THEN chi WHEN 'CHISQ_DF' THEN df WHEN 'PHI_COEFFICIENT' THEN sqrt(chi / n)
        WHEN 'CRAMERS_V' THEN sqrt(chi / (n * nullif(least(r, c) - 1, 0))) WHEN 'CONT_COEFFICIENT' THEN sqrt(chi / (chi + n))
        ELSE oracle.gamma_upper(nullif(df, 0) / 2, chi / 2) END)::numeric
      FROM (SELECT sum((coalesce(o.n, 0) - a.n * b.n / t.n) ^ 2 / (a.n * b.n / t.n))::float8 AS chi, max(t.n)::float8 AS n,
                   count(DISTINCT a.v)::float8 AS r, count(DISTINCT b.v)::float8 AS c, ((count(DISTINCT a.v) - 1) * (count(DISTINCT b.v) - 1))::float8 AS df
              FROM (SELECT v, count(*)::float8 AS n FROM unnest(x) AS v GROUP BY v) AS a CROSS JOIN (SELECT v, count(*)::float8 AS n FROM unnest(y) AS v GROUP BY v) AS b
              CROSS JOIN (SELECT cardinality(x)::float8 AS n) AS t
              LEFT JOIN (SELECT u.a, u.b, count(*)::float8 AS n FROM unnest(x, y) AS u(a, b) GROUP BY u.a, u.b) AS o ON o.a = a.v AND o.b = b.v) AS f
$$;
-- How likely `hits` of `total` are when each has probability p.
CREATE FUNCTION oracle.stats_binomial_test(x text[], hit text, p numeric, wanted text) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
    SELECT (CASE wanted WHEN 'EXACT_PROB' THEN exp(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) + k * ln(p::float8) + (n - k) * ln(1 - p::float8))
        WHEN 'ONE_SIDED_PROB_OR_MORE' THEN CASE k WHEN 0 THEN 1 ELSE oracle.beta_part(k, n - k + 1, p::float8) END
        ELSE CASE k WHEN n THEN 1 ELSE oracle.beta_part(n - k, k + 1, 1 - p::float8) END END)::numeric
      FROM (SELECT cardinality(x)::float8 AS n, (SELECT count(*) FROM unnest(x) AS v WHERE v = hit)::float8 AS k) AS c
$$;
