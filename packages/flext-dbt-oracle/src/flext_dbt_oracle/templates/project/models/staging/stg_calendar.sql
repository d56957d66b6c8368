-- One row per day of this year. Replace it with your own: `flext-dbt-oracle sources --schema X` writes their sources.
select
    {{ dbt.date_trunc('year', 'sysdate') }} + level - 1 as calendar_date
from dual
connect by level <= 365
