{# What the dictionary knows of a table: a dict of rows, blocks, last_analyzed, compression, partitioned; none if there is no table. #}
{% macro oracle_model_stats(relation) %}
  {% if not execute %}{{ return(none) }}{% endif %}
  {% set rows = run_query("select num_rows, blocks, to_char(last_analyzed, 'YYYY-MM-DD HH24:MI:SS'), compression, partitioned"
      ~ ' from sys.all_tables where ' ~ flext_dbt_oracle.oracle_name_condition('owner', relation.schema) ~ ' and '
      ~ flext_dbt_oracle.oracle_name_condition('table_name', relation.identifier)).rows %}
  {% if not rows %}{{ return(none) }}{% endif %}
  {% set row = rows[0] %}
  {{ return({'rows': row[0], 'blocks': row[1], 'last_analyzed': row[2], 'compression': row[3], 'partitioned': row[4]}) }}
{% endmacro %}
