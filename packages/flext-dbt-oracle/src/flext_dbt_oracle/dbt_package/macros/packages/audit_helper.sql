{# audit_helper on Oracle: flags are 1 and 0, nothing is grouped by position. #}

{% macro oracle__compare_queries(a_query, b_query, primary_key=none, summarize=true, limit=none) %}
  with a as (
    {{ a_query }}
  ),
  b as (
    {{ b_query }}
  ),
  all_records as (
    select both_queries.*, 1 as in_a, 1 as in_b from (select * from a intersect select * from b) both_queries
    union all
    select only_a.*, 1, 0 from (select * from a minus select * from b) only_a
    union all
    select only_b.*, 0, 1 from (select * from b minus select * from a) only_b
  )
  {% if summarize %}
  select in_a, in_b, count(*) as "COUNT", round(100 * ratio_to_report(count(*)) over (), 2) as percent_of_total
  from all_records
  group by in_a, in_b
  order by in_a desc, in_b desc
  {% else %}
  select * from all_records
  where not (in_a = 1 and in_b = 1)
  order by {{ primary_key ~ ', ' if primary_key }}in_a desc, in_b desc
  {{ 'fetch first ' ~ limit ~ ' rows only' if limit }}
  {% endif %}
{% endmacro %}

{% macro oracle__compare_column_values(a_query, b_query, primary_key, column_to_compare, emojis=true, a_relation_name='a', b_relation_name='b') %}
  {% set statuses = [
      ('perfect match', '\u2705: ', 'a_value = b_value'),
      ('both are null', '\u2705: ', 'a_value is null and b_value is null and in_a = 1 and in_b = 1'),
      ('missing from ' ~ a_relation_name, '\U0001f937: ', 'in_a is null'),
      ('missing from ' ~ b_relation_name, '\U0001f937: ', 'in_b is null'),
      ('value is null in ' ~ a_relation_name ~ ' only', '\U0001f937: ', 'a_value is null'),
      ('value is null in ' ~ b_relation_name ~ ' only', '\U0001f937: ', 'b_value is null'),
      ('values do not match', '\u274c: ', 'a_value != b_value'),
  ] %}
  select
    {{ flext_dbt_oracle.oracle_literal(column_to_compare) }} as column_name,
    case match_order
    {% for text, emoji, condition in statuses %}
      when {{ loop.index0 }} then {{ flext_dbt_oracle.oracle_literal((emoji if emojis else '') ~ text) }}
    {% endfor %}
    end as match_status,
    count(*) as count_records,
    round(100 * ratio_to_report(count(*)) over (), 2) as percent_of_total
  from (
    select
      case
      {% for text, emoji, condition in statuses %}
        when {{ condition }} then {{ loop.index0 }}
      {% endfor %}
      end as match_order
    from (
      select a.{{ column_to_compare }} as a_value, b.{{ column_to_compare }} as b_value, a.in_a, b.in_b
      from (select q.*, 1 as in_a from ({{ a_query }}) q) a
      full outer join (select q.*, 1 as in_b from ({{ b_query }}) q) b on a.{{ primary_key }} = b.{{ primary_key }}
    )
  )
  group by match_order
  order by match_order
{% endmacro %}

{% macro oracle__compare_column_values_verbose(a_query, b_query, primary_key, column_to_compare) %}
  select
    coalesce(a.{{ primary_key }}, b.{{ primary_key }}) as primary_key,
    {{ flext_dbt_oracle.oracle_literal(column_to_compare) }} as column_name,
    {# the same value or two NULLs, in rows that both queries have #}
    case when a.in_a = 1 and b.in_b = 1 and decode(a.{{ column_to_compare }}, b.{{ column_to_compare }}, 1, 0) = 1 then 1 else 0 end as perfect_match,
    case when a.in_a = 1 and a.{{ column_to_compare }} is null then 1 else 0 end as null_in_a,
    case when b.in_b = 1 and b.{{ column_to_compare }} is null then 1 else 0 end as null_in_b,
    case when a.in_a is null then 1 else 0 end as missing_from_a,
    case when b.in_b is null then 1 else 0 end as missing_from_b,
    case when a.in_a = 1 and b.in_b = 1 and decode(a.{{ column_to_compare }}, b.{{ column_to_compare }}, 1, 0) = 0 then 1 else 0 end as conflicting_values
  from (select q.*, 1 as in_a from ({{ a_query }}) q) a
  full outer join (select q.*, 1 as in_b from ({{ b_query }}) q) b on a.{{ primary_key }} = b.{{ primary_key }}
{% endmacro %}

{% macro oracle__compare_all_columns(a_relation, b_relation, primary_key, exclude_columns=[], summarize=true) %}
  {% set excluded = exclude_columns | map('upper') | list %}
  {% set flags = ['perfect_match', 'null_in_a', 'null_in_b', 'missing_from_a', 'missing_from_b', 'conflicting_values'] %}
  {% set queries = [] %}
  {% for column in (adapter.get_columns_in_relation(a_relation) if execute else []) %}
    {% if column.name | upper not in excluded %}
      {% set a_query = 'select t.*, ' ~ primary_key ~ ' as dbt_audit_helper_pk from ' ~ a_relation ~ ' t' %}
      {% set b_query = 'select t.*, ' ~ primary_key ~ ' as dbt_audit_helper_pk from ' ~ b_relation ~ ' t' %}
      {% do queries.append(flext_dbt_oracle.oracle__compare_column_values_verbose(a_query, b_query, 'dbt_audit_helper_pk', column.name)) %}
    {% endif %}
  {% endfor %}
  {% if summarize %}
  select upper(column_name) as column_name{% for flag in flags %}, sum({{ flag }}) as {{ flag }}{% endfor %}
  from (
    {{ queries | join('\n    union all\n') }}
  )
  group by upper(column_name)
  order by 1
  {% else %}
  select primary_key, upper(column_name) as column_name{% for flag in flags %}, {{ flag }}{% endfor %}
  from (
    {{ queries | join('\n    union all\n') }}
  )
  order by primary_key
  {% endif %}
{% endmacro %}

{% macro oracle__get_columns_in_relation_sql(relation) %}
  {% for column in adapter.get_columns_in_relation(relation) %}
  select {{ flext_dbt_oracle.oracle_literal(column.name) }} as column_name, {{ loop.index }} as ordinal_position,
    {{ flext_dbt_oracle.oracle_literal(column.data_type) }} as data_type
  from dual {{ 'union all' if not loop.last }}
  {% endfor %}
{% endmacro %}

{% macro oracle__compare_relation_columns(a_relation, b_relation) %}
  select
    coalesce(a.column_name, b.column_name) as column_name,
    a.ordinal_position as a_ordinal_position,
    b.ordinal_position as b_ordinal_position,
    a.data_type as a_data_type,
    b.data_type as b_data_type,
    case when a.ordinal_position = b.ordinal_position then 1 else 0 end as has_ordinal_position_match,
    case when a.data_type = b.data_type then 1 else 0 end as has_data_type_match,
    case when b.column_name is null then 1 else 0 end as in_a_only,
    case when a.column_name is null then 1 else 0 end as in_b_only,
    case when a.column_name is not null and b.column_name is not null then 1 else 0 end as in_both
  from ({{ flext_dbt_oracle.oracle__get_columns_in_relation_sql(a_relation) }}) a
  full outer join ({{ flext_dbt_oracle.oracle__get_columns_in_relation_sql(b_relation) }}) b on a.column_name = b.column_name
  order by coalesce(a.ordinal_position, b.ordinal_position)
{% endmacro %}

{# Exact, repeated rows counted: the two queries give the same rows as often. LOB columns cannot be compared (ORA-00932). #}
{% macro oracle__quick_are_queries_identical(query_a, query_b, columns, event_time) %}
  {% if event_time %}
    {{ flext_dbt_oracle.oracle_refuse("quick_are_queries_identical: event_time is not supported on Oracle") }}
  {% endif %}
  {% set list = columns | join(', ') %}
  {% set a = 'select ' ~ list ~ ', count(*) as occurrences from (' ~ query_a ~ ') group by ' ~ list %}
  {% set b = 'select ' ~ list ~ ', count(*) as occurrences from (' ~ query_b ~ ') group by ' ~ list %}
  select case when count(*) = 0 then 1 else 0 end as are_tables_identical
  from ((({{ a }}) minus ({{ b }})) union all (({{ b }}) minus ({{ a }})))
{% endmacro %}

{% macro oracle__compare_which_query_columns_differ(a_query, b_query, primary_key_columns, columns, event_time) %}
  {% if event_time %}
    {{ flext_dbt_oracle.oracle_refuse("compare_which_query_columns_differ: event_time is not supported on Oracle") }}
  {% endif %}
  {% set on = [] %}
  {% for key in primary_key_columns %}
    {% do on.append('decode(a.' ~ key ~ ', b.' ~ key ~ ', 1, 0) = 1') %}
  {% endfor %}
  {% set compared = (primary_key_columns + columns) | unique | list %}
  {% for column in compared %}
  select {{ flext_dbt_oracle.oracle_literal(column) }} as column_name,
    coalesce(max(case when decode(a.{{ column }}, b.{{ column }}, 1, 0) = 0 then 1 else 0 end), 0) as has_difference
  from ({{ a_query }}) a join ({{ b_query }}) b on {{ on | join(' and ') }}
  {{ 'union all' if not loop.last }}
  {% endfor %}
{% endmacro %}

{#
    What audit_helper's compare_and_classify_query_results does, which has no dispatch: every row of the two queries with
    DBT_AUDIT_ROW_STATUS identical, modified, removed, added or nonunique_pk. The key's columns may be NULL.
#}
{% macro oracle_compare_and_classify(a_query, b_query, primary_key_columns, columns, sample_limit=20) %}
  {% set compared = (primary_key_columns + columns) | map('lower') | unique | join(', ') %}
  {% set key = primary_key_columns | join(', ') %}
  {% set numbered = 'select ' ~ compared ~ ', row_number() over (partition by ' ~ key ~ ' order by ' ~ compared ~ ') as dbt_audit_pk_row_num' %}
  with a as (
    {{ numbered }} from ({{ a_query }})
  ),
  b as (
    {{ numbered }} from ({{ b_query }})
  ),
  all_records as (
    select same.*, 1 as dbt_audit_in_a, 1 as dbt_audit_in_b from (select * from a intersect select * from b) same
    union all
    select only_a.*, 1, 0 from (select * from a minus select * from b) only_a
    union all
    select only_b.*, 0, 1 from (select * from b minus select * from a) only_b
  ),
  classified as (
    select r.*,
      case
        when max(dbt_audit_pk_row_num) over (partition by {{ key }}) > 1 then 'nonunique_pk'
        when dbt_audit_in_a = 1 and dbt_audit_in_b = 1 then 'identical'
        when count(*) over (partition by {{ key }}, dbt_audit_pk_row_num) > 1 then 'modified'
        when dbt_audit_in_a = 1 then 'removed'
        else 'added'
      end as dbt_audit_row_status
    from all_records r
  ),
  sampled as (
    select c.*,
      dense_rank() over (partition by dbt_audit_row_status order by {{ key }}, dbt_audit_pk_row_num) as dbt_audit_sample_number
    from classified c
  )
  select *
  from (
    select s.*, max(dbt_audit_sample_number) over (partition by dbt_audit_row_status) as dbt_audit_num_rows_in_status
    from sampled s
  )
  {{ 'where dbt_audit_sample_number <= ' ~ sample_limit if sample_limit }}
  order by dbt_audit_row_status, dbt_audit_sample_number, dbt_audit_in_a desc
{% endmacro %}
