{#
    `dbt.dateadd` that takes every date part and never ends in ORA-01839.

    The adapter adds a month as an interval, which Oracle refuses for 31 January. Here a day that the target month does not
    have becomes its last day, as on other databases; the time of day and the type (DATE, TIMESTAMP) stay.
#}
{% macro oracle__dateadd(datepart, interval, from_date_or_timestamp) %}
  {% set part = datepart | lower %}
  {% set months = {'month': 1, 'quarter': 3, 'year': 12} %}
  {% set start = '(' ~ from_date_or_timestamp ~ ')' %}
  {% if part in months %}
    {% set count = '(' ~ interval ~ ')' if months[part] == 1 else '(' ~ months[part] ~ ' * (' ~ interval ~ '))' %}
    ({{ start }} - numtodsinterval(greatest(
        extract(day from {{ start }}) - extract(day from last_day(add_months(trunc({{ start }}, 'MM'), {{ count }}))), 0
    ), 'day') + numtoyminterval({{ count }}, 'month'))
  {% elif part == 'week' %}
    ({{ start }} + numtodsinterval(7 * ({{ interval }}), 'day'))
  {% elif part in ['day', 'hour', 'minute', 'second'] %}
    ({{ start }} + numtodsinterval({{ interval }}, '{{ part }}'))
  {% else %}
    {{ flext_dbt_oracle.oracle_refuse(
        "dateadd: '" ~ datepart ~ "' is not one of year, quarter, month, week, day, hour, minute, second") }}
  {% endif %}
{% endmacro %}
