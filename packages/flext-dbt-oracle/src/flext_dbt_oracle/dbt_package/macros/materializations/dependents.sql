{#
    What hangs on a table in the dictionary and would go with it: grants, indexes, other tables' foreign keys.

    `oracle_dependents` reads them as a dict of lists of statements; `oracle_restore_dependents` runs them on the table that
    took the old one's place, indexes are built with it (`oracle_build_indexes`). Triggers cannot be carried over (their text names the old table): a warning names them.
#}
{% macro oracle_dependents(relation) %}
  {% set found = {'grants': [], 'foreign_keys': [], 'indexes': []} %}
  {% if relation is none or not execute %}
    {{ return(found) }}
  {% endif %}
  {% set table = relation.include(database=false) %}
  {% for row in run_query(
      "select grantee, privilege, grantable, null as column_name from sys.all_tab_privs where "
      ~ flext_dbt_oracle.oracle_name_condition('table_schema', relation.schema) ~ " and "
      ~ flext_dbt_oracle.oracle_name_condition('table_name', relation.identifier)
      ~ " union all select grantee, privilege, grantable, column_name from sys.all_col_privs where "
      ~ flext_dbt_oracle.oracle_name_condition('table_schema', relation.schema) ~ " and "
      ~ flext_dbt_oracle.oracle_name_condition('table_name', relation.identifier)).rows %}
    {# INDEX, REFERENCES and ALTER are privileges on tables only; a view's grants hold for the table that replaces it #}
    {% set columns = ' ("' ~ row[3] ~ '")' if row[3] else '' %}
    {% do found.grants.append('grant ' ~ row[1] ~ columns ~ ' on ' ~ table ~ ' to "' ~ row[0] ~ '"'
        ~ (' with grant option' if row[2] == 'YES' else '')) %}
  {% endfor %}
  {% if relation.type == 'table' %}
    {% do found.foreign_keys.extend(flext_dbt_oracle.oracle_child_foreign_keys(relation)) %}
    {% do found.indexes.extend(flext_dbt_oracle.oracle_own_indexes(relation)) %}
    {% set triggers = run_query(
        "select trigger_name from sys.all_triggers where "
        ~ flext_dbt_oracle.oracle_name_condition('table_owner', relation.schema) ~ " and "
        ~ flext_dbt_oracle.oracle_name_condition('table_name', relation.identifier) ~ " order by trigger_name").rows %}
    {% if triggers %}
      {% set names = [] %}
      {% for row in triggers %}{% do names.append(row[0]) %}{% endfor %}
      {% do exceptions.warn(relation ~ ": the rebuild drops the triggers " ~ names | join(', ')
          ~ "; `refresh_method: delete_insert` or `truncate_insert` keeps the table and them") %}
    {% endif %}
  {% endif %}
  {{ return(found) }}
{% endmacro %}

{# Foreign keys of other tables that refer to this one: a list of {table, name, add}. #}
{% macro oracle_child_foreign_keys(relation) %}
  {% set keys = [] %}
  {% set columns = "(select listagg('\"' || {0}.column_name || '\"', ', ') within group (order by {0}.position)"
      ~ " from sys.all_cons_columns {0} where {0}.owner = {1}.owner and {0}.constraint_name = {1}.constraint_name)" %}
  {% for row in run_query(
      "select c.owner, c.table_name, c.constraint_name, c.delete_rule, c.status, c.validated, c.deferrable, c.deferred, c.rely, "
      ~ columns.format('cc', 'c') ~ " as child_columns, " ~ columns.format('pc', 'p') ~ " as parent_columns"
      ~ " from sys.all_constraints c join sys.all_constraints p on p.owner = c.r_owner and p.constraint_name = c.r_constraint_name"
      ~ " where c.constraint_type = 'R' and p.constraint_type in ('P', 'U') and "
      ~ flext_dbt_oracle.oracle_name_condition('p.owner', relation.schema) ~ " and "
      ~ flext_dbt_oracle.oracle_name_condition('p.table_name', relation.identifier)
      ~ " and not (c.owner = p.owner and c.table_name = p.table_name) order by c.owner, c.table_name, c.constraint_name").rows %}
    {% set deferral = ' deferrable initially ' ~ row[7] if row[6] == 'DEFERRABLE' else '' %}
    {% set rely = ' rely' if row[8] == 'RELY' else '' %}
    {% set on_delete = '' if row[3] in ['NO ACTION', none] else ' on delete ' ~ row[3] %}
    {% do keys.append({
        'table': '"' ~ row[0] ~ '"."' ~ row[1] ~ '"',
        'name': '"' ~ row[2] ~ '"',
        'add': 'foreign key (' ~ row[9] ~ ') references ' ~ relation.include(database=false) ~ ' (' ~ row[10] ~ ')'
            ~ on_delete ~ deferral ~ rely ~ (' disable' if row[4] == 'DISABLED' else ' enable') ~ ' novalidate',
        'parent_columns': row[10],
        'validated': row[4] == 'ENABLED' and row[5] == 'VALIDATED',
    }) %}
  {% endfor %}
  {{ return(keys) }}
{% endmacro %}

{# Indexes that back no constraint: a list of {name, definition}, the definition without its table. #}
{% macro oracle_own_indexes(relation) %}
  {% set indexes = [] %}
  {% for row in run_query(
      "select i.owner, i.index_name, i.uniqueness, i.index_type, i.partitioned, i.degree, i.visibility from sys.all_indexes i where "
      ~ flext_dbt_oracle.oracle_name_condition('i.table_owner', relation.schema) ~ " and "
      ~ flext_dbt_oracle.oracle_name_condition('i.table_name', relation.identifier)
      ~ " and i.index_type in ('NORMAL', 'BITMAP', 'FUNCTION-BASED NORMAL', 'FUNCTION-BASED BITMAP', 'NORMAL/REV')"
      ~ " and not exists (select 1 from sys.all_constraints c where c.owner = i.table_owner and c.table_name = i.table_name"
      ~ " and c.index_name = i.index_name) order by i.index_name").rows %}
    {% set parts = [] %}
    {% for part in run_query(
        "select c.column_name, c.descend, e.column_expression from sys.all_ind_columns c"
        ~ " left join sys.all_ind_expressions e on e.index_owner = c.index_owner and e.index_name = c.index_name"
        ~ " and e.column_position = c.column_position where c.index_owner = " ~ flext_dbt_oracle.oracle_literal(row[0])
        ~ " and c.index_name = " ~ flext_dbt_oracle.oracle_literal(row[1]) ~ " order by c.column_position").rows %}
      {% do parts.append((part[2] or '"' ~ part[0] ~ '"') ~ (' desc' if part[1] == 'DESC' else '')) %}
    {% endfor %}
    {% set kind = 'unique ' if row[2] == 'UNIQUE' else 'bitmap ' if 'BITMAP' in row[3] else '' %}
    {% do indexes.append({
        'name': row[1],
        'create': 'create ' ~ kind ~ 'index',
        'on': '(' ~ parts | join(', ') ~ ')' ~ (' reverse' if row[3] == 'NORMAL/REV' else '')
            ~ (' local' if row[4] == 'YES' else '') ~ (' invisible' if row[6] == 'INVISIBLE' else ''),
    }) %}
  {% endfor %}
  {{ return(indexes) }}
{% endmacro %}

{#
    Build the configured indexes and the old table's on the table that is not yet in place, under names that are free.
    Returns a list of {temporary, name} for oracle_give_final_names.
#}
{% macro oracle_build_indexes(new_relation, target_relation, old_indexes) %}
  {% set wanted = {} %}
  {% for index in config.get('indexes', default=[]) %}
    {% set described = flext_dbt_oracle.oracle_index_definition(target_relation, index) %}
    {% do wanted.update({described.name | upper: described}) %}
  {% endfor %}
  {% set hooks = post_hooks | map(attribute='sql') | join(' ') | upper %}
  {% set columns = adapter.get_columns_in_relation(new_relation) | map(attribute='name') | list if old_indexes else [] %}
  {% for index in old_indexes %}
    {# an index of dbt's own that is no longer configured goes, and a post-hook that names one creates it; the others stay #}
    {% if index.name not in wanted and not index.name.startswith('IX_DBT_') and index.name not in hooks %}
      {# the dictionary quotes every column, in expressions too #}
      {% set gone = modules.re.findall('"([^"]+)"', index.on) | reject('in', columns) | list %}
      {% if gone %}
        {% do exceptions.warn(target_relation ~ ": the index " ~ index.name ~ " is not built again, its column "
            ~ gone | join(', ') ~ " is no longer there") %}
      {% else %}
        {% do wanted.update({index.name: index}) %}
      {% endif %}
    {% endif %}
  {% endfor %}
  {% set built = [] %}
  {% for name, index in wanted.items() %}
    {% set temporary = 'DBT_TMP_' ~ local_md5(new_relation.identifier ~ name)[:20] | upper %}
    {% do run_query(index.create ~ ' "' ~ new_relation.schema | upper ~ '"."' ~ temporary ~ '" on ' ~ new_relation ~ ' ' ~ index.on) %}
    {% do built.append({'temporary': temporary, 'name': name}) %}
  {% endfor %}
  {{ return(built) }}
{% endmacro %}

{# Rename what was built under temporary names, now that the old table does not hold the final ones any more. #}
{% macro oracle_give_final_names(relation, indexes) %}
  {% for index in indexes %}
    {% do run_query('alter index "' ~ relation.schema | upper ~ '"."' ~ index.temporary ~ '" rename to "' ~ index.name ~ '"') %}
  {% endfor %}
  {% for constraint in flext_dbt_oracle.oracle_named_constraints() %}
    {% set temporary = flext_dbt_oracle.oracle_temporary_constraint_name(constraint.name) %}
    {% do run_query('alter table ' ~ relation ~ ' rename constraint ' ~ temporary ~ ' to ' ~ constraint.name) %}
    {% if constraint.type in ['primary_key', 'unique'] %}
      {% do run_query('alter index "' ~ relation.schema | upper ~ '"."' ~ temporary ~ '" rename to ' ~ constraint.name) %}
    {% endif %}
  {% endfor %}
{% endmacro %}

{#
    Give the new table the grants, and the foreign keys of other tables whose key it has already. Returns those whose key
    is missing: a post-hook may add it.
#}
{% macro oracle_restore_dependents(relation, hanging) %}
  {% for grant in hanging.grants %}
    {% do run_query(grant) %}
  {% endfor %}
  {% set now = [] %}
  {% set late = [] %}
  {% if hanging.foreign_keys %}
    {% set keys = [] %}
    {% for row in run_query(
        "select (select listagg('\"' || cc.column_name || '\"', ', ') within group (order by cc.position)"
        ~ " from sys.all_cons_columns cc where cc.owner = c.owner and cc.constraint_name = c.constraint_name)"
        ~ " from sys.all_constraints c where c.constraint_type in ('P', 'U') and "
        ~ flext_dbt_oracle.oracle_name_condition('c.owner', relation.schema) ~ " and "
        ~ flext_dbt_oracle.oracle_name_condition('c.table_name', relation.identifier)).rows %}
      {% do keys.append(row[0]) %}
    {% endfor %}
    {% for key in hanging.foreign_keys %}
      {% do (now if key.parent_columns in keys else late).append(key) %}
    {% endfor %}
  {% endif %}
  {% do flext_dbt_oracle.oracle_add_child_foreign_keys(now) %}
  {{ return(late) }}
{% endmacro %}

{# Add foreign keys of other tables again: first without a check of the rows, so that the key is there whatever they are. #}
{% macro oracle_add_child_foreign_keys(keys) %}
  {% for key in keys %}
    {% do run_query('alter table ' ~ key.table ~ ' add constraint ' ~ key.name ~ ' ' ~ key.add) %}
    {% if key.validated %}
      {% do run_query('alter table ' ~ key.table ~ ' modify constraint ' ~ key.name ~ ' enable validate') %}
    {% endif %}
  {% endfor %}
{% endmacro %}
