{#
    Helpers for what target-oracle loads: `_sdc_*` columns, append-only history, soft deletes, JSON.

    A name that begins with an underscore needs quotes in Oracle: `"_SDC_BATCHED_AT"`. `oracle_sdc` writes them.
#}

{# A Singer metadata column as Oracle needs it: oracle_sdc('batched_at') is "_SDC_BATCHED_AT". #}
{% macro oracle_sdc(name, prefix='') -%}
  {%- set bare = name | upper -%}
  {{- prefix }}"{{ bare if bare.startswith('_SDC_') else '_SDC_' ~ bare }}"
{%- endmacro %}

{#
    The latest row of each key of an append-only table.

    Args:
        relation: a Relation (`source('hr', 'employees')`).
        key: a column or a list of columns.
        order_by: which row is the latest; default: loaded last.
        deleted: keep rows that the source has deleted.
#}
{% macro oracle_latest(relation, key, order_by=none, deleted=false) %}
  {% set keys = [key] if key is string else key %}
  {% set columns = [] %}
  {% set names = [] %}
  {% for column in (adapter.get_columns_in_relation(relation) if execute else []) %}
    {% do columns.append('latest.' ~ column.quoted) %}
    {% do names.append(column.name | upper) %}
  {% endfor %}
  {% set order = order_by or (flext_dbt_oracle.oracle_sdc('batched_at') ~ ' desc nulls last, '
      ~ flext_dbt_oracle.oracle_sdc('sequence') ~ ' desc nulls last') %}
  select {{ columns | join(', ') if columns else '*' }}
  from (
    select source.*, row_number() over (partition by {{ keys | join(', ') }} order by {{ order }}) as row_number_of_key
    from {{ relation }} source
  ) latest
  where latest.row_number_of_key = 1
  {% if not deleted and '_SDC_DELETED_AT' in names %}
    and latest.{{ flext_dbt_oracle.oracle_sdc('deleted_at') }} is null
  {% endif %}
{% endmacro %}

{# A condition: the row is not deleted at the source. #}
{% macro oracle_not_deleted(alias=none) -%}
  {{ flext_dbt_oracle.oracle_sdc('deleted_at', alias ~ '.' if alias else '') }} is null
{%- endmacro %}

{#
    A value out of a JSON column, typed.

    Args:
        column: the column's name.
        path: a JSON path such as '$.address.city'.
        type: an Oracle type. NUMBER, DATE and TIMESTAMP raise an error for text that is none of them.
#}
{% macro oracle_json_value(column, path, type='varchar2(4000)') -%}
  json_value({{ column }}, {{ flext_dbt_oracle.oracle_literal(path) }} returning {{ type }} error on error null on empty)
{%- endmacro %}
