{#
    The names of the columns that a query returns, as Oracle describes them.

    Nothing is fetched: the query is wrapped in `where 1 = 0`. While dbt parses (execute is false) the list is empty.

    Args:
        select_sql: a SELECT without a trailing semicolon.
    Returns:
        list of str, in column order.
#}
{% macro oracle_get_columns_in_query(select_sql) %}
  {{ return(adapter.dispatch('oracle_get_columns_in_query', 'flext_dbt_oracle')(select_sql)) }}
{% endmacro %}

{% macro default__oracle_get_columns_in_query(select_sql) %}
  {% if not execute %}
    {{ return([]) }}
  {% endif %}
  {{ return(get_columns_in_query(select_sql)) }}
{% endmacro %}
