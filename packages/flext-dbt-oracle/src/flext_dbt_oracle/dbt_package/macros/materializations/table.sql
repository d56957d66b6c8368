{#
    The table materialization: a rebuild that keeps what hangs on the table.

    Differences from the adapter's: grants, indexes and other tables' foreign keys survive (the adapter drops them with
    the old table); named constraints and indexes do not collide with the old table's on the second run (ORA-02264,
    ORA-00955); foreign keys of a contract are added after the CREATE TABLE AS SELECT that refuses them (ORA-02440);
    `indexes:` works; post-hooks run when the old table is gone; a materialized view of the name is replaced.

    config refresh_method:
      rename (default)  build beside the table, then swap by rename
      truncate_insert   TRUNCATE and direct-path INSERT: the table object, its triggers and dependants stay; readers see
                        an empty table in between, and a failed INSERT leaves it empty
      delete_insert     DELETE and INSERT in one transaction: readers see the old rows until it commits, a failure
                        changes nothing
      exchange          build beside it, then exchange with the table's only partition: metadata only, no moment
                        without rows. The table needs `partition_config` with one partition.
    The last three fall back to rename for the first build, with --full-refresh, and when the columns changed.

    The root project's shim calls it: `{{ return(flext_dbt_oracle.materialization_table_oracle()) }}`.
#}
{% materialization table, adapter='oracle', supported_languages=['sql'] %}
  {% set method = config.get('refresh_method', 'rename') %}
  {% set methods = ['rename', 'truncate_insert', 'delete_insert', 'exchange'] %}
  {% if method not in methods %}
    {{ exceptions.raise_compiler_error("refresh_method '" ~ method ~ "' is not one of " ~ methods | join(', ')) }}
  {% endif %}
  {% set target_relation = this.incorporate(type='table') %}
  {% set old_relation = load_cached_relation(this) %}

  {{ run_hooks(pre_hooks, inside_transaction=false) }}
  {{ run_hooks(pre_hooks, inside_transaction=true) }}

  {% set in_place = method != 'rename' and old_relation is not none
      and old_relation.type == 'table' and not should_full_refresh()
      and flext_dbt_oracle.oracle_columns_match(old_relation, sql) %}
  {% set late = [] %}
  {% if in_place %}
    {{ flext_dbt_oracle.oracle_refresh_in_place(old_relation, sql, method) }}
  {% else %}
    {% set late = flext_dbt_oracle.oracle_rebuild_table(target_relation, old_relation, sql) %}
  {% endif %}

  {{ run_hooks(post_hooks, inside_transaction=true) }}
  {% do persist_docs(target_relation, model) %}
  {{ adapter.commit() }}
  {{ run_hooks(post_hooks, inside_transaction=false) }}
  {% do flext_dbt_oracle.oracle_add_child_foreign_keys(late) %}
  {% do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(old_relation, full_refresh_mode=true)) %}
  {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{#
    Build beside the old relation, move the new table into its place, and give it what hung on the old one. Returns the
    foreign keys of other tables that wait for a key which only a post-hook adds.
#}
{% macro oracle_rebuild_table(target_relation, old_relation, sql) %}
  {% set new_relation = target_relation.incorporate(path={'identifier': target_relation.identifier ~ '__dbt_tmp'}) %}
  {% set backup_relation = (old_relation or target_relation).incorporate(
      path={'identifier': target_relation.identifier ~ '__dbt_backup'}) %}
  {{ drop_relation_if_exists(load_cached_relation(new_relation)) }}
  {{ drop_relation_if_exists(load_cached_relation(backup_relation)) }}

  {% set hanging = flext_dbt_oracle.oracle_dependents(old_relation) %}
  {% call statement('main') %}
    {{ create_table_as(false, new_relation, sql) }}
  {% endcall %}
  {% set indexes = flext_dbt_oracle.oracle_build_indexes(new_relation, target_relation, hanging.indexes) %}

  {% if old_relation is not none %}
    {% if old_relation.type == 'table' %}
      {% do adapter.rename_relation(old_relation, backup_relation) %}
    {% else %}
      {% do adapter.drop_relation(old_relation) %}
    {% endif %}
  {% endif %}
  {% do adapter.rename_relation(new_relation, target_relation) %}
  {% if old_relation is not none and old_relation.type == 'table' %}
    {% do adapter.drop_relation(backup_relation) %}
  {% endif %}

  {% do flext_dbt_oracle.oracle_give_final_names(target_relation, indexes) %}
  {% do flext_dbt_oracle.oracle_add_foreign_keys(target_relation) %}
  {{ return(flext_dbt_oracle.oracle_restore_dependents(target_relation, hanging)) }}
{% endmacro %}

{# Whether the query gives the columns that the table has, in any order. #}
{% macro oracle_columns_match(relation, sql) %}
  {% set wanted = get_columns_in_query(sql) | map('upper') | sort | list %}
  {% set present = adapter.get_columns_in_relation(relation) | map(attribute='name') | map('upper') | sort | list %}
  {% if wanted != present %}
    {{ log(relation ~ ": the columns changed, so the table is rebuilt instead of refreshed in place", info=true) }}
  {% endif %}
  {{ return(wanted == present) }}
{% endmacro %}

{# Replace the rows of a table and leave the table. #}
{% macro oracle_refresh_in_place(relation, sql, method) %}
  {% set names = [] %}
  {% for name in get_columns_in_query(sql) %}
    {% do names.append(flext_dbt_oracle.oracle_column(name)) %}
  {% endfor %}
  {% set columns = names | join(', ') %}
  {% set parallel = ' parallel(' ~ config.get('parallel') ~ ')' if config.get('parallel') else '' %}
  {% if method == 'exchange' %}
    {{ flext_dbt_oracle.oracle_refresh_by_exchange(relation, sql, columns, parallel) }}
  {% else %}
    {% if method == 'truncate_insert' %}
      {% do adapter.truncate_relation(relation) %}
    {% else %}
      {% call statement('delete') %}delete from {{ relation }}{% endcall %}
    {% endif %}
    {# direct path after TRUNCATE; after DELETE it would write above the high-water mark and the table would grow #}
    {% call statement('main') %}
      insert /*+{{ ' append' if method == 'truncate_insert' }}{{ parallel }} */ into {{ relation }} ({{ columns }})
      select {{ columns }} from (
        {{ sql }}
      )
    {% endcall %}
  {% endif %}
{% endmacro %}

{% macro oracle_refresh_by_exchange(relation, sql, columns, parallel) %}
  {% set partitions = run_query(
      "select partition_name from sys.all_tab_partitions where "
      ~ flext_dbt_oracle.oracle_name_condition('table_owner', relation.schema) ~ " and "
      ~ flext_dbt_oracle.oracle_name_condition('table_name', relation.identifier)) %}
  {% if partitions.rows | length != 1 %}
    {{ exceptions.raise_compiler_error("refresh_method 'exchange': " ~ relation ~ " has " ~ partitions.rows | length
        ~ " partitions and needs exactly one, for example partition_config: {clause: \"partition by range (id)"
        ~ " (partition all_rows values less than (maxvalue))\"}") }}
  {% endif %}
  {% set stage = relation.incorporate(path={'identifier': relation.identifier ~ '__dbt_exch'}) %}
  {% do adapter.drop_relation(stage) %}
  {% do run_query('create table ' ~ stage ~ ' for exchange with table ' ~ relation) %}
  {% call statement('main') %}
    insert /*+ append{{ parallel }} */ into {{ stage }} ({{ columns }})
    select {{ columns }} from (
      {{ sql }}
    )
  {% endcall %}
  {{ adapter.commit() }}
  {% do flext_dbt_oracle.oracle_exchange_partition(relation, '"' ~ partitions.rows[0][0] ~ '"', stage) %}
  {% do adapter.drop_relation(stage) %}
{% endmacro %}

{#
    Exchange a partition, `"NAME"` or `for (value)`, with the rows of a table FOR EXCHANGE. That table has no indexes, so
    local ones cannot be included (ORA-14098) and are rebuilt. The rows are validated: one in a wrong partition would be
    lost to queries that prune (ORA-14099 instead).
#}
{% macro oracle_exchange_partition(relation, partition, stage) %}
  {% set local = run_query("select count(*) from sys.all_indexes where partitioned = 'YES' and "
      ~ flext_dbt_oracle.oracle_name_condition('table_owner', relation.schema) ~ " and "
      ~ flext_dbt_oracle.oracle_name_condition('table_name', relation.identifier)).rows[0][0] | int > 0 %}
  {% do run_query('alter table ' ~ relation ~ ' exchange partition ' ~ partition ~ ' with table ' ~ stage
      ~ (' excluding' if local else ' including') ~ ' indexes with validation update global indexes') %}
  {% if local %}
    {% do run_query('alter table ' ~ relation ~ ' modify partition ' ~ partition ~ ' rebuild unusable local indexes') %}
  {% endif %}
{% endmacro %}
