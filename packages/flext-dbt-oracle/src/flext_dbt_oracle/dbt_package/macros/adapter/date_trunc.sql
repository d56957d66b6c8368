{#
    `dbt.date_trunc` with dbt's meaning on Oracle.

    dbt-oracle passes the date part to TRUNC as it is: DAY is Oracle's word for "first day of the week", WW counts weeks
    from 1 January, and HOUR, MINUTE and SECOND are no formats at all (ORA-01821). Weeks start on Monday (ISO).
    `vars: {flext_oracle_legacy_date_trunc: true}` brings the adapter's values back.
#}
{% macro oracle__date_trunc(datepart, date) %}
  {% if var('flext_oracle_legacy_date_trunc', false) %}
    {{ return(dbt.oracle__date_trunc(datepart, date)) }}
  {% endif %}
  {% set part = datepart | lower %}
  {% set formats = {
      'year': 'YYYY', 'quarter': 'Q', 'month': 'MM', 'week': 'IW', 'isoweek': 'IW', 'day': 'DD', 'hour': 'HH24', 'minute': 'MI'
  } %}
  {% if part in formats %}
    trunc({{ date }}, '{{ formats[part] }}')
  {% elif part == 'second' %}
    {# TRUNC has no format for seconds, and a cast to TIMESTAMP(0) rounds #}
    trunc({{ date }}, 'MI') + numtodsinterval(floor(extract(second from cast({{ date }} as timestamp))), 'second')
  {% else %}
    {{ flext_dbt_oracle.oracle_refuse(
        "date_trunc: '" ~ datepart ~ "' is not one of " ~ (formats.keys() | list + ['second']) | join(', ')) }}
  {% endif %}
{% endmacro %}
