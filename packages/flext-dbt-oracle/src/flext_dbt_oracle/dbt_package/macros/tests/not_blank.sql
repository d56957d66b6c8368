{# A text column holds no NULL (Oracle stores '' as NULL) and no text of blanks alone. #}
{% test not_blank(model, column_name) %}
  select {{ column_name }} from {{ model }} where trim({{ column_name }}) is null
{% endtest %}
