{#
    The snapshot's dbt_scd_id, the same whatever the session's NLS formats are.

    The adapter hashes `cast(updated_at as varchar)`: under a date format without a time, two changes on one day get one
    id. The last argument is always the moment of the change; it is written out with all its digits. Rows that a snapshot
    already holds keep their ids, and dbt matches on the stored id, so an existing snapshot goes on.
#}
{% macro oracle__snapshot_hash_arguments(args) -%}
  {%- set parts = [] -%}
  {%- for arg in args -%}
    {%- if loop.last -%}
      {%- do parts.append("to_char(cast(" ~ arg ~ " as timestamp(9)), 'YYYY-MM-DD\"T\"HH24:MI:SS.FF9')") -%}
    {%- else -%}
      {%- do parts.append("cast(" ~ arg ~ " as varchar2(4000))") -%}
    {%- endif -%}
  {%- endfor -%}
  standard_hash({{ parts | join(" || '|' || ") }}, 'SHA256')
{%- endmacro %}

{#
    The check strategy; called by the root project's shim of `snapshot_check_strategy`.

    With `check_cols: all` and a new column the adapter writes the condition TRUE, which Oracle knows from 23ai on only.
#}
{% macro oracle_snapshot_check_strategy(node, snapshotted_rel, current_rel, config, target_exists) %}
  {% set strategy = dbt.snapshot_check_strategy(node, snapshotted_rel, current_rel, config, target_exists) %}
  {% if modules.re.match('^[(]\\s*TRUE\\s*[)]$', strategy.row_changed | trim) %}
    {% do strategy.update({'row_changed': '( 1 = 1 )'}) %}
  {% endif %}
  {{ return(strategy) }}
{% endmacro %}
