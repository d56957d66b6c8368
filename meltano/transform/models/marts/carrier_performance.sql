-- One row per airline. The index and the key come back with every rebuild; the statistics are of the new rows.
{{ config(
    indexes=[{'columns': ['carrier'], 'unique': true}, {'columns': ['upper(airline)']}],
    post_hook=[
        "{{ flext_dbt_oracle.oracle_add_constraint(this, 'primary_key', ['carrier'], state='rely disable novalidate') }}",
        "{{ flext_dbt_oracle.oracle_gather_stats(this) }}",
    ]
) }}
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
