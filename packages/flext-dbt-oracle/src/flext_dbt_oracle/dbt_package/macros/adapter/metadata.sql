{#
    The dictionary queries of every dbt run, with predicates that the dictionary's indexes serve: the adapter compares
    UPPER(owner), which reads the whole dictionary of a large database. Tables outside of dbt's three kinds (external,
    index-organized) are listed too, so that dbt sees what is in its way. NVARCHAR2 has no CHAR in its declaration
    (`NVARCHAR2(5 CHAR)`, as the adapter writes it, is ORA-00907).
#}
{% macro oracle__list_relations_without_caching(schema_relation) %}
  {% set owner = flext_dbt_oracle.oracle_name_condition('owner', schema_relation.schema) %}
  {% call statement('list_relations_without_caching', fetch_result=true) -%}
    select sys_context('userenv', 'DB_NAME') as "database_name", name as "name", owner as "schema_name", kind as "kind"
    from (
      select owner, table_name as name, 'table' as kind from sys.all_tables t
      where {{ owner }} and temporary = 'N' and secondary = 'N' and nested = 'NO'
        and table_name not in (select mview_name from sys.all_mviews where {{ owner }})
      union all
      select owner, view_name, 'view' from sys.all_views where {{ owner }}
      union all
      select owner, mview_name, 'materialized_view' from sys.all_mviews where {{ owner }}
    )
  {%- endcall %}
  {{ return(load_result('list_relations_without_caching').table) }}
{% endmacro %}

{% macro oracle__get_columns_in_relation(relation) %}
  {% call statement('get_columns_in_relation', fetch_result=true) -%}
    select
      column_name as "name",
      data_type as "type",
      char_length as "character_maximum_length",
      data_precision as "numeric_precision",
      data_scale as "numeric_scale",
      case when data_type in ('NCHAR', 'NVARCHAR2') then null else char_used end as "char_length_unit"
    from sys.all_tab_columns
    where {{ flext_dbt_oracle.oracle_name_condition('table_name', relation.identifier) }}
      {% if relation.schema %}
      and {{ flext_dbt_oracle.oracle_name_condition('owner', relation.schema) }}
      {% endif %}
    order by column_id
  {%- endcall %}
  {{ return(sql_convert_columns_in_relation(load_result('get_columns_in_relation').table)) }}
{% endmacro %}

{# `column = 'NAME'` for a name as dbt has it: folded to upper case as Oracle folds it, or kept when it is in quotes. #}
{% macro oracle_name_condition(column, name) -%}
  {%- set text = name | string -%}
  {%- if text.startswith('"') or text == text | upper -%}
    {{ column }} = {{ flext_dbt_oracle.oracle_literal(text, fold=true) }}
  {%- else -%}
    {{ column }} in ({{ flext_dbt_oracle.oracle_literal(text, fold=true) }}, {{ flext_dbt_oracle.oracle_literal(text) }})
  {%- endif -%}
{%- endmacro %}
