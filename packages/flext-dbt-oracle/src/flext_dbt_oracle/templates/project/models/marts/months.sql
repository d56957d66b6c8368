-- One row per month, with an index that survives rebuilds.
{{ config(indexes=[{'columns': ['month_start'], 'unique': true}]) }}
select
    {{ dbt.date_trunc('month', 'calendar_date') }} as month_start,
    count(*) as days
from {{ ref('stg_calendar') }}
group by {{ dbt.date_trunc('month', 'calendar_date') }}
