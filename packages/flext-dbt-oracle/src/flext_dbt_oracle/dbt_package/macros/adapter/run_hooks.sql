{#
    dbt's `run_hooks` with a COMMIT that Oracle takes: dbt sends `commit;`, and the semicolon is ORA-00911 (ORA-00933 on
    newer releases). What a hook outside of the transaction changes is committed; the adapter would roll it back when the
    session ends. Called by the root project's shim of `run_hooks`.
#}
{% macro oracle_run_hooks(hooks, inside_transaction=true) %}
  {% for hook in hooks | selectattr('transaction', 'equalto', inside_transaction) %}
    {% if not inside_transaction and loop.first %}
      {% call statement(auto_begin=inside_transaction) %}commit{% endcall %}
    {% endif %}
    {% set rendered = render(hook.get('sql')) | trim %}
    {% if rendered %}
      {% call statement(auto_begin=inside_transaction) %}{{ rendered }}{% endcall %}
      {% if not inside_transaction %}
        {% call statement(auto_begin=inside_transaction) %}commit{% endcall %}
      {% endif %}
    {% endif %}
  {% endfor %}
{% endmacro %}
