{#
    Written by `flext-dbt-oracle init`; the same file for every project. dbt takes these macros from the root project only, so
    they cannot come with the package: each one hands over to flext_dbt_oracle. Leave out what you do not want.
#}

{# Rebuilds that keep grants, indexes and foreign keys; one-transaction incrementals. #}
{% materialization table, adapter='oracle', supported_languages=['sql'] %}
  {{ return(flext_dbt_oracle.materialization_table_oracle()) }}
{% endmaterialization %}

{% materialization incremental, adapter='oracle', supported_languages=['sql'] %}
  {{ return(flext_dbt_oracle.materialization_incremental_oracle()) }}
{% endmaterialization %}

{# Hooks outside of the transaction: COMMIT without a semicolon. #}
{% macro run_hooks(hooks, inside_transaction=True) %}
  {{ flext_dbt_oracle.oracle_run_hooks(hooks, inside_transaction) }}
{% endmacro %}

{# Unit tests: rows from DUAL, dates by their format. #}
{% macro get_fixture_sql(rows, column_name_to_data_types) %}
  {{ return(flext_dbt_oracle.oracle_get_fixture_sql(rows, column_name_to_data_types)) }}
{% endmacro %}

{% macro get_expected_sql(rows, column_name_to_data_types, column_name_to_quoted) %}
  {{ return(flext_dbt_oracle.oracle_get_expected_sql(rows, column_name_to_data_types, column_name_to_quoted)) }}
{% endmacro %}

{# Snapshots with check_cols: all and a new column, before 23ai. #}
{% macro snapshot_check_strategy(node, snapshotted_rel, current_rel, config, target_exists) %}
  {{ return(flext_dbt_oracle.oracle_snapshot_check_strategy(node, snapshotted_rel, current_rel, config, target_exists)) }}
{% endmacro %}

{# The adapter's block around incremental SQL, should its own materialization be used: roll back first. #}
{% macro oracle__wrap_incremental_sql_with_tmp_cleanup(build_sql, tmp_relation) %}
  {{ return(flext_dbt_oracle.oracle_wrap_incremental_sql(build_sql, tmp_relation)) }}
{% endmacro %}
