select
    time_hour,
    trunc(time_hour) as flight_date,
    carrier,
    flight,
    tailnum,
    origin,
    dest,
    dep_delay,
    arr_delay,
    air_time,
    distance,
    case when dep_time is null then 1 else 0 end as is_cancelled
from {{ source('flights', 'flights') }}
