{#
    Log the execution plan of a model or a query.

        dbt run-operation oracle_explain --args '{select_sql: "select * from analytics.orders"}'
#}
{% macro oracle_explain(select_sql) %}
  {% if not execute %}{{ return('') }}{% endif %}
  {% do run_query('explain plan for ' ~ select_sql) %}
  {% for row in run_query("select plan_table_output from table(dbms_xplan.display())").rows %}
    {{ log(row[0], info=true) }}
  {% endfor %}
  {{ return('') }}
{% endmacro %}
