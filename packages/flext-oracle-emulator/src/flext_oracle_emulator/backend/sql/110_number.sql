-- NUMBER: 20 base-100 digits (39 or 40 decimal digits), conversion from and to text, arithmetic and numeric functions.

-- A STRICT function whose body is a CASE cannot be inlined, so hot functions are not STRICT and give NULL for NULL by
-- themselves; where a value is needed twice plpgsql is the fast way. PostgreSQL's own text of a number has to be taken here,
-- before the cast below makes `numeric::text` Oracle's.
CREATE FUNCTION oracle.plain(numeric) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN $1::text;

-- Position of the first base-100 digit: 0 for 1 <= |x| < 100, -1 for 0.01 <= |x| < 1.
CREATE FUNCTION oracle.exponent100(numeric) RETURNS int4 LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN floor((char_length(ltrim(replace(abs($1)::text, '.', ''), '0')) - 1 - scale($1)) / 2.0)::int4;

-- Round to what a NUMBER can hold and drop trailing zeros.
CREATE FUNCTION oracle.number(x numeric) RETURNS numeric LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    a pg_catalog.numeric := pg_catalog.abs(x);
    e pg_catalog.int4;
BEGIN
    IF a OPERATOR(pg_catalog.>=) 1 THEN
        IF a OPERATOR(pg_catalog.<) 100 THEN
            RETURN pg_catalog.trim_scale(pg_catalog.round(x, 38));
        ELSIF a OPERATOR(pg_catalog.<) 10000 THEN
            RETURN pg_catalog.trim_scale(pg_catalog.round(x, 36));
        END IF;
    ELSIF a OPERATOR(pg_catalog.>=) 0.01 THEN
        RETURN pg_catalog.trim_scale(pg_catalog.round(x, 40));
    ELSIF a OPERATOR(pg_catalog.=) 0 THEN
        RETURN 0;
    END IF;
    e := oracle.exponent100(a);
    IF e OPERATOR(pg_catalog.>) 62 THEN
        RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '1426|numeric overflow';
    ELSIF e OPERATOR(pg_catalog.<) -65 THEN
        RETURN 0;
    END IF;
    RETURN pg_catalog.trim_scale(pg_catalog.round(x, 38 OPERATOR(pg_catalog.-) (2 OPERATOR(pg_catalog.*) e)));
END
$$;

CREATE FUNCTION oracle.int(numeric) RETURNS int4 LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN $1 > 2147483646 THEN 2147483646 WHEN $1 < -2147483646 THEN -2147483646 ELSE trunc($1)::int4 END;

-- Text to number as Oracle reads it: blanks around, one sign, digits, point, exponent; nothing else.
CREATE FUNCTION oracle.to_number(text) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN $1 !~ '^ *[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)? *$'
                THEN CASE WHEN $1 <> '' THEN oracle.fail(1722, 'invalid number', $1, NULL::numeric) END
                ELSE oracle.number($1::numeric) END;
CREATE FUNCTION oracle.to_number(numeric) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN $1;
CREATE FUNCTION oracle.to_number(float8) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN oracle.number($1::numeric);

-- Numbers that need more than 40 digits in plain notation: 1.2300000000000000000000000000000000E+45.
CREATE FUNCTION oracle.number_scientific(x numeric) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog AS $$
DECLARE
    digits text := ltrim(replace(oracle.plain(abs(x)), '.', ''), '0');
    e int := char_length(digits) - 1 - scale(x);
BEGIN
    RETURN format('%s%s.%sE%s%s', CASE WHEN x < 0 THEN '-' END, left(digits, 1), rpad(substr(digits, 2, 34), 34, '0'),
        CASE WHEN e < 0 THEN '-' ELSE '+' END, lpad(abs(e)::text, 2, '0'));
END
$$;
CREATE FUNCTION oracle.number_text(numeric) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN ($1 >= 1 AND $1 < 1e40) OR ($1 <= -1 AND $1 > -1e40) OR $1 = 0 THEN trim_scale($1)::text
                WHEN abs($1) >= 1e40 OR scale(trim_scale($1)) > 40 THEN oracle.number_scientific(oracle.number($1))
                WHEN $1 > 0 THEN substr(trim_scale($1)::text, 2)
                ELSE '-' || substr(trim_scale($1)::text, 3) END;
CREATE FUNCTION oracle.to_char(numeric) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN scale($1) = 0 AND abs($1) < 1e40 THEN $1::text
                ELSE translate(oracle.number_text($1), '.', left(coalesce(nullif(current_setting('oracle.nls_numeric_characters', true), ''), '.'), 1)) END;
CREATE FUNCTION oracle.to_char(int4) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN $1::text;
CREATE FUNCTION oracle.to_char(int8) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN $1::text;

CREATE CAST (text AS numeric) WITH FUNCTION oracle.to_number(text) AS ASSIGNMENT;
CREATE FUNCTION oracle.to_number(varchar) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN oracle.to_number($1::text);
CREATE FUNCTION oracle.to_number(bpchar) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN oracle.to_number($1::text);
CREATE CAST (varchar AS numeric) WITH FUNCTION oracle.to_number(varchar) AS ASSIGNMENT;
CREATE CAST (bpchar AS numeric) WITH FUNCTION oracle.to_number(bpchar) AS ASSIGNMENT;
CREATE CAST (oracle.nvarchar2 AS numeric) WITH FUNCTION oracle.to_number(varchar) AS ASSIGNMENT;
-- Not int4 and int8: they become numeric first, or operators with text on one side would be ambiguous.
CREATE CAST (numeric AS text) WITH FUNCTION oracle.to_char(numeric) AS IMPLICIT;
CREATE FUNCTION oracle.number_to_varchar(numeric) RETURNS varchar LANGUAGE sql STABLE STRICT PARALLEL SAFE RETURN oracle.to_char($1)::varchar;
CREATE FUNCTION oracle.number_to_char(numeric) RETURNS bpchar LANGUAGE sql STABLE STRICT PARALLEL SAFE RETURN oracle.to_char($1)::bpchar;
CREATE FUNCTION oracle.number_to_nvarchar2(numeric) RETURNS oracle.nvarchar2 LANGUAGE sql STABLE STRICT PARALLEL SAFE
    RETURN oracle.to_char($1)::oracle.nvarchar2;
CREATE CAST (numeric AS varchar) WITH FUNCTION oracle.number_to_varchar(numeric) AS ASSIGNMENT;
CREATE CAST (numeric AS bpchar) WITH FUNCTION oracle.number_to_char(numeric) AS ASSIGNMENT;
CREATE CAST (numeric AS oracle.nvarchar2) WITH FUNCTION oracle.number_to_nvarchar2(numeric) AS ASSIGNMENT;

-- Division: enough decimals first, then Oracle's rounding. Zero raises 22012.
CREATE FUNCTION oracle.divide(numeric, numeric) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN $1 = 0 AND $2 <> 0 THEN 0
                WHEN abs($1) > 1e-20 AND abs($2) < 1e20 THEN oracle.number(round($1, 84) / $2)
                ELSE oracle.number(round($1, 300) / $2) END;
CREATE OPERATOR oracle./ (FUNCTION = oracle.divide, LEFTARG = numeric, RIGHTARG = numeric);
CREATE FUNCTION oracle.multiply(numeric, numeric) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN scale($1) + scale($2) <= 30 THEN $1 * $2 ELSE oracle.number($1 * $2) END;
CREATE OPERATOR oracle.* (FUNCTION = oracle.multiply, LEFTARG = numeric, RIGHTARG = numeric, COMMUTATOR = OPERATOR(oracle.*));
CREATE FUNCTION oracle.divide(int8, int8) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN oracle.divide($1::numeric, $2::numeric);
CREATE FUNCTION oracle.divide(int4, int4) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN oracle.divide($1::numeric, $2::numeric);
CREATE FUNCTION oracle.divide(int4, int8) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN oracle.divide($1::numeric, $2::numeric);
CREATE FUNCTION oracle.divide(int8, int4) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN oracle.divide($1::numeric, $2::numeric);
CREATE OPERATOR oracle./ (FUNCTION = oracle.divide, LEFTARG = int8, RIGHTARG = int8);
CREATE OPERATOR oracle./ (FUNCTION = oracle.divide, LEFTARG = int4, RIGHTARG = int4);
CREATE OPERATOR oracle./ (FUNCTION = oracle.divide, LEFTARG = int4, RIGHTARG = int8);
CREATE OPERATOR oracle./ (FUNCTION = oracle.divide, LEFTARG = int8, RIGHTARG = int4);
-- Integers that PostgreSQL itself produced (count, rank ..) must not overflow.
DO $$
DECLARE
    l text;
    r text;
    op record;
BEGIN
    FOR op IN SELECT * FROM (VALUES ('+', 'plus'), ('-', 'minus'), ('*', 'times')) AS v(symbol, name) LOOP
        FOREACH l IN ARRAY ARRAY['int4', 'int8'] LOOP
            FOREACH r IN ARRAY ARRAY['int4', 'int8'] LOOP
                EXECUTE format('CREATE FUNCTION oracle.int_%s(%s, %s) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE'
                    ' RETURN $1::numeric %s $2::numeric', op.name, l, r, op.symbol);
                EXECUTE format('CREATE OPERATOR oracle.%s (FUNCTION = oracle.int_%s, LEFTARG = %s, RIGHTARG = %s)', op.symbol, op.name, l, r);
            END LOOP;
        END LOOP;
    END LOOP;
END
$$;

-- Text with a number: the text is converted, whichever side it is on.
DO $$
DECLARE
    op record;
BEGIN
    FOR op IN SELECT * FROM (VALUES ('=', 'eq', 'bool', '=', '<>'), ('<>', 'ne', 'bool', '<>', '='), ('<', 'lt', 'bool', '>', '>='),
        ('<=', 'le', 'bool', '>=', '>'), ('>', 'gt', 'bool', '<', '<='), ('>=', 'ge', 'bool', '<=', '<'),
        ('+', 'add', 'numeric', NULL, NULL), ('-', 'sub', 'numeric', NULL, NULL),
        ('*', 'mul', 'numeric', NULL, NULL), ('/', 'div', 'numeric', NULL, NULL)) AS v(symbol, name, result, commutator, negator) LOOP
        EXECUTE format('CREATE FUNCTION oracle.text_number_%s(text, numeric) RETURNS %s LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE'
            ' RETURN oracle.to_number($1) OPERATOR(%s.%s) $2', op.name, op.result,
            CASE WHEN op.symbol IN ('*', '/') THEN 'oracle' ELSE 'pg_catalog' END, op.symbol);
        EXECUTE format('CREATE FUNCTION oracle.number_text_%s(numeric, text) RETURNS %s LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE'
            ' RETURN $1 OPERATOR(%s.%s) oracle.to_number($2)', op.name, op.result,
            CASE WHEN op.symbol IN ('*', '/') THEN 'oracle' ELSE 'pg_catalog' END, op.symbol);
        EXECUTE format('CREATE OPERATOR oracle.%s (FUNCTION = oracle.text_number_%s, LEFTARG = text, RIGHTARG = numeric%s)', op.symbol, op.name,
            CASE WHEN op.negator IS NULL THEN '' ELSE format(', NEGATOR = OPERATOR(oracle.%s)', op.negator) END);
        EXECUTE format('CREATE OPERATOR oracle.%s (FUNCTION = oracle.number_text_%s, LEFTARG = numeric, RIGHTARG = text%s)', op.symbol, op.name,
            CASE WHEN op.negator IS NULL THEN '' ELSE format(', NEGATOR = OPERATOR(oracle.%s)', op.negator) END);
        IF op.result = 'numeric' THEN
            EXECUTE format('CREATE FUNCTION oracle.text_text_%s(text, text) RETURNS %s LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE'
                ' RETURN oracle.to_number($1) OPERATOR(%s.%s) oracle.to_number($2)', op.name, op.result,
                CASE WHEN op.symbol IN ('*', '/') THEN 'oracle' ELSE 'pg_catalog' END, op.symbol);
            EXECUTE format('CREATE OPERATOR oracle.%s (FUNCTION = oracle.text_text_%s, LEFTARG = text, RIGHTARG = text)', op.symbol, op.name);
        END IF;
    END LOOP;
END
$$;
CREATE FUNCTION oracle.text_negate(text) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN -oracle.to_number($1);
CREATE OPERATOR oracle.- (FUNCTION = oracle.text_negate, RIGHTARG = text);

-- Binary floating point: what overflows is infinite, and so is a division by zero.
CREATE FUNCTION oracle.float_add(float8, float8) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE WHEN abs($1) > 8e307 AND abs($2) > 8e307 AND sign($1) = sign($2) THEN sign($1) * 'Infinity'::float8 ELSE $1 OPERATOR(pg_catalog.+) $2 END;
CREATE FUNCTION oracle.float_subtract(float8, float8) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN oracle.float_add($1, -$2);
CREATE FUNCTION oracle.float_multiply(float8, float8) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN abs($1) > 1 AND abs($2) > 1 AND abs($2) > 1.7976931348623157e308::float8 / abs($1) THEN sign($1) * sign($2) * 'Infinity'::float8
                WHEN $1 <> 0 AND abs($1) < 1 AND $2 <> 0 AND abs($2) < 1 AND abs($2) < 4.95e-324::float8 / abs($1) THEN 0
                ELSE $1 OPERATOR(pg_catalog.*) $2 END;
CREATE FUNCTION oracle.float_divide(float8, float8) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN $2 = 0 THEN CASE WHEN $1 = 0 OR $1 = 'NaN' THEN 'NaN'::float8 ELSE sign($1) * 'Infinity'::float8 END
                WHEN abs($2) < 1 AND abs($1) > 1.7976931348623157e308::float8 * abs($2) THEN sign($1) * sign($2) * 'Infinity'::float8
                WHEN abs($2) > 1 AND $1 <> 0 AND abs($1) < 4.95e-324::float8 * abs($2) THEN 0
                ELSE $1 OPERATOR(pg_catalog./) $2 END;

-- Rounding. PostgreSQL rounds halves away from zero, as Oracle does.
CREATE FUNCTION oracle.round(numeric) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN pg_catalog.round($1);
CREATE FUNCTION oracle.round(numeric, numeric) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN trim_scale(pg_catalog.round($1, oracle.int($2)));
CREATE FUNCTION oracle.round(numeric, int4) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN trim_scale(pg_catalog.round($1, $2));
CREATE FUNCTION oracle.round(float8) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN sign($1) * floor(abs($1) + 0.5);
CREATE FUNCTION oracle.round(float8, numeric) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN oracle.round($1::numeric, $2);
CREATE FUNCTION oracle.trunc(numeric) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN pg_catalog.trunc($1);
CREATE FUNCTION oracle.trunc(numeric, numeric) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN trim_scale(pg_catalog.trunc($1, oracle.int($2)));
CREATE FUNCTION oracle.trunc(numeric, int4) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN trim_scale(pg_catalog.trunc($1, $2));
CREATE FUNCTION oracle.trunc(float8) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN pg_catalog.trunc($1);
CREATE FUNCTION oracle.trunc(float8, numeric) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN oracle.trunc($1::numeric, $2);
CREATE FUNCTION oracle.ceil(numeric) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN pg_catalog.ceil($1);
CREATE FUNCTION oracle.ceil(float8) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN pg_catalog.ceil($1);
CREATE FUNCTION oracle.floor(numeric) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN pg_catalog.floor($1);
CREATE FUNCTION oracle.floor(float8) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN pg_catalog.floor($1);
CREATE FUNCTION oracle.abs(numeric) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN pg_catalog.abs($1);
CREATE FUNCTION oracle.abs(float8) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN pg_catalog.abs($1);
CREATE FUNCTION oracle.sign(numeric) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN pg_catalog.sign($1);
CREATE FUNCTION oracle.sign(float8) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN CASE WHEN $1 < 0 THEN -1 ELSE 1 END;
-- MOD(n, 0) is n.
CREATE FUNCTION oracle.mod(numeric, numeric) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN $2 = 0 THEN $1 ELSE trim_scale(pg_catalog.mod($1, $2)) END;
-- REMAINDER rounds the quotient to the nearest integer, halves to even.
CREATE FUNCTION oracle.remainder(n numeric, m numeric) RETURNS numeric LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog AS $$
DECLARE
    q numeric;
BEGIN
    IF m = 0 THEN
        PERFORM oracle.fail(1476, 'divisor is equal to zero', '', m);
    END IF;
    q := oracle.divide(n, m);
    RETURN trim_scale(n - m * CASE WHEN abs(q - trunc(q)) = 0.5 THEN 2 * round(q / 2) ELSE round(q) END);
END
$$;

-- Transcendental functions, with enough decimals for 40 significant digits.
CREATE FUNCTION oracle.sqrt(numeric) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN $1 < 0 THEN oracle.fail(1428, 'argument ''' || oracle.number_text($1) || ''' is out of range', oracle.plain($1), $1)
                ELSE oracle.number(pg_catalog.sqrt(pg_catalog.round($1, 110))) END;
CREATE FUNCTION oracle.sqrt(float8) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN $1 < 0 THEN 'NaN'::float8 ELSE pg_catalog.sqrt($1) END;
CREATE FUNCTION oracle.exp(numeric) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN $1 > 291 THEN oracle.fail(1426, 'numeric overflow', oracle.plain($1), $1) WHEN $1 < -300 THEN 0
                ELSE oracle.number(pg_catalog.exp(pg_catalog.round($1, CASE WHEN $1 < -20 THEN 175 ELSE 60 END))) END;
CREATE FUNCTION oracle.exp(float8) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN pg_catalog.exp($1);
CREATE FUNCTION oracle.ln(numeric) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN $1 <= 0 THEN oracle.fail(1428, 'argument ''' || oracle.number_text($1) || ''' is out of range', oracle.plain($1), $1)
                ELSE oracle.number(pg_catalog.ln(pg_catalog.round($1, CASE WHEN $1 < 1e-20 THEN 175 ELSE 60 END))) END;
CREATE FUNCTION oracle.ln(float8) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN pg_catalog.ln($1);
CREATE FUNCTION oracle.log(numeric, numeric) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN $1 <= 0 OR $1 = 1 THEN oracle.fail(1428, 'argument ''' || oracle.number_text($1) || ''' is out of range', oracle.plain($1), $1)
                WHEN $2 <= 0 THEN oracle.fail(1428, 'argument ''' || oracle.number_text($2) || ''' is out of range', oracle.plain($2), $2)
                ELSE oracle.number(pg_catalog.round(pg_catalog.log(pg_catalog.round($1, 60), pg_catalog.round($2, 60)), 50)) END;
CREATE FUNCTION oracle.power(numeric, numeric) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN $1 = 0 AND $2 < 0 THEN oracle.fail(1428, 'argument ''' || oracle.number_text($2) || ''' is out of range', oracle.plain($2), $1)
                WHEN $1 < 0 AND $2 <> pg_catalog.trunc($2)
                    THEN oracle.fail(1428, 'argument ''' || oracle.number_text($2) || ''' is out of range', oracle.plain($2), $1)
                WHEN $2 = pg_catalog.trunc($2) AND $2 >= 0 AND scale($1) = 0 THEN oracle.number(pg_catalog.power($1, $2))
                ELSE oracle.number(pg_catalog.power(pg_catalog.round($1, 175), $2)) END;
CREATE FUNCTION oracle.power(float8, float8) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN pg_catalog.power($1, $2);

-- Trigonometry of NUMBER by series, with enough decimals for 40 digits; of binary doubles it is PostgreSQL's.
CREATE FUNCTION oracle.pi() RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN 3.14159265358979323846264338327950288419716939937510582097494459230781640628620899;
CREATE FUNCTION oracle.sine_series(x numeric, first_term numeric, n int) RETURNS numeric LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog AS $$
DECLARE
    term numeric := first_term;
    total numeric := first_term;
    square numeric := round(x * x, 60);
BEGIN
    WHILE abs(term) > 1e-55 LOOP
        term := round(-term * square / ((n + 1) * (n + 2)), 60);
        total := total + term;
        n := n + 2;
    END LOOP;
    RETURN total;
END
$$;
-- sin (quarter = 0) or cos (quarter = 1) of an angle brought into -pi .. pi.
CREATE FUNCTION oracle.sine(x numeric, quarter int) RETURNS numeric LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    a numeric := round(x, 60) - 2 * oracle.pi() * round(round(x, 60) / (2 * oracle.pi()));
BEGIN
    RETURN oracle.number(round(CASE quarter WHEN 0 THEN oracle.sine_series(a, a, 1) ELSE oracle.sine_series(a, 1, 0) END, 50));
END
$$;
CREATE FUNCTION oracle.arc_tangent(x numeric) RETURNS numeric LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    a numeric := round(CASE WHEN abs(x) > 1 THEN 1 / round(abs(x), 80) ELSE abs(x) END, 70);
    halvings int := 0;
    term numeric;
    total numeric;
    square numeric;
    n int := 1;
BEGIN
    WHILE a > 0.1 LOOP  -- atan(a) = 2 atan(a / (1 + sqrt(1 + a a)))
        a := round(a / (1 + sqrt(round(1 + a * a, 70))), 70);
        halvings := halvings + 1;
    END LOOP;
    term := a;
    total := a;
    square := round(a * a, 70);
    WHILE abs(term) > 1e-60 LOOP
        term := round(-term * square, 70);
        n := n + 2;
        total := total + round(term / n, 70);
    END LOOP;
    total := total * power(2::numeric, halvings);
    total := CASE WHEN abs(x) > 1 THEN oracle.pi() / 2 - total ELSE total END;
    RETURN round(CASE WHEN x < 0 THEN -total ELSE total END, 55);
END
$$;
CREATE FUNCTION oracle.sin(numeric) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN oracle.sine($1, 0);
CREATE FUNCTION oracle.cos(numeric) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN oracle.sine($1, 1);
CREATE FUNCTION oracle.tan(numeric) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN oracle.number(round(oracle.sine($1, 0), 80) / oracle.sine($1, 1));
CREATE FUNCTION oracle.atan(numeric) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN oracle.number(oracle.arc_tangent($1));
CREATE FUNCTION oracle.arc_sine(x numeric) RETURNS numeric LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog AS $$
BEGIN
    IF abs(x) > 1 THEN
        RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = format('1428|argument ''%s'' is out of range', oracle.number_text(x));
    END IF;
    RETURN CASE WHEN abs(x) = 1 THEN round(x * oracle.pi() / 2, 55) ELSE oracle.arc_tangent(round(x, 80) / sqrt(round(1 - x * x, 80))) END;
END
$$;
CREATE FUNCTION oracle.asin(numeric) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN oracle.number(oracle.arc_sine($1));
CREATE FUNCTION oracle.acos(numeric) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN oracle.number(round(oracle.pi() / 2, 55) - oracle.arc_sine($1));
CREATE FUNCTION oracle.atan2(y numeric, x numeric) RETURNS numeric LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog AS $$
BEGIN
    IF x = 0 AND y = 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '1428|argument ''0'' is out of range';
    ELSIF x = 0 THEN
        RETURN oracle.number(sign(y) * oracle.pi() / 2);
    END IF;
    RETURN oracle.number(oracle.arc_tangent(round(y, 80) / x) + CASE WHEN x > 0 THEN 0 WHEN y >= 0 THEN oracle.pi() ELSE -oracle.pi() END);
END
$$;
CREATE FUNCTION oracle.sinh(numeric) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN oracle.number((pg_catalog.exp(round($1, 60)) - pg_catalog.exp(round(-$1, 60))) / 2);
CREATE FUNCTION oracle.cosh(numeric) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN oracle.number((pg_catalog.exp(round($1, 60)) + pg_catalog.exp(round(-$1, 60))) / 2);
CREATE FUNCTION oracle.tanh(numeric) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE WHEN abs($1) > 60 THEN sign($1) ELSE oracle.number(round(pg_catalog.exp(round(2 * $1, 60)) - 1, 80) / (pg_catalog.exp(round(2 * $1, 60)) + 1)) END;
DO $$
DECLARE
    f text;
BEGIN
    FOREACH f IN ARRAY ARRAY['sin', 'cos', 'tan', 'asin', 'acos', 'atan', 'sinh', 'cosh', 'tanh'] LOOP
        EXECUTE format('CREATE FUNCTION oracle.%s(float8) RETURNS float8 LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS %L', f, 'd' || f);
    END LOOP;
END
$$;

CREATE FUNCTION oracle.bitand(numeric, numeric) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (pg_catalog.trunc($1)::int8 & pg_catalog.trunc($2)::int8)::numeric;
CREATE FUNCTION oracle.nanvl(float8, float8) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN $1 = 'NaN'::float8 THEN $2 ELSE $1 END;
CREATE FUNCTION oracle.nanvl(numeric, numeric) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN $1;
CREATE FUNCTION oracle.width_bucket(numeric, numeric, numeric, numeric) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN pg_catalog.width_bucket($1, $2, $3, oracle.int($4))::numeric;
CREATE FUNCTION oracle.to_binary_double(numeric) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN $1::float8;
CREATE FUNCTION oracle.to_binary_double(float8) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN $1;
CREATE FUNCTION oracle.to_binary_double(text) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN $1 ~* '^\s*[+-]?(nan|inf|infinity|(\d+\.?\d*|\.\d+)(e[+-]?\d+)?)\s*[df]?\s*$' THEN rtrim(lower($1), 'df ')::float8
                ELSE oracle.fail(1722, 'invalid number', $1, NULL::float8) END;
CREATE FUNCTION oracle.to_binary_float(numeric) RETURNS float4 LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN $1::float4;
CREATE FUNCTION oracle.to_binary_float(float8) RETURNS float4 LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN $1::float4;
CREATE FUNCTION oracle.to_binary_float(text) RETURNS float4 LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN oracle.to_binary_double($1)::float4;
