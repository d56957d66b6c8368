{#
    Create a sequence unless it exists, for surrogate keys: `{{ flext_dbt_oracle.oracle_create_sequence('orders_seq') }}` as a
    pre-hook, `orders_seq.nextval` in the model.
#}
{% macro oracle_create_sequence(name, start_with=1, increment_by=1, cache=1000, schema=none) %}
  {% if not execute %}{{ return('') }}{% endif %}
  {% set owner = schema or target.schema %}
  {% set present = run_query('select 1 from sys.all_sequences where sequence_owner = '
      ~ flext_dbt_oracle.oracle_literal(owner, fold=true) ~ ' and sequence_name = '
      ~ flext_dbt_oracle.oracle_literal(name, fold=true)).rows %}
  {% if not present %}
    {% do run_query('create sequence ' ~ owner ~ '.' ~ name ~ ' start with ' ~ start_with ~ ' increment by ' ~ increment_by
        ~ (' cache ' ~ cache if cache else ' nocache')) %}
  {% endif %}
  {{ return('') }}
{% endmacro %}
