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
    {{ exceptions.raise_compiler_error("date_part: '" ~ datepart ~ "' is not one of " ~ formats | join(', ')
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
    {{ exceptions.raise_compiler_error("from_unixtimestamp: format '" ~ format ~ "' is not one of " ~ divisors | join(', ')) }}
  {% endif %}
  (timestamp '1970-01-01 00:00:00' + numtodsinterval(({{ epochs }}) / {{ divisors[format] }}, 'second'))
{% endmacro %}

{% macro oracle__to_unixtimestamp(timestamp) %}
  {{ flext_dbt_oracle.oracle__date_part('epoch', timestamp) }}
{% endmacro %}
