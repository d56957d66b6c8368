{#
    The catalog of `dbt docs generate`: the adapter's columns and rows. It compares UPPER(owner) and UPPER(table_name) in each
    join, which reads the whole dictionary several times; here names are compared as the dictionary stores them.
#}
{% macro oracle__get_catalog(information_schema, schemas) %}
  {% set conditions = [] %}
  {% for schema in schemas %}
    {% do conditions.append(flext_dbt_oracle.oracle_name_condition('t.owner', schema)) %}
  {% endfor %}
  {{ return(run_query(flext_dbt_oracle.oracle_catalog_sql(conditions))) }}
{% endmacro %}

{% macro oracle__get_catalog_relations(information_schema, relations) %}
  {% set conditions = [] %}
  {% for relation in relations %}
    {% set owner = flext_dbt_oracle.oracle_name_condition('t.owner', relation.schema) %}
    {% set name = flext_dbt_oracle.oracle_name_condition('t.name', relation.identifier) if relation.identifier %}
    {% do conditions.append('(' ~ owner ~ (' and ' ~ name if relation.identifier else '') ~ ')') %}
  {% endfor %}
  {{ return(run_query(flext_dbt_oracle.oracle_catalog_sql(conditions))) }}
{% endmacro %}

{% macro oracle_catalog_sql(conditions) %}
  select
    sys_context('userenv', 'DB_NAME') as "table_database",
    t.owner as "table_schema",
    t.name as "table_name",
    t.kind as "table_type",
    tc.comments as "table_comment",
    c.column_name as "column_name",
    coalesce(c.column_id, 0) as "column_index",
    case
      when c.data_type like '%CHAR%' then c.data_type || '(' || to_char(c.char_length) || case when c.char_used = 'C' then ' CHAR )' else ')' end
      else c.data_type
    end as "column_type",
    cc.comments as "column_comment",
    t.owner as "table_owner"
  from (
    select a.owner, a.table_name as name,
      case when a.iot_type = 'Y' then 'IOT' when a.temporary = 'Y' then 'TEMP' else 'BASE TABLE' end as kind
    from sys.all_tables a
    where not exists (select 1 from sys.all_mviews m where m.owner = a.owner and m.mview_name = a.table_name)
    union all
    select owner, view_name, 'VIEW' from sys.all_views
    union all
    select owner, mview_name, 'MATERIALIZED VIEW' from sys.all_mviews
  ) t
  join sys.all_tab_columns c on c.owner = t.owner and c.table_name = t.name
  left join sys.all_tab_comments tc on tc.owner = t.owner and tc.table_name = t.name
  left join sys.all_col_comments cc on cc.owner = c.owner and cc.table_name = c.table_name and cc.column_name = c.column_name
  where {{ conditions | join(' or ') or '1 = 0' }}
  order by t.owner, t.name, c.column_id
{% endmacro %}
