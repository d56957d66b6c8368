{# The newest value of a DATE or TIMESTAMP column (UTC) is not older than so many hours; an empty table fails. #}
{% test loaded_within(model, column_name, hours=24) %}
  select newest from (select max({{ column_name }}) as newest from {{ model }})
  where newest is null or cast(newest as timestamp) < sys_extract_utc(systimestamp) - numtodsinterval({{ hours }}, 'hour')
{% endtest %}
