{#
    insert_overwrite: the rows of every partition that the new rows fall in are replaced.

    config:
      partition_by      a column name, or {field: order_date, granularity: day|week|month|quarter|year}
      overwrite_method  delete (default): DELETE and INSERT in one transaction, on any table
                        exchange: one EXCHANGE PARTITION for each partition, on a table partitioned by that column;
                        metadata only, but each exchange commits
#}
{% macro oracle_partition_expression(prefix='') %}
  {% set by = config.get('partition_by') %}
  {% if not by %}
    {{ exceptions.raise_compiler_error("insert_overwrite needs partition_by: a column, or {field: .., granularity: ..}") }}
  {% endif %}
  {% if by is string %}
    {{ return(prefix ~ flext_dbt_oracle.oracle_column(by)) }}
  {% endif %}
  {% set column = prefix ~ flext_dbt_oracle.oracle_column(by.field) %}
  {{ return((flext_dbt_oracle.oracle__date_trunc(by.granularity, column) | trim) if by.granularity else column) }}
{% endmacro %}

{% macro oracle_delete_partitions_sql(target, source) %}
  {% set of_target = flext_dbt_oracle.oracle_partition_expression('DBT_INTERNAL_DEST.') %}
  {% set of_source = flext_dbt_oracle.oracle_partition_expression('DBT_INTERNAL_SOURCE.') %}
  {# NULL is a partition too: rows without a value replace rows without a value #}
  delete from {{ target }} DBT_INTERNAL_DEST
  where {{ of_target }} in (select {{ of_source }} from {{ source }} DBT_INTERNAL_SOURCE)
     or ({{ of_target }} is null and exists (select 1 from {{ source }} DBT_INTERNAL_SOURCE where {{ of_source }} is null))
{% endmacro %}

{% macro oracle_overwrite_by_exchange(arguments) %}
  {% set target = arguments.target_relation %}
  {% set expression = flext_dbt_oracle.oracle_partition_expression() %}
  {% set stage = target.incorporate(path={'identifier': target.identifier ~ '__dbt_exch'}) %}
  {% set values = run_query("select distinct case when " ~ expression ~ " is null then null else to_char(" ~ expression
      ~ ", 'YYYY-MM-DD HH24:MI:SS') end as value from " ~ arguments.temp_relation ~ " order by 1").rows %}
  {% for row in values %}
    {% if row[0] is none %}
      {{ exceptions.raise_compiler_error("insert_overwrite by exchange: a row has no value in " ~ expression
          ~ "; use overwrite_method: delete") }}
    {% endif %}
    {% set moment = "to_date('" ~ row[0] ~ "', 'YYYY-MM-DD HH24:MI:SS')" %}
    {% do adapter.drop_relation(stage) %}
    {% do run_query('create table ' ~ stage ~ ' for exchange with table ' ~ target) %}
    {% call statement('main') %}
      insert /*+ append */ into {{ stage }} ({{ flext_dbt_oracle.oracle_column_list(arguments.dest_columns) }})
      select {{ flext_dbt_oracle.oracle_column_list(arguments.dest_columns) }} from {{ arguments.temp_relation }}
      where {{ expression }} = {{ moment }}
    {% endcall %}
    {{ adapter.commit() }}
    {# an interval partition exists from its first row or lock on #}
    {% do run_query('lock table ' ~ target ~ ' partition for (' ~ moment ~ ') in share mode') %}
    {% do flext_dbt_oracle.oracle_refuse_wider_partition(target, expression, moment) %}
    {% do flext_dbt_oracle.oracle_exchange_partition(target, 'for (' ~ moment ~ ')', stage) %}
  {% endfor %}
  {% do adapter.drop_relation(stage) %}
{% endmacro %}

{# A partition of a year, say, whose months are exchanged one by one would lose the other months. #}
{% macro oracle_refuse_wider_partition(target, expression, moment) %}
  {% set others = run_query('select count(*) from ' ~ target ~ ' partition for (' ~ moment ~ ') where (' ~ expression ~ ' <> '
      ~ moment ~ ' or ' ~ expression ~ ' is null) and rownum = 1').rows[0][0] | int %}
  {% if others %}
    {{ exceptions.raise_compiler_error("insert_overwrite by exchange: the partition of " ~ target ~ " for " ~ moment
        ~ " has rows of other values of " ~ expression ~ ", which the exchange would remove; make partition_by as wide as the"
        ~ " partitions, or use overwrite_method: delete") }}
  {% endif %}
{% endmacro %}
