{# Say no to what Oracle cannot do, of the model that asks for it: while a project is parsed it would be no to all of them. #}
{% macro oracle_refuse(message) %}
  {% if execute %}{{ exceptions.raise_compiler_error(message) }}{% endif %}
{% endmacro %}
