-- One row per airline; its table is compacted and analysed after it is built.
{{ config(post_hook="{{ flext_dbt_oracle.oracle_optimize_table(this) }}") }}
select
    a.carrier,
    a.name as airline,
    count(*) as flights,
    sum(f.is_cancelled) as cancelled,
    round(avg(f.dep_delay), 2) as average_departure_delay,
    round(avg(f.arr_delay), 2) as average_arrival_delay,
    sum(f.distance) as miles
from {{ ref('stg_flights') }} f
join {{ source('flights', 'airlines') }} a on a.carrier = f.carrier
group by a.carrier, a.name
