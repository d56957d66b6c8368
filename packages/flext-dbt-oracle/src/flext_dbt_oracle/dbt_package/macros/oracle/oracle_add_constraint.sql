{#
    Add a constraint unless the table has it; for post-hooks.

        post-hook: "{{ flext_dbt_oracle.oracle_add_constraint(this, 'primary_key', ['id'], state='rely disable novalidate') }}"

    `rely disable novalidate` tells the optimizer a fact (join elimination, query rewrite) at no cost and checks nothing; the
    default checks every row. A primary or unique key in that state builds no index.

    Args:
        type: primary_key, unique, foreign_key or check.
        columns: a list of columns; for check, the condition.
        references: for foreign_key, the parent as a Relation, and `to_columns` its columns (default: the same names).
        state: Oracle's constraint state, such as 'rely disable novalidate' or 'enable novalidate'.
        name: default: PK_, UQ_, FK_ or CK_ and a hash of table and definition.
#}
{% macro oracle_add_constraint(relation, type, columns, references=none, to_columns=none, state='', name=none) %}
  {% if not execute %}{{ return('') }}{% endif %}
  {% set prefixes = {'primary_key': 'PK', 'unique': 'UQ', 'foreign_key': 'FK', 'check': 'CK'} %}
  {% if type not in prefixes %}
    {{ exceptions.raise_compiler_error("oracle_add_constraint: type '" ~ type ~ "' is not one of " ~ prefixes | join(', ')) }}
  {% endif %}
  {% if state and not modules.re.match(
      '^((no)?rely|enable|disable|(no)?validate|deferrable|not deferrable|initially (deferred|immediate)|[ ])+$', state | lower) %}
    {{ exceptions.raise_compiler_error("oracle_add_constraint: state '" ~ state ~ "' is not a constraint state") }}
  {% endif %}
  {% set names = [] %}
  {% if type != 'check' %}
    {% for column in ([columns] if columns is string else columns) %}
      {% do names.append(flext_dbt_oracle.oracle_column(column)) %}
    {% endfor %}
  {% endif %}
  {% set list = '(' ~ names | join(', ') ~ ')' %}
  {% if type == 'check' %}
    {% set body = 'check (' ~ columns ~ ')' %}
  {% elif type == 'foreign_key' %}
    {% set parents = [] %}
    {% for column in to_columns or [] %}
      {% do parents.append(flext_dbt_oracle.oracle_column(column)) %}
    {% endfor %}
    {% set body = 'foreign key ' ~ list ~ ' references ' ~ references ~ (' (' ~ parents | join(', ') ~ ')' if parents else ' ' ~ list) %}
  {% else %}
    {% set body = type | replace('_', ' ') ~ ' ' ~ list %}
  {% endif %}
  {% set given = (name or prefixes[type] ~ '_DBT_' ~ local_md5(relation.identifier | upper ~ body)[:16]) | upper %}
  {% set present = run_query("select 1 from sys.all_constraints where "
      ~ flext_dbt_oracle.oracle_name_condition('owner', relation.schema) ~ " and "
      ~ flext_dbt_oracle.oracle_name_condition('table_name', relation.identifier)
      ~ " and constraint_name = " ~ flext_dbt_oracle.oracle_literal(given)).rows %}
  {% if not present %}
    {% do run_query('alter table ' ~ relation ~ ' add constraint ' ~ given ~ ' ' ~ body ~ ' ' ~ state) %}
  {% endif %}
  {{ return('') }}
{% endmacro %}
