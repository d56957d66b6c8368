{# A string literal of SQL; with `fold`, a name as Oracle stores it (upper case unless it has lower-case quotes around it). #}
{% macro oracle_literal(text, fold=false) %}
  {% set value = text | string %}
  {% if fold and value.startswith('"') and value.endswith('"') %}
    {% set value = value[1:-1] %}
  {% elif fold %}
    {% set value = value | upper %}
  {% endif %}
  {{ return("'" ~ value | replace("'", "''") ~ "'") }}
{% endmacro %}
