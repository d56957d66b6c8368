-- Comparison operators, btree and hash operator classes, MIN and MAX of the clone types that Oracle can compare.

-- TIMESTAMP WITH TIME ZONE: the five decimals after the nanoseconds are the zone and take no part.
CREATE FUNCTION oracle.instant(oracle.tstz) RETURNS numeric LANGUAGE sql STRICT IMMUTABLE PARALLEL SAFE
    RETURN pg_catalog.trunc($1::numeric, 9);
DO $$
DECLARE
    op record;
BEGIN
    FOR op IN SELECT * FROM (VALUES ('eq', '='), ('ne', '<>'), ('lt', '<'), ('le', '<='), ('gt', '>'), ('ge', '>=')) AS v(fn, symbol) LOOP
        EXECUTE format('CREATE FUNCTION oracle.tstz_%s(oracle.tstz, oracle.tstz) RETURNS bool LANGUAGE sql STRICT IMMUTABLE'
            ' PARALLEL SAFE RETURN oracle.instant($1) OPERATOR(pg_catalog.%s) oracle.instant($2)', op.fn, op.symbol);
    END LOOP;
END
$$;
CREATE FUNCTION oracle.tstz_cmp(oracle.tstz, oracle.tstz) RETURNS int4 LANGUAGE sql STRICT IMMUTABLE PARALLEL SAFE
    RETURN pg_catalog.numeric_cmp(oracle.instant($1), oracle.instant($2));
CREATE FUNCTION oracle.tstz_hash(oracle.tstz) RETURNS int4 LANGUAGE sql STRICT IMMUTABLE PARALLEL SAFE
    RETURN pg_catalog.hash_numeric(oracle.instant($1));
CREATE FUNCTION oracle.tstz_hash_extended(oracle.tstz, int8) RETURNS int8 LANGUAGE sql STRICT IMMUTABLE PARALLEL SAFE
    RETURN pg_catalog.hash_numeric_extended(oracle.instant($1), $2);
CREATE FUNCTION oracle.tstz_smaller(oracle.tstz, oracle.tstz) RETURNS oracle.tstz LANGUAGE sql STRICT IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN oracle.tstz_le($1, $2) THEN $1 ELSE $2 END;
CREATE FUNCTION oracle.tstz_larger(oracle.tstz, oracle.tstz) RETURNS oracle.tstz LANGUAGE sql STRICT IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN oracle.tstz_ge($1, $2) THEN $1 ELSE $2 END;

DO $$
DECLARE
    c record;
    op record;
    cmp text;
    hash text;
    hash_extended text;
    sort_support text;
    attributes constant text := 'LANGUAGE internal STRICT IMMUTABLE PARALLEL SAFE AS';
BEGIN
    FOR c IN SELECT * FROM oracle.clone WHERE compare IS NOT NULL LOOP
        IF c.compare <> 'own' THEN
            SELECT v.cmp, v.hash, v.hash_extended, v.sort_support INTO STRICT cmp, hash, hash_extended, sort_support FROM (VALUES
                ('numeric_', 'numeric_cmp', 'hash_numeric', 'hash_numeric_extended', 'numeric_sortsupport'),
                ('timestamp_', 'timestamp_cmp', 'timestamp_hash', 'timestamp_hash_extended', 'timestamp_sortsupport'),
                ('int8', 'btint8cmp', 'hashint8', 'hashint8extended', 'btint8sortsupport'),
                ('bpchar', 'bpcharcmp', 'hashbpchar', 'hashbpcharextended', 'bpchar_sortsupport')
            ) AS v(stem, cmp, hash, hash_extended, sort_support) WHERE v.stem = c.compare;
            FOR op IN SELECT unnest(ARRAY['eq', 'ne', 'lt', 'le', 'gt', 'ge']) AS fn LOOP
                EXECUTE format('CREATE FUNCTION oracle.%s_%s(oracle.%I, oracle.%I) RETURNS bool %s %L',
                    c.name, op.fn, c.name, c.name, attributes, c.compare || op.fn);
            END LOOP;
            EXECUTE format('CREATE FUNCTION oracle.%s_cmp(oracle.%I, oracle.%I) RETURNS int4 %s %L', c.name, c.name, c.name, attributes, cmp);
            EXECUTE format('CREATE FUNCTION oracle.%s_hash(oracle.%I) RETURNS int4 %s %L', c.name, c.name, attributes, hash);
            EXECUTE format('CREATE FUNCTION oracle.%s_hash_extended(oracle.%I, int8) RETURNS int8 %s %L', c.name, c.name, attributes, hash_extended);
            EXECUTE format('CREATE FUNCTION oracle.%s_sortsupport(internal) RETURNS void %s %L', c.name, attributes, sort_support);
            EXECUTE format('CREATE FUNCTION oracle.%s_smaller(oracle.%I, oracle.%I) RETURNS oracle.%I %s %L', c.name, c.name, c.name, c.name,
                attributes, CASE c.compare WHEN 'bpchar' THEN 'bpchar_smaller' WHEN 'int8' THEN 'int8smaller' ELSE c.compare || 'smaller' END);
            EXECUTE format('CREATE FUNCTION oracle.%s_larger(oracle.%I, oracle.%I) RETURNS oracle.%I %s %L', c.name, c.name, c.name, c.name,
                attributes, CASE c.compare WHEN 'bpchar' THEN 'bpchar_larger' WHEN 'int8' THEN 'int8larger' ELSE c.compare || 'larger' END);
        END IF;
        FOR op IN SELECT * FROM (VALUES
            ('eq', '=', '=', '<>', 'eqsel', 'eqjoinsel', true), ('ne', '<>', '<>', '=', 'neqsel', 'neqjoinsel', false),
            ('lt', '<', '>', '>=', 'scalarltsel', 'scalarltjoinsel', false), ('le', '<=', '>=', '>', 'scalarlesel', 'scalarlejoinsel', false),
            ('gt', '>', '<', '<=', 'scalargtsel', 'scalargtjoinsel', false), ('ge', '>=', '<=', '<', 'scalargesel', 'scalargejoinsel', false)
        ) AS v(fn, symbol, commutator, negator, restriction, joining, hashes) LOOP
            EXECUTE format('CREATE OPERATOR oracle.%s (FUNCTION = oracle.%s_%s, LEFTARG = oracle.%I, RIGHTARG = oracle.%I,'
                ' COMMUTATOR = OPERATOR(oracle.%s), NEGATOR = OPERATOR(oracle.%s), RESTRICT = %s, JOIN = %s%s)',
                op.symbol, c.name, op.fn, c.name, c.name, op.commutator, op.negator, op.restriction, op.joining,
                CASE WHEN op.hashes THEN ', HASHES, MERGES' ELSE '' END);
        END LOOP;
        EXECUTE format('CREATE OPERATOR CLASS oracle.%s_btree DEFAULT FOR TYPE oracle.%I USING btree AS'
            ' OPERATOR 1 oracle.<, OPERATOR 2 oracle.<=, OPERATOR 3 oracle.=, OPERATOR 4 oracle.>=, OPERATOR 5 oracle.>,'
            ' FUNCTION 1 oracle.%s_cmp(oracle.%I, oracle.%I)%s',
            c.name, c.name, c.name, c.name, c.name,
            CASE WHEN c.compare = 'own' THEN '' ELSE format(', FUNCTION 2 oracle.%s_sortsupport(internal)', c.name) END);
        EXECUTE format('CREATE OPERATOR CLASS oracle.%s_hash DEFAULT FOR TYPE oracle.%I USING hash AS OPERATOR 1 oracle.=,'
            ' FUNCTION 1 oracle.%s_hash(oracle.%I), FUNCTION 2 oracle.%s_hash_extended(oracle.%I, int8)',
            c.name, c.name, c.name, c.name, c.name, c.name);
        EXECUTE format('CREATE AGGREGATE oracle.min(oracle.%I) (SFUNC = oracle.%s_smaller, STYPE = oracle.%I, SORTOP = OPERATOR(oracle.<),'
            ' COMBINEFUNC = oracle.%s_smaller, PARALLEL = SAFE)', c.name, c.name, c.name, c.name);
        EXECUTE format('CREATE AGGREGATE oracle.max(oracle.%I) (SFUNC = oracle.%s_larger, STYPE = oracle.%I, SORTOP = OPERATOR(oracle.>),'
            ' COMBINEFUNC = oracle.%s_larger, PARALLEL = SAFE)', c.name, c.name, c.name, c.name);
    END LOOP;
END
$$;
