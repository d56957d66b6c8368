{# dbt's text functions that render PostgreSQL's words on Oracle. #}

{# `dbt.split_part`: the n-th part, counted from 1, or from the end when negative; NULL when there is none. #}
{% macro oracle__split_part(string_text, delimiter_text, part_number) %}
  {# the delimiter is text, not a pattern: positions by INSTR, and a delimiter added on both sides closes the ends #}
  {% set text = "(" ~ delimiter_text ~ " || " ~ string_text ~ " || " ~ delimiter_text ~ ")" %}
  {% if part_number | int >= 0 %}
    {% set from = "instr(" ~ text ~ ", " ~ delimiter_text ~ ", 1, " ~ part_number ~ ")" %}
    {% set to = "instr(" ~ text ~ ", " ~ delimiter_text ~ ", 1, " ~ part_number ~ " + 1)" %}
  {% else %}
    {% set from = "instr(" ~ text ~ ", " ~ delimiter_text ~ ", -1, " ~ (part_number | int | abs) ~ " + 1)" %}
    {% set to = "instr(" ~ text ~ ", " ~ delimiter_text ~ ", -1, " ~ (part_number | int | abs) ~ ")" %}
  {% endif %}
  case when {{ from }} > 0 and {{ to }} > {{ from }} then
    substr({{ text }}, {{ from }} + length({{ delimiter_text }}), {{ to }} - {{ from }} - length({{ delimiter_text }}))
  end
{% endmacro %}

{# `dbt.listagg`; a limit on the number of elements is not in Oracle's LISTAGG and is refused by name. #}
{% macro oracle__listagg(measure, delimiter_text, order_by_clause, limit_num) %}
  {% if limit_num %}
    {{ flext_dbt_oracle.oracle_refuse(
        "listagg: Oracle's LISTAGG has no limit on the number of elements; number the rows with row_number() and filter before") }}
  {% endif %}
  listagg({{ measure }}, {{ delimiter_text }}) within group ({{ order_by_clause or 'order by ' ~ measure }})
{% endmacro %}

{# `dbt.bool_or`: 1 if the condition holds for any row, else 0 (Oracle before 23ai has no BOOLEAN in SQL). #}
{% macro oracle__bool_or(expression) %}
  max(case when {{ expression }} then 1 else 0 end)
{% endmacro %}

{# `dbt.any_value`: MAX, which every release has (ANY_VALUE came with 21c and late 19c updates). #}
{% macro oracle__any_value(expression) %}
  max({{ expression }})
{% endmacro %}

{# `dbt.escape_single_quotes`: doubled, as in every Oracle literal. #}
{% macro oracle__escape_single_quotes(expression) -%}
  {{ expression | replace("'", "''") }}
{%- endmacro %}

{# `dbt.current_timestamp_backcompat`, used by old packages. #}
{% macro oracle__current_timestamp_backcompat() %}
  cast(sys_extract_utc(systimestamp) as timestamp)
{% endmacro %}

{# Oracle's SQL has no arrays: say so where the model is compiled instead of ORA-00904 where it runs. #}
{% macro oracle__array_construct(inputs, data_type) %}
  {{ flext_dbt_oracle.oracle_refuse("array_construct: Oracle SQL has no array type") }}
{% endmacro %}
{% macro oracle__array_append(array, new_element) %}
  {{ flext_dbt_oracle.oracle_refuse("array_append: Oracle SQL has no array type") }}
{% endmacro %}
{% macro oracle__array_concat(array_1, array_2) %}
  {{ flext_dbt_oracle.oracle_refuse("array_concat: Oracle SQL has no array type") }}
{% endmacro %}
