{#
    dbt functions (`functions/`, dbt 1.11) as Oracle stored functions.

    The body of the YAML's function is one SQL expression or one SELECT; a body that begins with DECLARE or BEGIN is PL/SQL
    and is taken as it is. `volatility: deterministic` becomes DETERMINISTIC.
#}
{% macro oracle__scalar_function_sql(target_relation) %}
  {% set body = model.compiled_code | trim %}
  {% set arguments = [] %}
  {% for argument in model.arguments %}
    {# parameters have no length or precision in PL/SQL #}
    {% do arguments.append(argument.name ~ ' ' ~ flext_dbt_oracle.oracle_parameter_type(argument.data_type)) %}
  {% endfor %}
  create or replace function {{ target_relation.render() }}{{ ' (' ~ arguments | join(', ') ~ ')' if arguments }}
  return {{ flext_dbt_oracle.oracle_parameter_type(model.returns.data_type) }}{{ ' deterministic' if model.config.get('volatility') == 'deterministic' }}
  {% set first = (body.split() or [''])[0] | lower %}
  {% if first in ['begin', 'declare'] %}
  is {{ body[7:] if first == 'declare' else body }}{{ ';' if not body.endswith(';') }}
  {% elif first in ['select', 'with'] %}
  is
    result {{ flext_dbt_oracle.oracle_parameter_type(model.returns.data_type, local=true) }};
  begin
    select * into result from ({{ body }});
    return result;
  end;
  {% else %}
  is
  begin
    return {{ body }};
  end;
  {% endif %}
{% endmacro %}

{# A type as a parameter has it: VARCHAR2, not VARCHAR2(20). A local variable of text needs a length. #}
{% macro oracle_parameter_type(data_type, local=false) %}
  {% set bare = modules.re.sub('[(][^)]*[)]', '', data_type) | trim %}
  {% if local %}
    {{ return(data_type if '(' in data_type or 'CHAR' not in bare | upper else bare ~ '(4000)') }}
  {% endif %}
  {{ return(bare) }}
{% endmacro %}

{# Create the function, and say so when Oracle could not compile it: it is created all the same, and INVALID. #}
{% macro oracle__function_execute_build_sql(build_sql, existing_relation, target_relation) %}
  {{ dbt.default__function_execute_build_sql(build_sql, existing_relation, target_relation) }}
  {% set errors = [] %}
  {% for row in run_query("select line, position, text from sys.all_errors where type = 'FUNCTION' and "
      ~ flext_dbt_oracle.oracle_name_condition('owner', target_relation.schema) ~ " and "
      ~ flext_dbt_oracle.oracle_name_condition('name', target_relation.identifier) ~ " order by sequence").rows %}
    {% do errors.append('line ' ~ row[0] ~ ', column ' ~ row[1] ~ ': ' ~ row[2] | trim) %}
  {% endfor %}
  {% if errors %}
    {{ exceptions.raise_compiler_error("function " ~ target_relation ~ " does not compile: " ~ errors | join('; ')) }}
  {% endif %}
{% endmacro %}
