-- Operators between different types. PostgreSQL would find text = text for most of them, because Oracle's implicit conversion
-- to text is an implicit cast here; exact operators say what Oracle does instead.

-- Datetimes of different types compare as the wider one.
DO $$
DECLARE
    a text;
    b text;
    wider text;
    op record;
    types text[] := ARRAY['date', 'ts', 'tsltz', 'tstz'];
BEGIN
    FOREACH a IN ARRAY types LOOP
        FOREACH b IN ARRAY types LOOP
            CONTINUE WHEN a = b;
            wider := types[greatest(array_position(types, a), array_position(types, b))];
            FOR op IN SELECT * FROM (VALUES ('=', 'eq', '<>', '='), ('<>', 'ne', '=', '<>'), ('<', 'lt', '>=', '>'), ('<=', 'le', '>', '>='),
                    ('>', 'gt', '<=', '<'), ('>=', 'ge', '<', '<=')) AS v(symbol, name, negator, commutator) LOOP
                EXECUTE format('CREATE FUNCTION oracle.datetime_%1$s(oracle.%2$s, oracle.%3$s) RETURNS bool LANGUAGE sql STABLE PARALLEL SAFE'
                    ' RETURN $1::oracle.%4$s OPERATOR(oracle.%5$s) $2::oracle.%4$s', op.name, a, b, wider, op.symbol);
                EXECUTE format('CREATE OPERATOR oracle.%s (FUNCTION = oracle.datetime_%s, LEFTARG = oracle.%s, RIGHTARG = oracle.%s,'
                    ' NEGATOR = OPERATOR(oracle.%s), COMMUTATOR = OPERATOR(oracle.%s))', op.symbol, op.name, a, b, op.negator, op.commutator);
            END LOOP;
            EXECUTE format('CREATE FUNCTION oracle.ts_minus(oracle.%1$s, oracle.%2$s) RETURNS oracle.ids LANGUAGE sql STABLE PARALLEL SAFE'
                ' RETURN oracle.ts_minus($1::oracle.%3$s, $2::oracle.%3$s)', a, b, wider);
            EXECUTE format('CREATE OPERATOR oracle.- (FUNCTION = oracle.ts_minus, LEFTARG = oracle.%s, RIGHTARG = oracle.%s)', a, b);
        END LOOP;
    END LOOP;
END
$$;

-- A number and a datetime or interval cannot be compared.
CREATE FUNCTION oracle.mismatch(expected text, got text) RETURNS bool LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = pg_catalog.format('932|inconsistent datatypes: expected %s got %s', expected, got);
END
$$;
DO $$
DECLARE
    c record;
    op text;
BEGIN
    FOR c IN SELECT * FROM (VALUES ('date', 'DATE'), ('ts', 'TIMESTAMP'), ('tsltz', 'TIMESTAMP WITH LOCAL TIME ZONE'), ('tstz', 'TIMESTAMP WITH TIME ZONE'),
            ('ids', 'INTERVAL DAY TO SECOND'), ('iym', 'INTERVAL YEAR TO MONTH')) AS v(name, label) LOOP
        EXECUTE format('CREATE FUNCTION oracle.never(numeric, oracle.%s) RETURNS bool LANGUAGE sql VOLATILE RETURN oracle.mismatch(''NUMBER'', %L)', c.name, c.label);
        EXECUTE format('CREATE FUNCTION oracle.never(oracle.%s, numeric) RETURNS bool LANGUAGE sql VOLATILE RETURN oracle.mismatch(%L, ''NUMBER'')', c.name, c.label);
        FOREACH op IN ARRAY ARRAY['=', '<>', '<', '<=', '>', '>='] LOOP
            EXECUTE format('CREATE OPERATOR oracle.%s (FUNCTION = oracle.never, LEFTARG = numeric, RIGHTARG = oracle.%s)', op, c.name);
            EXECUTE format('CREATE OPERATOR oracle.%s (FUNCTION = oracle.never, LEFTARG = oracle.%s, RIGHTARG = numeric)', op, c.name);
        END LOOP;
    END LOOP;
    -- LOBs are not compared either.
    FOR c IN SELECT * FROM (VALUES ('clob', 'CLOB', 'text'), ('nclob', 'NCLOB', 'text'), ('long', 'LONG', 'text'), ('blob', 'BLOB', 'bytea')) AS v(name, label, base) LOOP
        EXECUTE format('CREATE FUNCTION oracle.never(oracle.%1$s, oracle.%1$s) RETURNS bool LANGUAGE sql VOLATILE RETURN oracle.mismatch(''-'', %2$L)', c.name, c.label);
        EXECUTE format('CREATE FUNCTION oracle.never(%3$s, oracle.%1$s) RETURNS bool LANGUAGE sql VOLATILE RETURN oracle.mismatch(''-'', %2$L)', c.name, c.label, c.base);
        EXECUTE format('CREATE FUNCTION oracle.never(oracle.%1$s, %3$s) RETURNS bool LANGUAGE sql VOLATILE RETURN oracle.mismatch(''-'', %2$L)', c.name, c.label, c.base);
        FOREACH op IN ARRAY ARRAY['=', '<>', '<', '<=', '>', '>='] LOOP
            EXECUTE format('CREATE OPERATOR oracle.%1$s (FUNCTION = oracle.never, LEFTARG = oracle.%2$s, RIGHTARG = oracle.%2$s)', op, c.name);
            EXECUTE format('CREATE OPERATOR oracle.%1$s (FUNCTION = oracle.never, LEFTARG = oracle.%2$s, RIGHTARG = %3$s)', op, c.name, c.base);
            EXECUTE format('CREATE OPERATOR oracle.%1$s (FUNCTION = oracle.never, LEFTARG = %3$s, RIGHTARG = oracle.%2$s)', op, c.name, c.base);
        END LOOP;
    END LOOP;
END
$$;

-- 23ai: text that says true or false, in the words that PostgreSQL takes as well.
CREATE FUNCTION oracle.to_boolean(text) RETURNS bool LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE WHEN lower(trim($1)) IN ('true', 'yes', 'on', '1', 't', 'y') THEN true WHEN lower(trim($1)) IN ('false', 'no', 'off', '0', 'f', 'n') THEN false
                ELSE oracle.fail(61800, 'invalid boolean literal: ' || $1, $1, true) END;
