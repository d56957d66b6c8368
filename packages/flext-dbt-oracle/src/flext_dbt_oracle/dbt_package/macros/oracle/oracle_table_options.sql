{#
    Clauses of CREATE TABLE that models give as config, spelled out.

        {{ config(
            table_compression_clause=flext_dbt_oracle.oracle_compression('advanced'),
            partition_config={'clause': flext_dbt_oracle.oracle_partition_by_range('order_date', 'month', '2020-01-01')},
            parallel=4) }}
#}

{# row store: basic, advanced (licence); column store of Exadata: query low|high, archive low|high. #}
{% macro oracle_compression(kind) %}
  {% set clauses = {
      'none': 'nocompress', 'basic': 'row store compress basic', 'advanced': 'row store compress advanced',
      'query low': 'column store compress for query low', 'query high': 'column store compress for query high',
      'archive low': 'column store compress for archive low', 'archive high': 'column store compress for archive high',
  } %}
  {% if kind | lower not in clauses %}
    {{ exceptions.raise_compiler_error("oracle_compression: '" ~ kind ~ "' is not one of " ~ clauses | join(', ')) }}
  {% endif %}
  {{ return(clauses[kind | lower]) }}
{% endmacro %}

{# Range partitions by day, week, month, quarter or year that Oracle creates as rows arrive (INTERVAL). #}
{% macro oracle_partition_by_range(column, granularity='month', first='2000-01-01') %}
  {% set intervals = {
      'day': "numtodsinterval(1, 'DAY')", 'week': "numtodsinterval(7, 'DAY')", 'month': "numtoyminterval(1, 'MONTH')",
      'quarter': "numtoyminterval(3, 'MONTH')", 'year': "numtoyminterval(1, 'YEAR')",
  } %}
  {% if granularity not in intervals %}
    {{ exceptions.raise_compiler_error("oracle_partition_by_range: '" ~ granularity ~ "' is not one of " ~ intervals | join(', ')) }}
  {% endif %}
  {{ return("partition by range (" ~ column ~ ") interval (" ~ intervals[granularity]
      ~ ") (partition p_first values less than (date '" ~ first ~ "'))") }}
{% endmacro %}

{% macro oracle_partition_by_list(column, partitions) %}
  {# partitions: {name: [values]}; automatic partitions (12.2) take every other value #}
  {% set parts = [] %}
  {% for name, values in partitions.items() %}
    {% set literals = [] %}
    {% for value in values %}
      {% do literals.append(flext_dbt_oracle.oracle_literal(value) if value is string else value) %}
    {% endfor %}
    {% do parts.append('partition ' ~ name ~ ' values (' ~ literals | join(', ') ~ ')') %}
  {% endfor %}
  {{ return('partition by list (' ~ column ~ ') automatic (' ~ parts | join(', ') ~ ')') }}
{% endmacro %}

{% macro oracle_partition_by_hash(column, partitions=16) %}
  {{ return('partition by hash (' ~ column ~ ') partitions ' ~ partitions) }}
{% endmacro %}
