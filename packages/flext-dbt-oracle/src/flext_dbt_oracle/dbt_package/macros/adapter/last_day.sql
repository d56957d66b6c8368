{# `dbt.last_day` of a week, month, quarter or year, as a DATE without a time. #}
{% macro oracle__last_day(date, datepart) %}
  {{ dbt.dateadd('day', '-1', dbt.dateadd(datepart, '1', dbt.date_trunc(datepart, date))) }}
{% endmacro %}
