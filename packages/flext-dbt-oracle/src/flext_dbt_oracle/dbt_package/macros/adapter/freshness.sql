{# `loaded_at_query`: dbt's default has no FROM, which Oracle before 23ai refuses (ORA-00923). #}
{% macro oracle__collect_freshness_custom_sql(source, loaded_at_query) %}
  {% call statement('collect_freshness_custom_sql', fetch_result=true, auto_begin=false) -%}
    select ({{ loaded_at_query }}) as max_loaded_at, {{ current_timestamp() }} as snapshotted_at from dual
  {%- endcall %}
  {{ return(load_result('collect_freshness_custom_sql')) }}
{% endmacro %}

{#
    A `loaded_at_query` that reads no rows: when DML last touched the table, from ALL_TAB_MODIFICATIONS (flushed by the
    database every few minutes) and the table's last DDL.

        freshness: {warn_after: {count: 1, period: day}}
        loaded_at_query: "{{ flext_dbt_oracle.oracle_last_modified('HR', 'EMPLOYEES') }}"
#}
{% macro oracle_last_modified(schema, table) -%}
  {%- set owner = flext_dbt_oracle.oracle_literal(schema, fold=true) -%}
  {%- set name = flext_dbt_oracle.oracle_literal(table, fold=true) -%}
  select sys_extract_utc(from_tz(cast(max(changed) as timestamp), to_char(systimestamp, 'TZH:TZM'))) from (
    select max(timestamp) as changed from sys.all_tab_modifications
    where table_owner = {{ owner }} and table_name = {{ name }}
    union all
    select max(last_ddl_time) from sys.all_objects
    where owner = {{ owner }} and object_name = {{ name }} and object_type = 'TABLE'
  )
{%- endmacro %}
