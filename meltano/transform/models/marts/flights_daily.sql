-- One row per day and origin. Later runs merge only the days that changed since the newest day built.
{{ config(materialized='incremental', unique_key=['flight_date', 'origin']) }}
select
    flight_date,
    origin,
    count(*) as flights,
    sum(is_cancelled) as cancelled,
    round(avg(dep_delay), 2) as average_departure_delay
from {{ ref('stg_flights') }}
{% if is_incremental() %}
where flight_date >= (select max(flight_date) from {{ this }})
{% endif %}
group by flight_date, origin
