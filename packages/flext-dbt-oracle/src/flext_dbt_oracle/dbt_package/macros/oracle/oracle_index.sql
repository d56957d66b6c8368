{#
    Indexes.

    `indexes:` in a model's config:
        indexes:
          - {columns: [flight_date, origin], unique: true}
          - {columns: ["upper(name)"], type: bitmap, local: true, tablespace: IDX, parallel: 4, compress: true, name: IX_NAME}
    Without a name the index is called IX_DBT_<hash of the table and the definition>, the same on every run.
#}
{% macro oracle_index_definition(relation, index) %}
  {% set columns = [index.columns] if index.columns is string else index.columns %}
  {% if not columns %}
    {{ exceptions.raise_compiler_error("indexes: each entry needs `columns`, a list of columns or expressions") }}
  {% endif %}
  {% set known = ['columns', 'unique', 'type', 'local', 'tablespace', 'parallel', 'compress', 'name', 'reverse', 'invisible', 'nologging'] %}
  {% for key in index %}
    {% if key not in known %}
      {{ exceptions.raise_compiler_error("indexes: unknown key '" ~ key ~ "'; known are " ~ known | join(', ')) }}
    {% endif %}
  {% endfor %}
  {% if index.type and index.type | lower not in ['bitmap', 'btree', 'normal'] %}
    {{ exceptions.raise_compiler_error("indexes: type '" ~ index.type ~ "' is not one of btree, bitmap") }}
  {% endif %}
  {% set parts = [] %}
  {% for column in columns %}
    {% set plain = modules.re.match('^[A-Za-z][A-Za-z0-9_$#]*$', column) %}
    {% do parts.append(flext_dbt_oracle.oracle_column(column) if plain else column) %}
  {% endfor %}
  {% set kind = 'unique ' if index.unique else 'bitmap ' if (index.type or '') | lower == 'bitmap' else '' %}
  {% set on = '(' ~ parts | join(', ') ~ ')' %}
  {% set options = [] %}
  {% if index.local %}{% do options.append('local') %}{% endif %}
  {% if index.reverse %}{% do options.append('reverse') %}{% endif %}
  {% if index.compress %}{% do options.append('compress') %}{% endif %}
  {% if index.tablespace %}{% do options.append('tablespace ' ~ index.tablespace) %}{% endif %}
  {% if index.parallel %}{% do options.append('parallel ' ~ index.parallel) %}{% endif %}
  {% if index.nologging %}{% do options.append('nologging') %}{% endif %}
  {% if index.invisible %}{% do options.append('invisible') %}{% endif %}
  {% set name = index.name or 'IX_DBT_' ~ local_md5(relation.identifier | upper ~ kind ~ on)[:16] %}
  {{ return({'name': name | upper, 'create': 'create ' ~ kind ~ 'index', 'on': (on ~ ' ' ~ options | join(' ')) | trim}) }}
{% endmacro %}

{# dbt's hook for `indexes:`; used where a table is built by the adapter's own materializations (seeds, snapshots). #}
{% macro oracle__get_create_index_sql(relation, index_dict) %}
  {% set index = flext_dbt_oracle.oracle_index_definition(relation, index_dict) %}
  {{ return(index.create ~ ' "' ~ relation.schema | upper ~ '"."' ~ index.name ~ '" on ' ~ relation ~ ' ' ~ index.on) }}
{% endmacro %}

{% macro oracle__get_drop_index_sql(relation, index_name) %}
  drop index "{{ relation.schema | upper }}"."{{ index_name }}"
{% endmacro %}

{% macro oracle__get_show_indexes_sql(relation) %}
  select index_name as "name", index_type as "method", uniqueness as "unique", status as "status"
  from sys.all_indexes
  where {{ flext_dbt_oracle.oracle_name_condition('table_owner', relation.schema) }}
    and {{ flext_dbt_oracle.oracle_name_condition('table_name', relation.identifier) }}
  order by index_name
{% endmacro %}

{#
    Create an index unless the table has it already; for hooks of models that are not rebuilt, seeds and snapshots.

    Args: as the keys of `indexes:`.
#}
{% macro oracle_create_index(relation, columns, unique=false, type=none, local=false, tablespace=none, parallel=none, name=none) %}
  {% if not execute %}{{ return('') }}{% endif %}
  {% set given = {'columns': columns, 'unique': unique, 'type': type, 'local': local, 'tablespace': tablespace,
      'parallel': parallel, 'name': name} %}
  {% set index = flext_dbt_oracle.oracle_index_definition(relation, given) %}
  {% set present = run_query("select table_name from sys.all_indexes where owner = "
      ~ flext_dbt_oracle.oracle_literal(relation.schema, fold=true) ~ " and index_name = "
      ~ flext_dbt_oracle.oracle_literal(index.name)).rows %}
  {% if present and present[0][0] != relation.identifier | upper %}
    {{ exceptions.raise_compiler_error("oracle_create_index: an index " ~ index.name ~ " exists on table " ~ present[0][0]) }}
  {% elif not present %}
    {% do run_query(flext_dbt_oracle.oracle__get_create_index_sql(relation, given)) %}
  {% endif %}
  {{ return('') }}
{% endmacro %}

{# Rebuild the indexes and index partitions of a table that a direct load or a partition operation left UNUSABLE. #}
{% macro oracle_rebuild_unusable_indexes(relation) %}
  {% if not execute %}{{ return('') }}{% endif %}
  {% for row in run_query("select owner, index_name from sys.all_indexes where status = 'UNUSABLE' and "
      ~ flext_dbt_oracle.oracle_name_condition('table_owner', relation.schema) ~ " and "
      ~ flext_dbt_oracle.oracle_name_condition('table_name', relation.identifier)).rows %}
    {% do run_query('alter index "' ~ row[0] ~ '"."' ~ row[1] ~ '" rebuild') %}
  {% endfor %}
  {{ return('') }}
{% endmacro %}
