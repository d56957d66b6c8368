{#
    Prepare the session of a model: each node has a session of its own, so this is a pre-hook.

        models:
          +pre-hook: "{{ flext_dbt_oracle.oracle_session_setup() }}"

    It sets NLS formats (so that implicit conversions do not depend on the client), parallel DML if asked for, and tells
    V$SESSION and ASH which model runs: module dbt:<project>, action <model>, client identifier <invocation>.

    Args:
        parallel_dml: `alter session enable parallel dml`, without which a parallel hint on INSERT or MERGE is only read.
        nls: a dict of NLS parameters, added to the defaults.
        parameters: other session parameters, such as {'optimizer_dynamic_sampling': 4}.
#}
{% macro oracle_session_setup(parallel_dml=false, nls={}, parameters={}) %}
  {% if not execute %}{{ return('') }}{% endif %}
  {% set settings = {
      'nls_date_format': 'YYYY-MM-DD HH24:MI:SS',
      'nls_timestamp_format': 'YYYY-MM-DD HH24:MI:SS.FF',
      'nls_timestamp_tz_format': 'YYYY-MM-DD HH24:MI:SS.FF TZH:TZM',
      'nls_numeric_characters': '.,',
  } %}
  {% do settings.update(nls) %}
  {% set parts = [] %}
  {% for name, value in settings.items() %}
    {% do parts.append(flext_dbt_oracle.oracle_parameter_name(name) ~ ' = ' ~ flext_dbt_oracle.oracle_literal(value)) %}
  {% endfor %}
  {% for name, value in parameters.items() %}
    {% do parts.append(flext_dbt_oracle.oracle_parameter_name(name) ~ ' = '
        ~ (flext_dbt_oracle.oracle_literal(value) if value is string else value)) %}
  {% endfor %}
  {% do run_query('alter session set ' ~ parts | join(' ')) %}
  {% if parallel_dml %}
    {% do run_query('alter session enable parallel dml') %}
  {% endif %}
  {% do flext_dbt_oracle.oracle_application_info() %}
  {{ return('') }}
{% endmacro %}

{% macro oracle_parameter_name(name) %}
  {% if not modules.re.match('^[A-Za-z_][A-Za-z0-9_]*$', name) %}
    {{ exceptions.raise_compiler_error("oracle_session_setup: '" ~ name ~ "' is not a parameter name") }}
  {% endif %}
  {{ return(name) }}
{% endmacro %}

{# Module, action and client identifier of this session, as V$SESSION, V$SQL and ASH show them. #}
{% macro oracle_application_info(module_name=none, action_name=none, client_identifier=none) %}
  {% if not execute %}{{ return('') }}{% endif %}
  {% set module_text = module_name or 'dbt:' ~ project_name %}
  {% set action = action_name or (model.name if model is defined and model else 'dbt') %}
  {% set client = client_identifier or env_var('MELTANO_RUN_ID', '') or invocation_id %}
  {% do run_query('begin dbms_application_info.set_module(module_name => '
      ~ flext_dbt_oracle.oracle_literal(module_text[:48]) ~ ', action_name => ' ~ flext_dbt_oracle.oracle_literal(action[:32])
      ~ '); dbms_session.set_identifier(' ~ flext_dbt_oracle.oracle_literal((client | string)[:64]) ~ '); end;') %}
  {{ return('') }}
{% endmacro %}

{# For `query-comment:` in dbt_project.yml: what V$SQL shows in front of each statement. #}
{% macro oracle_query_comment(node=none) %}
  {% set comment = {'app': 'dbt', 'dbt_version': dbt_version, 'invocation_id': invocation_id, 'target': target.name} %}
  {% if node is not none %}
    {% do comment.update({'node': node.unique_id}) %}
  {% endif %}
  {% if env_var('MELTANO_RUN_ID', '') %}
    {% do comment.update({'meltano_run_id': env_var('MELTANO_RUN_ID')}) %}
  {% endif %}
  {{ return(tojson(comment)) }}
{% endmacro %}
