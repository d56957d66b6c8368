{#
    Give back a table's unused space and gather its optimizer statistics.

    Each step is a statement of its own (Oracle takes one at a time, without a semicolon). Shrinking moves rows, so row
    movement is switched on for it and off again if it was off. It is left out, with a line in the log, for
    tables that Oracle refuses to shrink: those with a function-based index (ORA-10631) and temporary tables.
    DDL commits: use it as a post-hook or with `dbt run-operation`, never inside a transaction of your own.

    Args:
        table_name: a Relation (`this`, `ref('x')`) or a name, `table` or `schema.table`.
        shrink: give back space.
        statistics: gather statistics, with those of the indexes.
#}
{% macro oracle_optimize_table(table_name, shrink=true, statistics=true) %}
  {{ return(adapter.dispatch('oracle_optimize_table', 'flext_dbt_oracle')(table_name, shrink, statistics)) }}
{% endmacro %}

{% macro default__oracle_optimize_table(table_name, shrink, statistics) %}
  {% if not execute %}
    {{ return('') }}
  {% endif %}
  {% if table_name is string %}
    {% set parts = table_name.split('.') %}
    {% set schema = parts[0] if parts | length == 2 else target.schema %}
    {% set identifier = parts[-1] %}
  {% else %}
    {% set schema = table_name.schema %}
    {% set identifier = table_name.identifier %}
  {% endif %}
  {% set found = run_query(
      "select t.owner, t.table_name, t.row_movement, t.temporary,"
      ~ " (select count(*) from sys.all_indexes i where i.table_owner = t.owner and i.table_name = t.table_name"
      ~ " and i.index_type like 'FUNCTION-BASED%') as function_indexes"
      ~ " from sys.all_tables t where t.owner = " ~ flext_dbt_oracle.oracle_literal(schema, fold=true)
      ~ " and t.table_name = " ~ flext_dbt_oracle.oracle_literal(identifier, fold=true)
  ) %}
  {% if found.rows | length == 0 %}
    {{ exceptions.raise_compiler_error(
        "oracle_optimize_table: no table " ~ schema ~ "." ~ identifier ~ " is visible to this user."
        ~ " Give a table (not a view) as a Relation, 'table' or 'schema.table'.") }}
  {% endif %}
  {% set row = found.rows[0] %}
  {% set name = '"' ~ row[0] ~ '"."' ~ row[1] ~ '"' %}
  {% if shrink and (row[4] | int > 0 or row[3] == 'Y') %}
    {{ log("oracle_optimize_table: " ~ name ~ " is not shrunk: it is temporary or has a function-based index", info=true) }}
  {% elif shrink %}
    {% if row[2] != 'ENABLED' %}
      {% do run_query("alter table " ~ name ~ " enable row movement") %}
    {% endif %}
    {% do run_query("alter table " ~ name ~ " shrink space") %}
    {% if row[2] != 'ENABLED' %}
      {% do run_query("alter table " ~ name ~ " disable row movement") %}
    {% endif %}
  {% endif %}
  {% if statistics %}
    {% do run_query(
        "begin dbms_stats.gather_table_stats(ownname => " ~ flext_dbt_oracle.oracle_literal('"' ~ row[0] ~ '"')
        ~ ", tabname => " ~ flext_dbt_oracle.oracle_literal('"' ~ row[1] ~ '"') ~ ", cascade => true); end;"
    ) %}
  {% endif %}
  {{ return('') }}
{% endmacro %}
