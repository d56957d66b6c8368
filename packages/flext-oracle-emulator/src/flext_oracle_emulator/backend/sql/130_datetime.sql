-- DATE, TIMESTAMP (with and without zone) and intervals: representation, zones, casts and arithmetic.
--
-- ts: seconds of the local clock since 1970-01-01. tsltz: the same in UTC. tstz: UTC seconds with nine decimals, then five
-- decimals of zone code (the sign is that of the seconds: -1.5 s in zone 900 is -1.50000000000900). ids: seconds.
-- iym: months. Where a body is a CASE on an argument, NULL falls through to an ELSE that gives NULL.

-- --------------------------------------------------------------------------------------------------- seconds <-> calendar
CREATE FUNCTION oracle.clock(numeric) RETURNS timestamp LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN timestamp '1970-01-01' + make_interval(0, 0, 0, 0, 0, 0, floor($1)::float8);
CREATE FUNCTION oracle.seconds(timestamp) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN trunc(extract(epoch FROM $1));
CREATE FUNCTION oracle.nanoseconds(numeric) RETURNS int8 LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (($1 - floor($1)) * 1000000000)::int8;
CREATE FUNCTION oracle.valid_date(timestamp) RETURNS oracle.date LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN $1 > timestamp '9999-12-31 23:59:59' OR $1 < timestamp '4712-01-01 00:00:00 BC'
                THEN oracle.fail(1841, '(full) year must be between -4713 and +9999, and not be 0', $1::text, NULL::oracle.date)
                ELSE $1::oracle.date END;

-- ------------------------------------------------------------------------------------------------------------------ zones
-- +05:30 -> 1230, a region -> 2000 + its index; ORA-01882 otherwise.
CREATE FUNCTION oracle.zone_code(name text) RETURNS int LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    parts text[] := regexp_match(name, '^\s*([+-]?)\s*(\d{1,2})(?::(\d{1,2}))?\s*$');
    minutes int;
    code int;
BEGIN
    IF parts IS NOT NULL THEN
        minutes := parts[2]::int * 60 + coalesce(parts[3], '0')::int;
        IF parts[2]::int > 15 THEN
            RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '1874|time zone hour must be between -15 and 15';
        ELSIF coalesce(parts[3], '0')::int > 59 THEN
            RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '1875|time zone minute must be between -59 and 59';
        ELSIF minutes > 900 THEN
            RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '1874|time zone hour must be between -15 and 15';
        END IF;
        RETURN 900 + CASE parts[1] WHEN '-' THEN -minutes ELSE minutes END;
    END IF;
    IF upper(btrim(name)) IN ('LOCAL', 'DBTIMEZONE', 'SESSIONTIMEZONE', 'Z') THEN
        RETURN 900;
    END IF;
    SELECT 2000 + z.index INTO code FROM oracle.time_zones z WHERE upper(z.name) = upper(btrim(zone_code.name)) LIMIT 1;
    IF code IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '1882|timezone region not found';
    END IF;
    RETURN code;
END
$$;
CREATE FUNCTION oracle.zone_region(int) RETURNS text LANGUAGE sql STABLE STRICT PARALLEL SAFE
    RETURN (SELECT z.name FROM oracle.time_zones z WHERE z.index = $1 - 2000);
CREATE FUNCTION oracle.offset_text(minutes int) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE WHEN $1 < 0 THEN '-' ELSE '+' END || pg_catalog.lpad((abs($1) / 60)::text, 2, '0') || ':' || pg_catalog.lpad((abs($1) % 60)::text, 2, '0');
CREATE FUNCTION oracle.zone_name(int) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN $1 <= 1800 THEN oracle.offset_text($1 - 900) ELSE pg_catalog.upper(oracle.zone_region($1)) END;
-- Offset in minutes of a zone at an instant (UTC seconds), and the UTC seconds of a wall clock in a zone.
CREATE FUNCTION oracle.zone_minutes(code int, utc numeric) RETURNS int LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN $1 <= 1800 THEN $1 - 900
                ELSE (extract(epoch FROM timezone(oracle.zone_region($1), oracle.clock($2) AT TIME ZONE 'UTC') - oracle.clock($2)) / 60)::int END;
CREATE FUNCTION oracle.wall_to_utc(wall numeric, code int) RETURNS numeric LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN $2 <= 1800 THEN $1 - ($2 - 900) * 60
                ELSE extract(epoch FROM timezone(oracle.zone_region($2), oracle.clock($1)) AT TIME ZONE 'UTC')::int8 + ($1 - floor($1)) END;
CREATE FUNCTION oracle.make_tstz(utc numeric, code int) RETURNS oracle.tstz LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN $1 < 0 THEN (round($1, 9) - $2 * 0.00000000000001)::oracle.tstz ELSE (round($1, 9) + $2 * 0.00000000000001)::oracle.tstz END;
CREATE FUNCTION oracle.zone_of(oracle.tstz) RETURNS int LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN ((abs($1::numeric) - pg_catalog.trunc(abs($1::numeric), 9)) * 100000000000000)::int;
-- The wall clock of a tstz in its own zone.
CREATE FUNCTION oracle.wall(oracle.tstz) RETURNS numeric LANGUAGE sql STABLE STRICT PARALLEL SAFE
    RETURN oracle.instant($1) + oracle.zone_minutes(oracle.zone_of($1), oracle.instant($1)) * 60;
CREATE FUNCTION oracle.session_zone() RETURNS int LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN coalesce(current_setting('oracle.time_zone', true), '') IN ('', '+00:00') THEN 900
                ELSE oracle.zone_code(current_setting('oracle.time_zone', true)) END;

-- A TIMESTAMP(s) WITH TIME ZONE rounds the nanoseconds only: the zone code stays where it is.
-- (COPY into a column with a typmod would round in the input function; load such columns by INSERT .. SELECT.)
DROP CAST (oracle.tstz AS oracle.tstz);
DROP FUNCTION oracle.tstz(oracle.tstz, int4);
CREATE FUNCTION oracle.tstz(oracle.tstz, int4) RETURNS oracle.tstz LANGUAGE sql STRICT IMMUTABLE PARALLEL SAFE
    RETURN oracle.make_tstz(round(oracle.instant($1), ($2 - 4) & 2047), oracle.zone_of($1));
CREATE CAST (oracle.tstz AS oracle.tstz) WITH FUNCTION oracle.tstz(oracle.tstz, int4) AS IMPLICIT;

-- ------------------------------------------------------------------------------------------------- casts among the date types
CREATE FUNCTION oracle.to_ts(oracle.date) RETURNS oracle.ts LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN oracle.seconds($1::timestamp)::oracle.ts;
CREATE FUNCTION oracle.to_ts(oracle.tstz) RETURNS oracle.ts LANGUAGE sql STABLE STRICT PARALLEL SAFE RETURN oracle.wall($1)::oracle.ts;
CREATE FUNCTION oracle.to_ts(oracle.tsltz) RETURNS oracle.ts LANGUAGE sql STABLE STRICT PARALLEL SAFE
    RETURN ($1::numeric + oracle.zone_minutes(oracle.session_zone(), $1::numeric) * 60)::oracle.ts;
CREATE FUNCTION oracle.to_tstz(oracle.ts) RETURNS oracle.tstz LANGUAGE sql STABLE STRICT PARALLEL SAFE
    RETURN oracle.make_tstz(oracle.wall_to_utc($1::numeric, oracle.session_zone()), oracle.session_zone());
CREATE FUNCTION oracle.to_tstz(oracle.date) RETURNS oracle.tstz LANGUAGE sql STABLE STRICT PARALLEL SAFE RETURN oracle.to_tstz(oracle.to_ts($1));
CREATE FUNCTION oracle.to_tstz(oracle.tsltz) RETURNS oracle.tstz LANGUAGE sql STABLE STRICT PARALLEL SAFE
    RETURN oracle.make_tstz($1::numeric, oracle.session_zone());
CREATE FUNCTION oracle.to_tsltz(oracle.ts) RETURNS oracle.tsltz LANGUAGE sql STABLE STRICT PARALLEL SAFE
    RETURN oracle.wall_to_utc($1::numeric, oracle.session_zone())::oracle.tsltz;
CREATE FUNCTION oracle.to_tsltz(oracle.date) RETURNS oracle.tsltz LANGUAGE sql STABLE STRICT PARALLEL SAFE RETURN oracle.to_tsltz(oracle.to_ts($1));
CREATE FUNCTION oracle.to_tsltz(oracle.tstz) RETURNS oracle.tsltz LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN oracle.instant($1)::oracle.tsltz;
-- CAST(timestamp AS DATE) drops the fraction.
CREATE FUNCTION oracle.as_date(oracle.ts) RETURNS oracle.date LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN oracle.clock($1::numeric)::oracle.date;
CREATE FUNCTION oracle.as_date(oracle.tstz) RETURNS oracle.date LANGUAGE sql STABLE STRICT PARALLEL SAFE RETURN oracle.clock(oracle.wall($1))::oracle.date;
CREATE FUNCTION oracle.as_date(oracle.tsltz) RETURNS oracle.date LANGUAGE sql STABLE STRICT PARALLEL SAFE RETURN oracle.as_date(oracle.to_ts($1));
CREATE CAST (oracle.date AS oracle.ts) WITH FUNCTION oracle.to_ts(oracle.date) AS IMPLICIT;
CREATE CAST (oracle.date AS oracle.tstz) WITH FUNCTION oracle.to_tstz(oracle.date) AS IMPLICIT;
CREATE CAST (oracle.date AS oracle.tsltz) WITH FUNCTION oracle.to_tsltz(oracle.date) AS IMPLICIT;
CREATE CAST (oracle.ts AS oracle.tstz) WITH FUNCTION oracle.to_tstz(oracle.ts) AS IMPLICIT;
CREATE CAST (oracle.ts AS oracle.tsltz) WITH FUNCTION oracle.to_tsltz(oracle.ts) AS IMPLICIT;
CREATE CAST (oracle.tsltz AS oracle.tstz) WITH FUNCTION oracle.to_tstz(oracle.tsltz) AS IMPLICIT;
CREATE CAST (oracle.tstz AS oracle.tsltz) WITH FUNCTION oracle.to_tsltz(oracle.tstz) AS ASSIGNMENT;
CREATE CAST (oracle.tstz AS oracle.ts) WITH FUNCTION oracle.to_ts(oracle.tstz) AS ASSIGNMENT;
CREATE CAST (oracle.tsltz AS oracle.ts) WITH FUNCTION oracle.to_ts(oracle.tsltz) AS ASSIGNMENT;
CREATE CAST (oracle.ts AS oracle.date) WITH FUNCTION oracle.as_date(oracle.ts) AS ASSIGNMENT;
CREATE CAST (oracle.tstz AS oracle.date) WITH FUNCTION oracle.as_date(oracle.tstz) AS ASSIGNMENT;
CREATE CAST (oracle.tsltz AS oracle.date) WITH FUNCTION oracle.as_date(oracle.tsltz) AS ASSIGNMENT;

-- ----------------------------------------------------------------------------------------------------------- arithmetic
-- Days may have a fraction; the result is rounded to whole seconds.
CREATE FUNCTION oracle.date_plus(oracle.date, numeric) RETURNS oracle.date LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN oracle.valid_date($1::timestamp + make_interval(0, 0, 0, 0, 0, 0, round($2 * 86400)::float8));
CREATE FUNCTION oracle.date_plus(numeric, oracle.date) RETURNS oracle.date LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN oracle.date_plus($2, $1);
CREATE FUNCTION oracle.date_minus(oracle.date, numeric) RETURNS oracle.date LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN oracle.valid_date($1::timestamp - make_interval(0, 0, 0, 0, 0, 0, round($2 * 86400)::float8));
CREATE FUNCTION oracle.date_minus(oracle.date, oracle.date) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN oracle.divide(oracle.seconds($1::timestamp) - oracle.seconds($2::timestamp), 86400);
CREATE OPERATOR oracle.+ (FUNCTION = oracle.date_plus, LEFTARG = oracle.date, RIGHTARG = numeric);
CREATE OPERATOR oracle.+ (FUNCTION = oracle.date_plus, LEFTARG = numeric, RIGHTARG = oracle.date);
CREATE OPERATOR oracle.- (FUNCTION = oracle.date_minus, LEFTARG = oracle.date, RIGHTARG = numeric);
CREATE OPERATOR oracle.- (FUNCTION = oracle.date_minus, LEFTARG = oracle.date, RIGHTARG = oracle.date);

-- TIMESTAMP + NUMBER is a DATE.
CREATE FUNCTION oracle.date_plus(oracle.ts, numeric) RETURNS oracle.date LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN oracle.date_plus(oracle.as_date($1), $2);
CREATE FUNCTION oracle.date_plus(numeric, oracle.ts) RETURNS oracle.date LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN oracle.date_plus(oracle.as_date($2), $1);
CREATE FUNCTION oracle.date_minus(oracle.ts, numeric) RETURNS oracle.date LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN oracle.date_minus(oracle.as_date($1), $2);
CREATE FUNCTION oracle.date_plus(oracle.tstz, numeric) RETURNS oracle.date LANGUAGE sql STABLE PARALLEL SAFE RETURN oracle.date_plus(oracle.as_date($1), $2);
CREATE FUNCTION oracle.date_plus(numeric, oracle.tstz) RETURNS oracle.date LANGUAGE sql STABLE PARALLEL SAFE RETURN oracle.date_plus(oracle.as_date($2), $1);
CREATE FUNCTION oracle.date_minus(oracle.tstz, numeric) RETURNS oracle.date LANGUAGE sql STABLE PARALLEL SAFE RETURN oracle.date_minus(oracle.as_date($1), $2);
CREATE FUNCTION oracle.date_plus(oracle.tsltz, numeric) RETURNS oracle.date LANGUAGE sql STABLE PARALLEL SAFE RETURN oracle.date_plus(oracle.as_date($1), $2);
CREATE FUNCTION oracle.date_minus(oracle.tsltz, numeric) RETURNS oracle.date LANGUAGE sql STABLE PARALLEL SAFE RETURN oracle.date_minus(oracle.as_date($1), $2);
DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['ts', 'tstz', 'tsltz'] LOOP
        EXECUTE format('CREATE OPERATOR oracle.+ (FUNCTION = oracle.date_plus, LEFTARG = oracle.%s, RIGHTARG = numeric)', t);
        EXECUTE format('CREATE OPERATOR oracle.- (FUNCTION = oracle.date_minus, LEFTARG = oracle.%s, RIGHTARG = numeric)', t);
        IF t <> 'tsltz' THEN
            EXECUTE format('CREATE OPERATOR oracle.+ (FUNCTION = oracle.date_plus, LEFTARG = numeric, RIGHTARG = oracle.%s)', t);
        END IF;
    END LOOP;
END
$$;

-- Differences of timestamps are intervals of days and seconds.
CREATE FUNCTION oracle.ts_minus(oracle.ts, oracle.ts) RETURNS oracle.ids LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN round($1::numeric - $2::numeric, 9)::oracle.ids;
CREATE FUNCTION oracle.ts_minus(oracle.tsltz, oracle.tsltz) RETURNS oracle.ids LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN round($1::numeric - $2::numeric, 9)::oracle.ids;
CREATE FUNCTION oracle.ts_minus(oracle.tstz, oracle.tstz) RETURNS oracle.ids LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN round(oracle.instant($1) - oracle.instant($2), 9)::oracle.ids;
CREATE OPERATOR oracle.- (FUNCTION = oracle.ts_minus, LEFTARG = oracle.ts, RIGHTARG = oracle.ts);
CREATE OPERATOR oracle.- (FUNCTION = oracle.ts_minus, LEFTARG = oracle.tsltz, RIGHTARG = oracle.tsltz);
CREATE OPERATOR oracle.- (FUNCTION = oracle.ts_minus, LEFTARG = oracle.tstz, RIGHTARG = oracle.tstz);

-- A datetime and an interval. Adding months to a day that the month does not have is ORA-01839.
CREATE FUNCTION oracle.add_exact_months(timestamp, numeric) RETURNS timestamp LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN extract(day FROM $1 + make_interval(0, $2::int)) <> extract(day FROM $1)
                THEN oracle.fail(1839, 'date not valid for month specified', $1::text, $1)
                ELSE oracle.valid_date($1 + make_interval(0, $2::int))::timestamp END;
CREATE FUNCTION oracle.plus(oracle.date, oracle.ids) RETURNS oracle.date LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN oracle.valid_date($1::timestamp + make_interval(0, 0, 0, 0, 0, 0, pg_catalog.trunc($2::numeric)::float8));
CREATE FUNCTION oracle.plus(oracle.date, oracle.iym) RETURNS oracle.date LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN oracle.add_exact_months($1::timestamp, $2::numeric)::oracle.date;
CREATE FUNCTION oracle.plus(oracle.ts, oracle.ids) RETURNS oracle.ts LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN ($1::numeric + $2::numeric)::oracle.ts;
CREATE FUNCTION oracle.plus(oracle.ts, oracle.iym) RETURNS oracle.ts LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (oracle.seconds(oracle.add_exact_months(oracle.clock($1::numeric), $2::numeric)) + ($1::numeric - floor($1::numeric)))::oracle.ts;
CREATE FUNCTION oracle.plus(oracle.tsltz, oracle.ids) RETURNS oracle.tsltz LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN ($1::numeric + $2::numeric)::oracle.tsltz;
CREATE FUNCTION oracle.plus(oracle.tsltz, oracle.iym) RETURNS oracle.tsltz LANGUAGE sql STABLE STRICT PARALLEL SAFE
    RETURN oracle.to_tsltz(oracle.plus(oracle.to_ts($1), $2));
CREATE FUNCTION oracle.plus(oracle.tstz, oracle.ids) RETURNS oracle.tstz LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN oracle.make_tstz(oracle.instant($1) + $2::numeric, oracle.zone_of($1));
CREATE FUNCTION oracle.plus(oracle.tstz, oracle.iym) RETURNS oracle.tstz LANGUAGE sql STABLE STRICT PARALLEL SAFE
    RETURN oracle.make_tstz(oracle.wall_to_utc(oracle.plus(oracle.to_ts($1), $2)::numeric, oracle.zone_of($1)), oracle.zone_of($1));
DO $$
DECLARE
    t text;
    i text;
    volatility text;
BEGIN
    FOREACH t IN ARRAY ARRAY['date', 'ts', 'tsltz', 'tstz'] LOOP
        FOREACH i IN ARRAY ARRAY['ids', 'iym'] LOOP
            volatility := CASE WHEN i = 'iym' AND t IN ('tsltz', 'tstz') THEN 'STABLE' ELSE 'IMMUTABLE' END;
            EXECUTE format('CREATE OPERATOR oracle.+ (FUNCTION = oracle.plus, LEFTARG = oracle.%s, RIGHTARG = oracle.%s)', t, i);
            EXECUTE format('CREATE FUNCTION oracle.plus(oracle.%s, oracle.%s) RETURNS oracle.%s LANGUAGE sql %s STRICT PARALLEL SAFE'
                ' RETURN oracle.plus($2, $1)', i, t, t, volatility);
            EXECUTE format('CREATE OPERATOR oracle.+ (FUNCTION = oracle.plus, LEFTARG = oracle.%s, RIGHTARG = oracle.%s)', i, t);
            EXECUTE format('CREATE FUNCTION oracle.minus(oracle.%s, oracle.%s) RETURNS oracle.%s LANGUAGE sql %s STRICT PARALLEL SAFE'
                ' RETURN oracle.plus($1, (-($2::numeric))::oracle.%s)', t, i, t, volatility, i);
            EXECUTE format('CREATE OPERATOR oracle.- (FUNCTION = oracle.minus, LEFTARG = oracle.%s, RIGHTARG = oracle.%s)', t, i);
        END LOOP;
    END LOOP;
    FOREACH i IN ARRAY ARRAY['ids', 'iym'] LOOP
        EXECUTE format('CREATE FUNCTION oracle.plus(oracle.%1$s, oracle.%1$s) RETURNS oracle.%1$s LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE'
            ' RETURN ($1::numeric + $2::numeric)::oracle.%1$s', i);
        EXECUTE format('CREATE FUNCTION oracle.minus(oracle.%1$s, oracle.%1$s) RETURNS oracle.%1$s LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE'
            ' RETURN ($1::numeric - $2::numeric)::oracle.%1$s', i);
        EXECUTE format('CREATE FUNCTION oracle.times(oracle.%1$s, numeric) RETURNS oracle.%1$s LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE'
            ' RETURN pg_catalog.trunc($1::numeric * $2, %2$s)::oracle.%1$s', i, CASE i WHEN 'ids' THEN 9 ELSE 0 END);
        EXECUTE format('CREATE FUNCTION oracle.times(numeric, oracle.%1$s) RETURNS oracle.%1$s LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE'
            ' RETURN oracle.times($2, $1)', i);
        EXECUTE format('CREATE FUNCTION oracle.quotient(oracle.%1$s, numeric) RETURNS oracle.%1$s LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE'
            ' RETURN pg_catalog.trunc(oracle.divide($1::numeric, $2), %2$s)::oracle.%1$s', i, CASE i WHEN 'ids' THEN 9 ELSE 0 END);
        EXECUTE format('CREATE FUNCTION oracle.negate(oracle.%1$s) RETURNS oracle.%1$s LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE'
            ' RETURN (-($1::numeric))::oracle.%1$s', i);
        EXECUTE format('CREATE OPERATOR oracle.+ (FUNCTION = oracle.plus, LEFTARG = oracle.%1$s, RIGHTARG = oracle.%1$s)', i);
        EXECUTE format('CREATE OPERATOR oracle.- (FUNCTION = oracle.minus, LEFTARG = oracle.%1$s, RIGHTARG = oracle.%1$s)', i);
        EXECUTE format('CREATE OPERATOR oracle.- (FUNCTION = oracle.negate, RIGHTARG = oracle.%1$s)', i);
        EXECUTE format('CREATE OPERATOR oracle.* (FUNCTION = oracle.times, LEFTARG = oracle.%1$s, RIGHTARG = numeric)', i);
        EXECUTE format('CREATE OPERATOR oracle.* (FUNCTION = oracle.times, LEFTARG = numeric, RIGHTARG = oracle.%1$s)', i);
        EXECUTE format('CREATE OPERATOR oracle./ (FUNCTION = oracle.quotient, LEFTARG = oracle.%1$s, RIGHTARG = numeric)', i);
    END LOOP;
END
$$;

-- ------------------------------------------------------------------------------------------------------------------- now
CREATE FUNCTION oracle.sysdate() RETURNS oracle.date LANGUAGE sql STABLE PARALLEL SAFE
    RETURN date_trunc('second', statement_timestamp() AT TIME ZONE 'UTC')::oracle.date;
CREATE FUNCTION oracle.systimestamp() RETURNS oracle.tstz LANGUAGE sql STABLE PARALLEL SAFE
    RETURN oracle.make_tstz(extract(epoch FROM statement_timestamp()), 900);
CREATE FUNCTION oracle."current_timestamp"() RETURNS oracle.tstz LANGUAGE sql STABLE PARALLEL SAFE
    RETURN oracle.make_tstz(extract(epoch FROM statement_timestamp()), oracle.session_zone());
CREATE FUNCTION oracle."localtimestamp"() RETURNS oracle.ts LANGUAGE sql STABLE PARALLEL SAFE
    RETURN oracle.to_ts(extract(epoch FROM statement_timestamp())::oracle.tsltz);
CREATE FUNCTION oracle."current_timestamp"(numeric) RETURNS oracle.tstz LANGUAGE sql STABLE PARALLEL SAFE
    RETURN oracle.make_tstz(round(extract(epoch FROM statement_timestamp()), oracle.int($1)), oracle.session_zone());
CREATE FUNCTION oracle."localtimestamp"(numeric) RETURNS oracle.ts LANGUAGE sql STABLE PARALLEL SAFE
    RETURN round(oracle."localtimestamp"()::numeric, oracle.int($1))::oracle.ts;
CREATE FUNCTION oracle."current_date"() RETURNS oracle.date LANGUAGE sql STABLE PARALLEL SAFE RETURN oracle.as_date(oracle."localtimestamp"());
CREATE FUNCTION oracle.dbtimezone() RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN '+00:00'::text;
CREATE FUNCTION oracle.sessiontimezone() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE RETURN oracle.setting('time_zone', '+00:00');

-- ---------------------------------------------------------------------------------------------------------- zone functions
CREATE FUNCTION oracle.sys_extract_utc(oracle.tstz) RETURNS oracle.ts LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN oracle.instant($1)::oracle.ts;
CREATE FUNCTION oracle.from_tz(oracle.ts, text) RETURNS oracle.tstz LANGUAGE sql STABLE STRICT PARALLEL SAFE
    RETURN oracle.make_tstz(oracle.wall_to_utc($1::numeric, oracle.zone_code($2)), oracle.zone_code($2));
-- x AT TIME ZONE z and x AT LOCAL
CREATE FUNCTION oracle.at_time_zone(oracle.tstz, text) RETURNS oracle.tstz LANGUAGE sql STABLE STRICT PARALLEL SAFE
    RETURN oracle.make_tstz(oracle.instant($1), CASE upper(btrim($2)) WHEN 'SESSIONTIMEZONE' THEN oracle.session_zone() ELSE oracle.zone_code($2) END);
CREATE FUNCTION oracle.at_local(oracle.tstz) RETURNS oracle.tstz LANGUAGE sql STABLE STRICT PARALLEL SAFE
    RETURN oracle.make_tstz(oracle.instant($1), oracle.session_zone());
CREATE FUNCTION oracle.tz_offset(text) RETURNS text LANGUAGE sql STABLE STRICT PARALLEL SAFE
    RETURN oracle.offset_text(oracle.zone_minutes(oracle.zone_code($1), extract(epoch FROM statement_timestamp())));
CREATE FUNCTION oracle.new_time(oracle.date, text, text) RETURNS oracle.date LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog AS $$
DECLARE
    hours constant jsonb := '{"AST":-4,"ADT":-3,"BST":-11,"BDT":-10,"CST":-6,"CDT":-5,"EST":-5,"EDT":-4,"GMT":0,"HST":-10,"HDT":-9,
        "MST":-7,"MDT":-6,"NST":-3.5,"PST":-8,"PDT":-7,"YST":-9,"YDT":-8}';
    shift numeric := (hours ->> upper($3))::numeric - (hours ->> upper($2))::numeric;
BEGIN
    IF shift IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '1857|not a valid time zone';
    END IF;
    RETURN oracle.date_plus($1, oracle.divide(shift, 24));
END
$$;

-- -------------------------------------------------------------------------------------------------------- calendar functions
CREATE FUNCTION oracle.last_day(oracle.date) RETURNS oracle.date LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN ($1::timestamp + make_interval(0, 0, 0,
        (extract(day FROM date_trunc('month', $1::timestamp) + interval '1 month' - interval '1 day') - extract(day FROM $1::timestamp))::int))::oracle.date;
-- The last day of a month goes to the last day of the other month.
CREATE FUNCTION oracle.add_months(oracle.date, numeric) RETURNS oracle.date LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN extract(day FROM $1::timestamp + interval '1 day') = 1
                THEN oracle.last_day(oracle.valid_date(date_trunc('month', $1::timestamp) + make_interval(0, oracle.int($2))
                     + ($1::timestamp - date_trunc('day', $1::timestamp))))
                ELSE oracle.valid_date($1::timestamp + make_interval(0, oracle.int($2))) END;
CREATE FUNCTION oracle.months_between(oracle.date, oracle.date) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (extract(year FROM $1::timestamp) - extract(year FROM $2::timestamp)) * 12 + extract(month FROM $1::timestamp) - extract(month FROM $2::timestamp)
        + CASE WHEN extract(day FROM $1::timestamp) = extract(day FROM $2::timestamp)
                 OR (extract(day FROM $1::timestamp + interval '1 day') = 1 AND extract(day FROM $2::timestamp + interval '1 day') = 1) THEN 0
               ELSE oracle.divide((extract(day FROM $1::timestamp) - extract(day FROM $2::timestamp)) * 86400
                    + (oracle.seconds($1::timestamp) - oracle.seconds(date_trunc('day', $1::timestamp)))
                    - (oracle.seconds($2::timestamp) - oracle.seconds(date_trunc('day', $2::timestamp))), 2678400) END;
CREATE FUNCTION oracle.next_day(oracle.date, text) RETURNS oracle.date LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog AS $$
DECLARE
    names constant text[] := ARRAY['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
    wanted int := array_position(names, upper(left(btrim($2), 3))) - 1;
    today int := extract(dow FROM $1::timestamp);
BEGIN
    IF wanted IS NULL AND btrim($2) ~ '^[1-7]$' THEN
        wanted := btrim($2)::int - 1;
    END IF;
    IF wanted IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '1846|not a valid day of the week';
    END IF;
    RETURN ($1::timestamp + make_interval(days => CASE WHEN wanted > today THEN wanted - today ELSE wanted - today + 7 END))::oracle.date;
END
$$;

-- TRUNC and ROUND of dates: the format model becomes PostgreSQL's unit, or one of our own.
CREATE FUNCTION oracle.date_unit(fmt text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
BEGIN
    RETURN CASE
        WHEN upper(fmt) IN ('DDD', 'DD', 'J') THEN 'day'
        WHEN upper(fmt) IN ('MONTH', 'MON', 'MM', 'RM') THEN 'month'
        WHEN upper(fmt) IN ('SYYYY', 'YYYY', 'YEAR', 'SYEAR', 'YYY', 'YY', 'Y') THEN 'year'
        WHEN upper(fmt) = 'Q' THEN 'quarter'
        WHEN upper(fmt) IN ('HH', 'HH12', 'HH24') THEN 'hour'
        WHEN upper(fmt) = 'MI' THEN 'minute'
        WHEN upper(fmt) = 'IW' THEN 'week'
        WHEN upper(fmt) IN ('DAY', 'DY', 'D') THEN 'sunday'
        WHEN upper(fmt) = 'WW' THEN 'year week'
        WHEN upper(fmt) = 'W' THEN 'month week'
        WHEN upper(fmt) IN ('CC', 'SCC') THEN 'century'
        WHEN upper(fmt) IN ('IYYY', 'IYY', 'IY', 'I') THEN 'iso year'
        WHEN fmt IS NULL THEN NULL
        WHEN upper(fmt) IN ('SS', 'SSSSS') THEN oracle.fail(1899, 'bad precision specifier', fmt, ''::text)
        ELSE oracle.fail(1821, 'date format not recognized', fmt, ''::text) END;
END
$$;
CREATE FUNCTION oracle.trunc_unit(timestamp, text) RETURNS timestamp LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE $2
        WHEN 'sunday' THEN date_trunc('week', $1 + interval '1 day') - interval '1 day'
        WHEN 'year week' THEN date_trunc('day', $1) - make_interval(0, 0, 0, (extract(doy FROM $1)::int - 1) % 7)
        WHEN 'month week' THEN date_trunc('day', $1) - make_interval(0, 0, 0, (extract(day FROM $1)::int - 1) % 7)
        WHEN 'iso year' THEN date_trunc('week', make_timestamp(extract(isoyear FROM $1)::int, 1, 4, 0, 0, 0))
        ELSE date_trunc($2, $1) END;
CREATE FUNCTION oracle.round_unit(t timestamp, unit text) RETURNS timestamp LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog AS $$
DECLARE
    base timestamp := oracle.trunc_unit(t, unit);
BEGIN
    RETURN CASE unit
        WHEN 'century' THEN CASE WHEN extract(year FROM t) - extract(year FROM base) >= 50 THEN base + interval '100 years' ELSE base END
        WHEN 'year' THEN CASE WHEN extract(month FROM t) >= 7 THEN base + interval '1 year' ELSE base END
        WHEN 'iso year' THEN CASE WHEN t >= base + interval '182 days' THEN oracle.trunc_unit(base + interval '370 days', unit) ELSE base END
        WHEN 'quarter' THEN CASE WHEN t >= base + interval '1 month 15 days' THEN base + interval '3 months' ELSE base END
        WHEN 'month' THEN CASE WHEN extract(day FROM t) >= 16 THEN base + interval '1 month' ELSE base END
        WHEN 'day' THEN CASE WHEN t >= base + interval '12 hours' THEN base + interval '1 day' ELSE base END
        WHEN 'hour' THEN CASE WHEN t >= base + interval '30 minutes' THEN base + interval '1 hour' ELSE base END
        WHEN 'minute' THEN CASE WHEN t >= base + interval '30 seconds' THEN base + interval '1 minute' ELSE base END
        ELSE CASE WHEN t >= base + interval '3 days 12 hours' THEN base + interval '7 days' ELSE base END END;
END
$$;
CREATE FUNCTION oracle.trunc(oracle.date) RETURNS oracle.date LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN date_trunc('day', $1::timestamp)::oracle.date;
CREATE FUNCTION oracle.trunc(oracle.date, text) RETURNS oracle.date LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN oracle.trunc_unit($1::timestamp, oracle.date_unit($2))::oracle.date;
CREATE FUNCTION oracle.round(oracle.date) RETURNS oracle.date LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN oracle.round_unit($1::timestamp, 'day')::oracle.date;
CREATE FUNCTION oracle.round(oracle.date, text) RETURNS oracle.date LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN oracle.valid_date(oracle.round_unit($1::timestamp, oracle.date_unit($2)));
-- The date functions take every datetime and give a DATE.
DO $$
DECLARE
    t text;
    f text;
    volatility text;
BEGIN
    FOREACH t IN ARRAY ARRAY['ts', 'tstz', 'tsltz'] LOOP
        volatility := CASE t WHEN 'ts' THEN 'IMMUTABLE' ELSE 'STABLE' END;
        FOREACH f IN ARRAY ARRAY['trunc', 'round', 'last_day'] LOOP
            EXECUTE format('CREATE FUNCTION oracle.%s(oracle.%s) RETURNS oracle.date LANGUAGE sql %s PARALLEL SAFE RETURN oracle.%s(oracle.as_date($1))',
                f, t, volatility, f);
        END LOOP;
        FOREACH f IN ARRAY ARRAY['trunc', 'round', 'next_day'] LOOP
            EXECUTE format('CREATE FUNCTION oracle.%s(oracle.%s, text) RETURNS oracle.date LANGUAGE sql %s PARALLEL SAFE RETURN oracle.%s(oracle.as_date($1), $2)',
                f, t, volatility, f);
        END LOOP;
        EXECUTE format('CREATE FUNCTION oracle.add_months(oracle.%s, numeric) RETURNS oracle.date LANGUAGE sql %s PARALLEL SAFE'
            ' RETURN oracle.add_months(oracle.as_date($1), $2)', t, volatility);
        EXECUTE format('CREATE FUNCTION oracle.months_between(oracle.%1$s, oracle.%1$s) RETURNS numeric LANGUAGE sql %2$s PARALLEL SAFE'
            ' RETURN oracle.months_between(oracle.as_date($1), oracle.as_date($2))', t, volatility);
    END LOOP;
END
$$;

-- EXTRACT(field FROM x) as extract('FIELD', x). Hours and smaller of a DATE are refused; of a zoned value they are UTC's.
CREATE FUNCTION oracle.extract_wrong(text) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN oracle.fail(30076, 'invalid extract field for extract source', $1, NULL::numeric);
CREATE FUNCTION oracle.extract(text, oracle.date) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE $1 WHEN 'YEAR' THEN extract(year FROM $2::timestamp)
                   WHEN 'MONTH' THEN extract(month FROM $2::timestamp)
                   WHEN 'DAY' THEN extract(day FROM $2::timestamp) ELSE oracle.extract_wrong($1) END;
CREATE FUNCTION oracle.extract(text, oracle.ts) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE $1 WHEN 'YEAR' THEN extract(year FROM oracle.clock($2::numeric)) WHEN 'MONTH' THEN extract(month FROM oracle.clock($2::numeric))
                   WHEN 'DAY' THEN extract(day FROM oracle.clock($2::numeric)) WHEN 'HOUR' THEN extract(hour FROM oracle.clock($2::numeric))
                   WHEN 'MINUTE' THEN extract(minute FROM oracle.clock($2::numeric))
                   WHEN 'SECOND' THEN trim_scale(pg_catalog.mod($2::numeric, 60) + CASE WHEN pg_catalog.mod($2::numeric, 60) < 0 THEN 60 ELSE 0 END)
                   ELSE oracle.extract_wrong($1) END;
CREATE FUNCTION oracle.extract(text, oracle.tsltz) RETURNS numeric LANGUAGE sql STABLE PARALLEL SAFE RETURN oracle.extract($1, oracle.to_ts($2));
CREATE FUNCTION oracle.extract(text, oracle.tstz) RETURNS numeric LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE $1 WHEN 'TIMEZONE_HOUR' THEN pg_catalog.trunc(oracle.zone_minutes(oracle.zone_of($2), oracle.instant($2)) / 60.0)
                   WHEN 'TIMEZONE_MINUTE' THEN (oracle.zone_minutes(oracle.zone_of($2), oracle.instant($2)) % 60)::numeric
                   ELSE oracle.extract($1, oracle.instant($2)::oracle.ts) END;
-- TIMEZONE_REGION and TIMEZONE_ABBR are text: the translator calls this one for them.
CREATE FUNCTION oracle.extract_zone(text, oracle.tstz) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN oracle.zone_of($2) <= 1800 THEN CASE $1 WHEN 'TIMEZONE_ABBR' THEN 'UNK' ELSE 'UNKNOWN' END
                WHEN $1 = 'TIMEZONE_ABBR' THEN (SELECT z.abbrev FROM pg_timezone_names z WHERE z.name = oracle.zone_region(oracle.zone_of($2)))
                ELSE pg_catalog.upper(oracle.zone_region(oracle.zone_of($2))) END;
CREATE FUNCTION oracle.extract(text, oracle.ids) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE $1 WHEN 'DAY' THEN pg_catalog.trunc($2::numeric / 86400) WHEN 'HOUR' THEN pg_catalog.trunc(pg_catalog.mod($2::numeric, 86400) / 3600)
                   WHEN 'MINUTE' THEN pg_catalog.trunc(pg_catalog.mod($2::numeric, 3600) / 60) WHEN 'SECOND' THEN trim_scale(pg_catalog.mod($2::numeric, 60))
                   ELSE oracle.extract_wrong($1) END;
CREATE FUNCTION oracle.extract(text, oracle.iym) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE $1 WHEN 'YEAR' THEN pg_catalog.trunc($2::numeric / 12) WHEN 'MONTH' THEN pg_catalog.mod($2::numeric, 12)
                   ELSE oracle.extract_wrong($1) END;

-- ---------------------------------------------------------------------------------------------------------------- intervals
CREATE FUNCTION oracle.numtodsinterval(numeric, text) RETURNS oracle.ids LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE upper(btrim($2)) WHEN 'DAY' THEN round($1 * 86400, 9)::oracle.ids WHEN 'HOUR' THEN round($1 * 3600, 9)::oracle.ids
                WHEN 'MINUTE' THEN round($1 * 60, 9)::oracle.ids WHEN 'SECOND' THEN round($1, 9)::oracle.ids
                ELSE oracle.fail(1760, 'illegal argument for function', $2, NULL::oracle.ids) END;
CREATE FUNCTION oracle.numtoyminterval(numeric, text) RETURNS oracle.iym LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE upper(btrim($2)) WHEN 'YEAR' THEN round($1 * 12)::oracle.iym WHEN 'MONTH' THEN round($1)::oracle.iym
                ELSE oracle.fail(1760, 'illegal argument for function', $2, NULL::oracle.iym) END;
CREATE FUNCTION oracle.to_dsinterval(s text) RETURNS oracle.ids LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    m text[] := regexp_match(s, '^\s*([+-]?)\s*(\d{1,9})\s+(\d{1,2}):(\d{1,2}):(\d{1,2}(?:\.\d{0,9})?)\s*$');
BEGIN
    IF m IS NULL THEN
        m := regexp_match(s, '^\s*([+-]?)P(?:(\d{1,9})D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d{0,9})?)S)?)?\s*$');
        IF m IS NULL OR (m[2] IS NULL AND m[3] IS NULL AND m[4] IS NULL AND m[5] IS NULL) THEN
            RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '1867|the interval is invalid';
        END IF;
    ELSIF m[3]::int > 23 THEN
        RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '1850|hour must be between 0 and 23';
    ELSIF m[4]::int > 59 THEN
        RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '1851|minutes must be between 0 and 59';
    ELSIF m[5]::numeric >= 60 THEN
        RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '1852|seconds must be between 0 and 59';
    END IF;
    RETURN round(CASE m[1] WHEN '-' THEN -1 ELSE 1 END
        * (coalesce(m[2], '0')::numeric * 86400 + coalesce(m[3], '0')::numeric * 3600 + coalesce(m[4], '0')::numeric * 60 + coalesce(m[5], '0')::numeric), 9)::oracle.ids;
END
$$;
CREATE FUNCTION oracle.to_yminterval(s text) RETURNS oracle.iym LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    m text[] := regexp_match(s, '^\s*([+-]?)\s*(\d{1,9})-(\d{1,2})\s*$');
BEGIN
    IF m IS NULL THEN
        m := regexp_match(s, '^\s*([+-]?)P(?:(\d{1,9})Y)?(?:(\d{1,9})M)?(?:\d+D)?(?:T.*)?\s*$');
        IF m IS NULL OR (m[2] IS NULL AND m[3] IS NULL) THEN
            RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '1867|the interval is invalid';
        END IF;
    ELSIF m[3]::int > 11 THEN
        RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = '1843|not a valid month';
    END IF;
    RETURN (CASE m[1] WHEN '-' THEN -1 ELSE 1 END * (coalesce(m[2], '0')::numeric * 12 + coalesce(m[3], '0')::numeric))::oracle.iym;
END
$$;
CREATE FUNCTION oracle.to_char(oracle.ids) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE WHEN $1::numeric < 0 THEN '-' ELSE '+' END
        || pg_catalog.lpad(pg_catalog.div(abs($1::numeric), 86400)::text,
                CASE WHEN scale($1::numeric) = 9 THEN 9 WHEN abs($1::numeric) >= 8640000 THEN 9 ELSE 2 END, '0')
        || ' ' || pg_catalog.lpad((pg_catalog.trunc(pg_catalog.mod(abs($1::numeric), 86400) / 3600)::int)::text, 2, '0')
        || ':' || pg_catalog.lpad((pg_catalog.trunc(pg_catalog.mod(abs($1::numeric), 3600) / 60)::int)::text, 2, '0')
        || ':' || pg_catalog.lpad((pg_catalog.trunc(pg_catalog.mod(abs($1::numeric), 60))::int)::text, 2, '0')
        || CASE WHEN scale($1::numeric) = 0 THEN ''
                ELSE '.' || "left"(pg_catalog.lpad(oracle.nanoseconds(abs($1::numeric))::text, 9, '0'), least(scale($1::numeric), 9)) END;
CREATE FUNCTION oracle.to_char(oracle.iym) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE WHEN $1::numeric < 0 THEN '-' ELSE '+' END
        || pg_catalog.lpad((pg_catalog.trunc(abs($1::numeric) / 12)::int8)::text, 2, '0') || '-' || pg_catalog.lpad((pg_catalog.mod(abs($1::numeric), 12)::int)::text, 2, '0');
