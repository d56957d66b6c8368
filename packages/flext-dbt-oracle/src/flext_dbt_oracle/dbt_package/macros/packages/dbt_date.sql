{# dbt_date on Oracle. Names of days and months are English and weeks are counted without NLS settings. #}

{% macro oracle__convert_timezone(column, target_tz, source_tz) %}
  cast(from_tz(cast({{ column }} as timestamp), '{{ source_tz }}') at time zone '{{ target_tz }}' as timestamp)
{% endmacro %}

{% macro oracle__date_part(datepart, date) %}
  {% set part = datepart | lower %}
  {% set formats = {
      'year': 'YYYY', 'quarter': 'Q', 'month': 'MM', 'week': 'IW', 'isoweek': 'IW', 'weekiso': 'IW', 'iso_week': 'IW', 'day': 'DD',
      'dayofyear': 'DDD', 'doy': 'DDD', 'day_of_year': 'DDD', 'hour': 'HH24', 'minute': 'MI', 'second': 'SS',
  } %}
  {% if part in formats %}
    to_number(to_char({{ date }}, '{{ formats[part] }}'))
  {% elif part in ['isodow', 'dayofweekiso', 'dayofweek_iso'] %}
    (trunc({{ date }}) - trunc({{ date }}, 'IW') + 1)
  {% elif part in ['dow', 'dayofweek', 'day_of_week'] %}
    mod(trunc({{ date }}) - trunc({{ date }}, 'IW') + 1, 7)
  {% elif part in ['epoch', 'epoch_seconds'] %}
    round((cast({{ date }} as date) - date '1970-01-01') * 86400)
  {% else %}
    {{ flext_dbt_oracle.oracle_refuse("date_part: '" ~ datepart ~ "' is not one of " ~ formats | join(', ')
        ~ ', isodow, dayofweek, epoch') }}
  {% endif %}
{% endmacro %}

{% macro oracle__day_name(date, short) %}
  to_char({{ date }}, '{{ 'Dy' if short else 'FMDay' }}', 'nls_date_language = english')
{% endmacro %}

{% macro oracle__month_name(date, short) %}
  to_char({{ date }}, '{{ 'Mon' if short else 'FMMonth' }}', 'nls_date_language = english')
{% endmacro %}

{% macro oracle__day_of_week(date, isoweek) %}
  {{ flext_dbt_oracle.oracle__date_part('isodow' if isoweek else 'dayofweek', date) | trim }}{{ '' if isoweek else ' + 1' }}
{% endmacro %}

{# Weeks that begin on Sunday, as dbt_date counts them; the ISO ones begin on Monday. #}
{% macro oracle__week_start(date) %}
  trunc(trunc({{ date }}) + 1, 'IW') - 1
{% endmacro %}

{% macro oracle__week_end(date) %}
  trunc(trunc({{ date }}) + 1, 'IW') + 5
{% endmacro %}

{% macro oracle__week_of_year(date) %}
  to_number(to_char({{ date }}, 'IW'))
{% endmacro %}

{% macro oracle__iso_week_of_year(date) %}
  to_number(to_char({{ date }}, 'IW'))
{% endmacro %}

{% macro oracle__iso_week_start(date) %}
  trunc({{ date }}, 'IW')
{% endmacro %}

{% macro oracle__iso_week_end(date) %}
  trunc({{ date }}, 'IW') + 6
{% endmacro %}

{% macro oracle__from_unixtimestamp(epochs, format='seconds') %}
  {% set divisors = {'seconds': 1, 'milliseconds': 1000, 'microseconds': 1000000} %}
  {% if format not in divisors %}
    {{ flext_dbt_oracle.oracle_refuse("from_unixtimestamp: format '" ~ format ~ "' is not one of " ~ divisors | join(', ')) }}
  {% endif %}
  (timestamp '1970-01-01 00:00:00' + numtodsinterval(({{ epochs }}) / {{ divisors[format] }}, 'second'))
{% endmacro %}

{% macro oracle__to_unixtimestamp(timestamp) %}
  {{ flext_dbt_oracle.oracle__date_part('epoch', timestamp) }}
{% endmacro %}

{# Dates given as text are ISO ones, whatever the session's NLS settings say. #}
{% macro oracle__get_base_dates(start_date=none, end_date=none, n_dateparts=none, datepart='day') %}
  {% if start_date and end_date %}
    {% set first = flext_dbt_oracle.oracle_iso_timestamp(start_date) %}
    {% set end = flext_dbt_oracle.oracle_iso_timestamp(end_date) %}
  {% else %}
    {% set first = dbt.dateadd(datepart, -1 * n_dateparts, 'trunc(' ~ dbt_date.today() ~ ')') %}
    {% set end = 'trunc(' ~ dbt_date.tomorrow() ~ ')' %}
  {% endif %}
  select cast(date_{{ datepart }} as timestamp) as date_{{ datepart }}
  from ({{ flext_dbt_oracle.oracle__date_spine(datepart, first, end) }})
{% endmacro %}

{% macro oracle_iso_timestamp(text) -%}
  {%- set moment = text | string | trim | replace('T', ' ') -%}
  to_timestamp({{ flext_dbt_oracle.oracle_literal(moment) }}, 'YYYY-MM-DD{{ ' HH24:MI:SS.FF' if ' ' in moment }}')
{%- endmacro %}

{#
    The dates of fiscal years that end on the day before `week_start_day` that is nearest to the end of a month, as dbt_date
    has it, on a date dimension (get_date_dimension) and without GROUP BY positions.
#}
{% macro oracle__get_fiscal_year_dates(dates, year_end_month, week_start_day, shift_year) %}
  with weeks as (
    select year_number, month_of_year, date_day as week_start_date, date_day + 6 as week_end_date
    from {{ dates }}
    where day_of_week = {{ week_start_day }}
  ),
  year_ends as (
    select distinct year_number - {{ shift_year }} as fiscal_year_number, month_end_date
    from {{ dates }}
    where month_of_year = {{ year_end_month }}
  ),
  last_weeks as (
    select w.year_number - {{ shift_year }} as fiscal_year_number, w.week_end_date,
      rank() over (partition by w.year_number order by abs(w.week_end_date - e.month_end_date)) as distance
    from weeks w
    join year_ends e on e.fiscal_year_number = w.year_number - {{ shift_year }}
    where w.month_of_year = {{ year_end_month }}
  ),
  fiscal_years as (
    select fiscal_year_number, week_end_date as fiscal_year_end_date,
      lag(week_end_date) over (order by week_end_date) + 1 as fiscal_year_start_date
    from last_weeks
    where distance = 1
  )
  select d.date_day, y.fiscal_year_number, y.fiscal_year_start_date, y.fiscal_year_end_date, w.week_start_date, w.week_end_date,
    dense_rank() over (partition by y.fiscal_year_number order by w.week_start_date) as fiscal_week_of_year
  from {{ dates }} d
  join fiscal_years y on d.date_day between y.fiscal_year_start_date and y.fiscal_year_end_date
  join weeks w on d.date_day between w.week_start_date and w.week_end_date
  order by d.date_day
{% endmacro %}
