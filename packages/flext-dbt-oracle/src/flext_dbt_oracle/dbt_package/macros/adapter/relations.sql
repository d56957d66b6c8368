{#
    Renames, views and drops that know materialized views.

    The adapter writes `ALTER materialized_view .. RENAME`, which Oracle has not: a materialized view cannot be renamed,
    so where dbt would set one aside before it replaces it, it is dropped.
#}
{% macro oracle__rename_relation(from_relation, to_relation) %}
  {% if from_relation.type == 'materialized_view' %}
    {% do adapter.drop_relation(from_relation) %}
  {% else %}
    {% call statement('rename_relation') -%}
      alter {{ 'table' if from_relation.type == 'table' else 'view' }} {{ from_relation }}
      rename to {{ to_relation.include(schema=false) }}
    {%- endcall %}
  {% endif %}
{% endmacro %}

{% macro oracle__create_view_as(relation, sql) %}
  {% set existing = load_cached_relation(relation) %}
  {% if existing is not none and existing.type == 'materialized_view' %}
    {% do adapter.drop_relation(existing) %}
  {% endif %}
  {% if config.get('contract').enforced %}
    {{ get_assert_columns_equivalent(sql) }}
  {% endif %}
  {{ config.get('sql_header', '') or '' }}
  create or replace view {{ relation }} as
    {{ sql }}
{% endmacro %}
