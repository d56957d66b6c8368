{#
    `dbt.datediff` whose weeks start on Monday whatever the session's NLS_TERRITORY is, and whose seconds are whole.

    Like dbt elsewhere it counts the boundaries between two moments. The adapter takes weeks by TRUNC(x, 'DAY'), which
    depends on the territory, and gives fractions of a second.
#}
{% macro oracle__datediff(first_date, second_date, datepart) %}
  {% set part = datepart | lower %}
  {% set first = 'cast(' ~ first_date ~ ' as date)' %}
  {% set second = 'cast(' ~ second_date ~ ' as date)' %}
  {% set months = {'month': ['MM', 1], 'quarter': ['Q', 3], 'year': ['YYYY', 12]} %}
  {% set days = {'week': ['IW', '1/7'], 'day': ['DD', '1'], 'hour': ['HH24', '24'], 'minute': ['MI', '1440']} %}
  {% if part in months %}
    round(months_between(trunc({{ second }}, '{{ months[part][0] }}'), trunc({{ first }}, '{{ months[part][0] }}')) / {{ months[part][1] }})
  {% elif part in days %}
    round((trunc({{ second }}, '{{ days[part][0] }}') - trunc({{ first }}, '{{ days[part][0] }}')) * {{ days[part][1] }})
  {% elif part == 'second' %}
    round((
        trunc({{ second_date }}, 'MI') - trunc({{ first_date }}, 'MI')) * 86400
        + floor(extract(second from cast({{ second_date }} as timestamp)))
        - floor(extract(second from cast({{ first_date }} as timestamp)))
    )
  {% else %}
    {{ flext_dbt_oracle.oracle_refuse(
        "datediff: '" ~ datepart ~ "' is not one of year, quarter, month, week, day, hour, minute, second") }}
  {% endif %}
{% endmacro %}
