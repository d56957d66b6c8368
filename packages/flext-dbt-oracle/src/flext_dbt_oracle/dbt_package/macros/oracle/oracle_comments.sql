{# The comment on a table or view, or none. #}
{% macro oracle_get_table_comment(relation) %}
  {% if not execute %}{{ return(none) }}{% endif %}
  {% set rows = run_query('select comments from sys.all_tab_comments where '
      ~ flext_dbt_oracle.oracle_name_condition('owner', relation.schema) ~ ' and '
      ~ flext_dbt_oracle.oracle_name_condition('table_name', relation.identifier)).rows %}
  {{ return(rows[0][0] if rows else none) }}
{% endmacro %}

{# The comment on a column, or none. #}
{% macro oracle_get_column_comment(relation, column_name) %}
  {% if not execute %}{{ return(none) }}{% endif %}
  {% set rows = run_query('select comments from sys.all_col_comments where '
      ~ flext_dbt_oracle.oracle_name_condition('owner', relation.schema) ~ ' and '
      ~ flext_dbt_oracle.oracle_name_condition('table_name', relation.identifier) ~ ' and '
      ~ flext_dbt_oracle.oracle_name_condition('column_name', column_name)).rows %}
  {{ return(rows[0][0] if rows else none) }}
{% endmacro %}
