{#
    dbt's `run_hooks` with a COMMIT that Oracle takes: dbt sends `commit;`, and the semicolon is ORA-00911 (ORA-00933 on
    newer releases). Called by the root project's shim of `run_hooks`.
#}
{% macro oracle_run_hooks(hooks, inside_transaction=true) %}
  {% for hook in hooks | selectattr('transaction', 'equalto', inside_transaction) %}
    {% if not inside_transaction and loop.first %}
      {% call statement(auto_begin=inside_transaction) %}commit{% endcall %}
    {% endif %}
    {% set rendered = render(hook.get('sql')) | trim %}
    {% if rendered %}
      {% call statement(auto_begin=inside_transaction) %}{{ rendered }}{% endcall %}
    {% endif %}
  {% endfor %}
{% endmacro %}
