{#
    dbt_expectations on Oracle: conditions as 1 and 0, since SQL has no BOOLEAN before 23ai. An unknown condition stays
    NULL and, as on other databases, does not fail a test.
#}
{% macro oracle__truth_expression(expression) %}
  case when ({{ expression }}) then 1 when not ({{ expression }}) then 0 end as expression
{% endmacro %}

{% macro oracle__expression_is_true(model, expression, test_condition, group_by_columns, row_condition) %}
  {% set condition = test_condition | lower | replace('true', '1') | replace('false', '0') %}
  {% set groups = group_by_columns or [] %}
  select *
  from (
    select
      {% for column in groups %}{{ column }} as col_{{ loop.index }}, {% endfor %}
      {{ flext_dbt_oracle.oracle__truth_expression(expression) }}
    from {{ model }}
    {{ 'where ' ~ row_condition if row_condition }}
    {{ 'group by ' ~ groups | join(', ') if groups }}
  )
  where not (expression {{ condition }})
{% endmacro %}

{# What equal_expression and the comparisons of two tables select, grouped by names. #}
{% macro oracle__get_select(model, expression, row_condition, group_by) %}
  {% set groups = group_by or [] %}
  select
    {% for column in groups %}{{ column }} as col_{{ loop.index }}, {% endfor %}
    {{ expression }} as expression
  from {{ model }}
  {{ 'where ' ~ row_condition if row_condition }}
  {{ 'group by ' ~ groups | join(', ') if groups }}
{% endmacro %}

{% macro oracle__test_expect_column_values_to_be_within_n_stdevs(model, column_name, group_by, sigma_threshold) %}
  {% set groups = group_by | join(', ') if group_by else '' %}
  select *
  from (
    select {{ groups ~ ', ' if groups }}metric_value, (metric_value - avg(metric_value) over ()) / nullif(stddev(metric_value) over (), 0) as sigma
    from (
      select {{ groups ~ ', ' if groups }}sum({{ column_name }}) as metric_value from {{ model }} {{ 'group by ' ~ groups if groups }}
    )
  )
  where abs(sigma) > {{ sigma_threshold }}
{% endmacro %}

{% macro oracle__md5(string_expression) %}
  lower(rawtohex(standard_hash({{ string_expression }}, 'MD5')))
{% endmacro %}

{% macro oracle__log_natural(x) %}
  ln({{ x }})
{% endmacro %}

{% macro oracle__rand() %}
  dbms_random.value
{% endmacro %}

{% macro oracle__quantile(field, quantile, partition) %}
  percentile_cont({{ quantile }}) within group (order by {{ field }})
  {{ 'over (partition by ' ~ partition ~ ')' if partition }}
{% endmacro %}

{% macro oracle__regexp_instr(source_value, regexp, position, occurrence, is_raw, flags) %}
  regexp_instr({{ source_value }}, {{ flext_dbt_oracle.oracle_literal(regexp) }}, {{ position }}, {{ occurrence }}, 0
    {%- if flags %}, '{{ flags }}'{% endif %})
{% endmacro %}

{% macro oracle__type_timestamp() -%}
  timestamp
{%- endmacro %}

{% macro oracle__type_datetime() -%}
  timestamp
{%- endmacro %}
