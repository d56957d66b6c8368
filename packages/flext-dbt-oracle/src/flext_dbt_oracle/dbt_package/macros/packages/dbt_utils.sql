{#
    dbt_utils on Oracle: the macros whose defaults Oracle refuses, found through the project's `dispatch` order for dbt_utils.
    dbt and dbt_date dispatch date_spine and generate_series under the same names and use these, too.
#}

{% macro oracle__generate_series(upper_bound) %}
  select level as generated_number from dual connect by level <= {{ upper_bound }}
{% endmacro %}

{% macro oracle__get_intervals_between(start_date, end_date, datepart) %}
  {% if not execute %}{{ return(1) }}{% endif %}
  {{ return(run_query('select ' ~ dbt.datediff(start_date, end_date, datepart) ~ ' from dual').rows[0][0] | int) }}
{% endmacro %}

{# One row per period from start_date on; end_date is the first moment that is left out, as in dbt_utils. #}
{% macro oracle__date_spine(datepart, start_date, end_date) %}
  select date_{{ datepart }}
  from (
    select {{ dbt.dateadd(datepart, 'generated_number - 1', start_date) }} as date_{{ datepart }}
    from ({{ flext_dbt_oracle.oracle__generate_series([flext_dbt_oracle.oracle__get_intervals_between(start_date, end_date, datepart), 1] | max) }})
  )
  where date_{{ datepart }} <= {{ end_date }}
{% endmacro %}

{# One row of each partition. Of a Relation the columns are its own; of a CTE's name they have ROW_NUMBER_OF_KEY besides. #}
{% macro oracle__deduplicate(relation, partition_by, order_by) %}
  {% set columns = [] %}
  {% if execute and relation is not string %}
    {% for column in adapter.get_columns_in_relation(relation) %}
      {% do columns.append(column.quoted) %}
    {% endfor %}
  {% endif %}
  select {{ columns | join(', ') if columns else '*' }}
  from (
    select source_rows.*, row_number() over (partition by {{ partition_by }} order by {{ order_by }}) as row_number_of_key
    from {{ relation }} source_rows
  )
  where row_number_of_key = 1
{% endmacro %}

{# The column that names the source needs quotes: "_DBT_SOURCE_RELATION". #}
{% macro oracle__union_relations(relations, column_override=none, include=[], exclude=[], source_column_name='_dbt_source_relation', where=none) %}
  {% set name = source_column_name %}
  {% if name is not none and name.startswith('_') %}
    {% set name = '"' ~ name | upper ~ '"' %}
  {% endif %}
  {{ return(dbt_utils.default__union_relations(relations, column_override, include, exclude, name, where)) }}
{% endmacro %}

{% macro oracle__get_tables_by_pattern_sql(schema_pattern, table_pattern, exclude='', database=target.database) %}
  select owner as "table_schema", name as "table_name", kind as "table_type"
  from (
    select owner, table_name as name, 'table' as kind from sys.all_tables t
    where temporary = 'N' and not exists (
      select 1 from sys.all_mviews m where m.owner = t.owner and m.mview_name = t.table_name)
    union all
    select owner, view_name, 'view' from sys.all_views
    union all
    select owner, mview_name, 'materialized_view' from sys.all_mviews
  )
  where owner like upper({{ flext_dbt_oracle.oracle_literal(schema_pattern) }})
    and upper(name) like upper({{ flext_dbt_oracle.oracle_literal(table_pattern) }})
    {% if exclude %}
    and upper(name) not like upper({{ flext_dbt_oracle.oracle_literal(exclude) }})
    {% endif %}
  order by owner, name
{% endmacro %}

{#
    The MD5 of the fields as 32 hexadecimal digits, the same text as on other databases for the same texts (the default
    gives a RAW). `vars: {flext_oracle_raw_surrogate_key: true}` keeps the RAW.
#}
{% macro oracle__generate_surrogate_key(field_list) %}
  {# '' is NULL in Oracle and joins as nothing, which is what treating NULL as empty means #}
  {% set missing = "''" if var('surrogate_key_treat_nulls_as_empty_strings', false) else "'_dbt_utils_surrogate_key_null_'" %}
  {% set fields = [] %}
  {% for field in field_list %}
    {% do fields.append('coalesce(cast(' ~ field ~ ' as ' ~ dbt.type_string() ~ '), ' ~ missing ~ ')') %}
  {% endfor %}
  {% set hash = "standard_hash(" ~ fields | join(" || '-' || ") ~ ", 'MD5')" %}
  {{ hash if var('flext_oracle_raw_surrogate_key', false) else 'lower(rawtohex(' ~ hash ~ '))' }}
{% endmacro %}

{% macro oracle__haversine_distance(lat1, lon1, lat2, lon2, unit='mi') %}
  {% if unit not in ['mi', 'km'] %}
    {{ flext_dbt_oracle.oracle_refuse("haversine_distance: unit '" ~ unit ~ "' is not mi or km") }}
  {% endif %}
  {% set radians = '* acos(-1) / 180' %}
  2 * 3961 * asin(sqrt(
    power(sin((({{ lat2 }}) - ({{ lat1 }})) {{ radians }} / 2), 2)
    + cos(({{ lat1 }}) {{ radians }}) * cos(({{ lat2 }}) {{ radians }})
    * power(sin((({{ lon2 }}) - ({{ lon1 }})) {{ radians }} / 2), 2)
  )){{ ' * 1.60934' if unit == 'km' }}
{% endmacro %}

{% macro oracle__group_by(n) %}
  {{ flext_dbt_oracle.oracle_refuse("group_by(" ~ n ~ "): Oracle does not group by position; name the columns") }}
{% endmacro %}

{% macro oracle__test_at_least_one(model, column_name, group_by_columns) %}
  {% set groups = group_by_columns | join(', ') %}
  select {{ groups ~ ', ' if groups }}count({{ column_name }}) as filler_column
  from {{ model }}
  {{ 'group by ' ~ groups if groups }}
  having count({{ column_name }}) = 0
{% endmacro %}

{# Counts of two relations, by groups if given: rows of (groups.., count_a, count_b). A group may be NULL. #}
{% macro oracle_compared_counts(model, compare_model, group_by_columns) %}
  {% set groups = group_by_columns | join(', ') %}
  select {{ groups ~ ', ' if groups }}coalesce(sum(in_a), 0) as count_a, coalesce(sum(in_b), 0) as count_b
  from (
    select {{ groups ~ ', ' if groups }}1 as in_a, 0 as in_b from {{ model }}
    union all
    select {{ groups ~ ', ' if groups }}0, 1 from {{ compare_model }}
  )
  {{ 'group by ' ~ groups if groups }}
{% endmacro %}

{# Whether the newest row is younger than the interval; a DATE has a time in Oracle, which is cut off where it should not count. #}
{% macro oracle__test_recency(model, field, datepart, interval, ignore_time_component, group_by_columns) %}
  {% set groups = group_by_columns | join(', ') %}
  {% set threshold = dbt.dateadd(datepart, interval * -1, dbt.current_timestamp()) %}
  {% set threshold = ('trunc(' ~ threshold ~ ')') if ignore_time_component else ('cast(' ~ threshold ~ ' as timestamp)') %}
  select recency.*, {{ threshold }} as threshold
  from (
    select {{ groups ~ ', ' if groups }}{{ 'trunc(max(' ~ field ~ '))' if ignore_time_component else 'max(' ~ field ~ ')' }} as most_recent
    from {{ model }}
    {{ 'group by ' ~ groups if groups }}
  ) recency
  where most_recent < {{ threshold }}
  {{ 'or most_recent is null' if not flags.EMPTY }}
{% endmacro %}

{% macro oracle__test_equal_rowcount(model, compare_model, group_by_columns) %}
  {{ config(fail_calc='sum(coalesce(diff_count, 0))') }}
  select counts.*, abs(count_a - count_b) as diff_count
  from ({{ flext_dbt_oracle.oracle_compared_counts(model, compare_model, group_by_columns) }}) counts
{% endmacro %}

{% macro oracle__test_fewer_rows_than(model, compare_model, group_by_columns) %}
  {{ config(fail_calc='sum(coalesce(row_count_delta, 0))') }}
  select counts.*, case when count_a > count_b then count_a - count_b when count_a = count_b then 1 else 0 end as row_count_delta
  from ({{ flext_dbt_oracle.oracle_compared_counts(model, compare_model, group_by_columns) }}) counts
{% endmacro %}

{% macro oracle__test_mutually_exclusive_ranges(model, lower_bound_column, upper_bound_column, partition_by=none, gaps='allowed', zero_length_range_allowed=false) %}
  {% set operators = {'not_allowed': '=', 'allowed': '<=', 'required': '<'} %}
  {% if gaps not in operators %}
    {{ flext_dbt_oracle.oracle_refuse("mutually_exclusive_ranges: gaps '" ~ gaps ~ "' is not one of " ~ operators | join(', ')) }}
  {% endif %}
  {% set window = '(' ~ ('partition by ' ~ partition_by if partition_by else '') ~ ' order by ' ~ lower_bound_column ~ ', ' ~ upper_bound_column ~ ')' %}
  select *
  from (
    select
      {{ partition_by ~ ' as partition_by_col,' if partition_by }}
      {{ lower_bound_column }} as lower_bound,
      {{ upper_bound_column }} as upper_bound,
      lead({{ lower_bound_column }}) over {{ window }} as next_lower_bound,
      lead(1) over {{ window }} as has_next
    from {{ model }}
  )
  where lower_bound is null or upper_bound is null
     or not (lower_bound {{ '<=' if zero_length_range_allowed else '<' }} upper_bound)
     or (has_next is not null and (next_lower_bound is null or not (upper_bound {{ operators[gaps] }} next_lower_bound)))
{% endmacro %}

{# Text of blanks alone. An empty text is NULL in Oracle, which is not_null's business. #}
{% macro oracle__test_not_empty_string(model, column_name, trim_whitespace=true) %}
  select {{ column_name }} from {{ model }}
  where {{ column_name }} is not null and {{ 'trim(' ~ column_name ~ ')' if trim_whitespace else column_name }} is null
{% endmacro %}
