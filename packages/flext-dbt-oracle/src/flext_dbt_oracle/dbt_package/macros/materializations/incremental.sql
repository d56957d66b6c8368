{#
    The incremental materialization, one transaction a run.

    Differences from the adapter's: the strategy's statements are sent as SQL, not inside a PL/SQL block, so dbt reports the
    rows and an error undoes everything since the last commit (the adapter's block commits a delete whose insert failed);
    `insert_overwrite`; a full refresh builds beside the table and keeps grants, indexes and foreign keys as the table
    materialization does; temporary tables that a killed run left are dropped; a materialized view is replaced.

    Custom strategies (`get_incremental_<name>_sql`) may hold PL/SQL and run in a block of their own, as in the adapter.
#}
{% materialization incremental, adapter='oracle', supported_languages=['sql'] %}
  {% set target_relation = this.incorporate(type='table') %}
  {% set existing_relation = load_relation(this) %}
  {% set on_schema_change = incremental_validate_on_schema_change(config.get('on_schema_change'), default='ignore') %}
  {% set builds = existing_relation is none or existing_relation.type != 'table' or should_full_refresh() %}

  {{ run_hooks(pre_hooks, inside_transaction=false) }}
  {{ run_hooks(pre_hooks, inside_transaction=true) }}

  {% set late = [] %}
  {% if builds %}
    {% set late = flext_dbt_oracle.oracle_rebuild_table(target_relation, existing_relation, sql) %}
  {% else %}
    {% set temp_relation = flext_dbt_oracle.oracle_stage_increment(target_relation, sql) %}
    {% do adapter.expand_target_column_types(from_relation=temp_relation, to_relation=target_relation) %}
    {% set dest_columns = process_schema_changes(on_schema_change, temp_relation, existing_relation)
        or adapter.get_columns_in_relation(existing_relation) %}
    {{ oracle__apply_partition_config_to_existing_relation(target_relation) }}
    {{ flext_dbt_oracle.oracle_run_strategy({
        'target_relation': target_relation,
        'temp_relation': temp_relation,
        'unique_key': config.get('unique_key'),
        'dest_columns': dest_columns,
        'incremental_predicates': config.get('predicates') or config.get('incremental_predicates'),
    }) }}
  {% endif %}

  {% do persist_docs(target_relation, model) %}
  {{ run_hooks(post_hooks, inside_transaction=true) }}
  {{ adapter.commit() }}
  {% if not builds %}
    {# a global temporary table in use cannot be dropped (ORA-14452) before this session has emptied it #}
    {% do adapter.truncate_relation(temp_relation) %}
    {% do adapter.drop_relation(temp_relation) %}
  {% endif %}
  {{ run_hooks(post_hooks, inside_transaction=false) }}
  {% do flext_dbt_oracle.oracle_add_child_foreign_keys(late) %}
  {% do apply_grants(target_relation, config.get('grants'),
      should_revoke=should_revoke(existing_relation.is_table if existing_relation else none, should_full_refresh())) %}
  {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{# The new rows in a global temporary table; those of earlier runs that were killed are dropped first. #}
{% macro oracle_stage_increment(target_relation, sql) %}
  {% do flext_dbt_oracle.oracle_drop_leftovers(dry_run=false, identifier=target_relation.identifier, quiet=true) %}
  {% set temp_relation = make_temp_relation(target_relation) %}
  {% call statement('make_tmp_relation') %}
    {{ create_table_as(true, temp_relation, sql) }}
  {% endcall %}
  {{ return(temp_relation) }}
{% endmacro %}

{% macro oracle_run_strategy(arguments) %}
  {% set strategy = config.get('incremental_strategy') or 'default' %}
  {% set target = arguments.target_relation %}
  {% set source = arguments.temp_relation %}
  {% if strategy == 'delete+insert' %}
    {% set delete = flext_dbt_oracle.oracle_delete_by_key_sql(
        target, source, arguments.unique_key, arguments.incremental_predicates) | trim %}
  {% elif strategy == 'microbatch' %}
    {% set delete = flext_dbt_oracle.oracle_delete_batch_sql(target) | trim %}
  {% elif strategy == 'insert_overwrite' %}
    {% if config.get('overwrite_method', 'delete') == 'exchange' %}
      {{ return(flext_dbt_oracle.oracle_overwrite_by_exchange(arguments)) }}
    {% endif %}
    {% set delete = flext_dbt_oracle.oracle_delete_partitions_sql(target, source) | trim %}
  {% else %}
    {% set statement_sql = adapter.get_incremental_strategy_macro(context, strategy)(arguments) | trim %}
    {% if strategy not in ['default', 'append', 'merge'] %}
      {% set statement_sql = flext_dbt_oracle.oracle_wrap_incremental_sql(statement_sql, source) | trim %}
    {% endif %}
    {% call statement('main') %}{{ statement_sql }}{% endcall %}
    {{ return('') }}
  {% endif %}
  {% if delete %}
    {% call statement('delete') %}{{ delete }}{% endcall %}
  {% endif %}
  {% call statement('main') %}{{ flext_dbt_oracle.oracle_insert_sql(target, source, arguments.dest_columns) | trim }}{% endcall %}
{% endmacro %}
