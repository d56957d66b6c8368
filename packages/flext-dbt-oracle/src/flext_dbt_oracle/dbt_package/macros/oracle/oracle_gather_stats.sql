{#
    Gather the optimizer's statistics of a table and its indexes.

    Args:
        relation: a Relation.
        degree: parallel degree; none lets Oracle choose.
        incremental: keep statistics per partition and derive the table's from them, so that only changed partitions are read.
        method_opt: columns and histograms, Oracle's `for all columns size auto` by default.
#}
{% macro oracle_gather_stats(relation, degree=none, incremental=false, method_opt=none) %}
  {% if not execute %}{{ return('') }}{% endif %}
  {% set names = 'ownname => ' ~ flext_dbt_oracle.oracle_quoted_literal(relation.schema)
      ~ ', tabname => ' ~ flext_dbt_oracle.oracle_quoted_literal(relation.identifier) %}
  {% if incremental %}
    {% do run_query('begin dbms_stats.set_table_prefs(' ~ names ~ ", pname => 'INCREMENTAL', pvalue => 'TRUE'); end;") %}
  {% endif %}
  {% do run_query('begin dbms_stats.gather_table_stats(' ~ names
      ~ (', degree => ' ~ degree if degree else '')
      ~ (', method_opt => ' ~ flext_dbt_oracle.oracle_literal(method_opt) if method_opt else '')
      ~ ', cascade => true); end;') %}
  {{ return('') }}
{% endmacro %}

{# A stored name as DBMS_STATS takes it: in double quotes, inside a string literal. #}
{% macro oracle_quoted_literal(name) %}
  {% set text = name | string %}
  {% set stored = text[1:-1] if text.startswith('"') else text | upper %}
  {{ return(flext_dbt_oracle.oracle_literal('"' ~ stored ~ '"')) }}
{% endmacro %}
