{#
    A contract's columns and constraints inside CREATE TABLE AS SELECT.

    Foreign keys are left out (Oracle refuses them there, ORA-02440) and added by `oracle_add_foreign_keys`. While the
    table is built beside the old one, named constraints carry a temporary name: names are per schema, and the old
    table still holds them (ORA-02264).
#}
{% macro oracle__get_table_columns_and_constraints() %}
  {% set columns = {} %}
  {% for name, column in model['columns'].items() %}
    {% set kept = [] %}
    {% for constraint in column.constraints or [] %}
      {% if constraint.type != 'foreign_key' %}
        {% do kept.append(constraint) %}
      {% endif %}
    {% endfor %}
    {% do columns.update({name: dict(column, constraints=kept)}) %}
  {% endfor %}
  {% set tables = [] %}
  {% for constraint in model['constraints'] or [] %}
    {% if constraint.type == 'foreign_key' %}
    {% elif constraint.name and flext_dbt_oracle.oracle_builds_beside() %}
      {% do tables.append(dict(constraint, name=flext_dbt_oracle.oracle_temporary_constraint_name(constraint.name))) %}
    {% else %}
      {% do tables.append(constraint) %}
    {% endif %}
  {% endfor %}
  {% set parts = adapter.render_raw_columns_constraints(raw_columns=columns)
      + adapter.render_raw_model_constraints(raw_constraints=tables) %}
  (
    {{ parts | join(',\n    ') }}
  )
{% endmacro %}

{# Whether this node's table is built under another name than its own (both of this package's materializations do). #}
{% macro oracle_builds_beside() %}
  {{ return(model.config.materialized in ['table', 'incremental']) }}
{% endmacro %}

{% macro oracle_named_constraints() %}
  {% set named = [] %}
  {% if config.get('contract').enforced %}
    {% for constraint in model['constraints'] or [] %}
      {% if constraint.name and constraint.type != 'foreign_key' %}
        {% do named.append(constraint) %}
      {% endif %}
    {% endfor %}
  {% endif %}
  {{ return(named) }}
{% endmacro %}

{% macro oracle_temporary_constraint_name(name) %}
  {{ return('DBT_TMP_' ~ local_md5(this.identifier ~ name)[:20] | upper) }}
{% endmacro %}

{# The foreign keys of a contract, of columns and of the model, added to the finished table. #}
{% macro oracle_add_foreign_keys(relation) %}
  {% if config.get('contract').enforced %}
    {% set keys = [] %}
    {% for name, column in model['columns'].items() %}
      {% for constraint in column.constraints or [] %}
        {% if constraint.type == 'foreign_key' %}
          {% do keys.append(dict(constraint, columns=[name])) %}
        {% endif %}
      {% endfor %}
    {% endfor %}
    {% for constraint in model['constraints'] or [] %}
      {% if constraint.type == 'foreign_key' %}
        {% do keys.append(constraint) %}
      {% endif %}
    {% endfor %}
    {% for text in adapter.render_raw_model_constraints(raw_constraints=keys) %}
      {% do run_query('alter table ' ~ relation ~ ' add ' ~ text) %}
    {% endfor %}
  {% endif %}
{% endmacro %}
