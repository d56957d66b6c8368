{#
    dbt's unit tests on Oracle.

    dbt's own macros use an alias that begins with an underscore (ORA-00911), selects without FROM (ORA-00923 before
    23ai), LIMIT, and casts of ISO dates that depend on the session's NLS formats. `get_unit_test_sql` is dispatched;
    `get_fixture_sql` and `get_expected_sql` are not, so the root project's shims call the two macros here.
#}
{% macro oracle__get_unit_test_sql(main_sql, expected_fixture_sql, expected_column_names) %}
  {# inline views, not CTEs: the model brings its own WITH, and Oracle does not nest WITH inside WITH (ORA-32034) #}
  select {{ expected_column_names | join(', ') }}, 'actual' as "actual_or_expected"
  from (
    {{ main_sql }}
  ) dbt_internal_unit_test_actual
  union all
  select {{ expected_column_names | join(', ') }}, 'expected' as "actual_or_expected"
  from (
    {{ expected_fixture_sql }}
  ) dbt_internal_unit_test_expected
{% endmacro %}

{# The rows given to a unit test's input: one SELECT from DUAL a row. `model` is the fixture, `this` the real relation. #}
{% macro oracle_get_fixture_sql(rows, column_name_to_data_types) %}
  {% set types = {} %}
  {% set quoted = {} %}
  {% if column_name_to_data_types %}
    {% do types.update(column_name_to_data_types) %}
    {% for name in types %}
      {% do quoted.update({name: adapter.quote(name | upper)}) %}
    {% endfor %}
  {% else %}
    {% set relation = defer_relation if (defer_relation and not load_relation(this)) else this %}
    {% for column in adapter.get_columns_in_relation(relation) %}
      {% do types.update({column.name | lower: column.data_type}) %}
      {% do quoted.update({column.name | lower: column.quoted}) %}
    {% endfor %}
  {% endif %}
  {% if not types %}
    {{ exceptions.raise_compiler_error("Not able to get columns for unit test '" ~ model.name ~ "' from relation " ~ this
        ~ " because the relation doesn't exist") }}
  {% endif %}
  {{ return(flext_dbt_oracle.oracle_fixture_rows(rows, types, quoted, all_columns=true)) }}
{% endmacro %}

{# The rows that a unit test expects; without rows, the columns alone. #}
{% macro oracle_get_expected_sql(rows, column_name_to_data_types, column_name_to_quoted) %}
  {{ return(flext_dbt_oracle.oracle_fixture_rows(
      rows, column_name_to_data_types, column_name_to_quoted, all_columns=(rows | length == 0))) }}
{% endmacro %}

{% macro oracle_fixture_rows(rows, types, quoted, all_columns) %}
  {% set selects = [] %}
  {% for row in (rows if rows else [{}]) %}
    {% set values = {} %}
    {% if all_columns %}
      {% for name, type in types.items() %}
        {% do values.update({name: flext_dbt_oracle.oracle_fixture_value(none, type)}) %}
      {% endfor %}
    {% endif %}
    {% for given, value in row.items() %}
      {% set name = given | lower %}
      {% if name not in types %}
        {{ exceptions.raise_compiler_error("Invalid column name: '" ~ name ~ "' in unit test fixture for '" ~ model.name
            ~ "'.\nAccepted columns are: " ~ (types.keys() | list)) }}
      {% endif %}
      {% do values.update({name: flext_dbt_oracle.oracle_fixture_value(value, types[name])}) %}
    {% endfor %}
    {% set items = [] %}
    {% for name, value in values.items() %}
      {% do items.append(value ~ ' as ' ~ quoted[name]) %}
    {% endfor %}
    {% do selects.append('select ' ~ items | join(', ') ~ ' from dual' ~ ('' if rows else ' where 1 = 0')) %}
  {% endfor %}
  {{ return(selects | join('\nunion all\n')) }}
{% endmacro %}

{#
    One value of a fixture as an Oracle expression of a column's type.

    ISO dates are converted with their format, so no NLS setting matters; text is not cut to the column's length
    (CAST would do so silently); true and false are 1 and 0.
#}
{% macro oracle_fixture_value(value, data_type) %}
  {% set type = data_type | upper %}
  {% set is_text = 'CHAR' in type %}
  {% if value is none %}
    {# the dictionary gives RAW without its length, which CAST needs #}
    {{ return("to_clob(null)" if type in ['CLOB', 'NCLOB', 'LONG'] else "hextoraw(null)" if type.startswith('RAW') else "to_blob(hextoraw(null))" if type == 'BLOB'
        else "cast(null as " ~ ('varchar2(4000)' if is_text and not type.startswith('N') else data_type) ~ ")") }}
  {% endif %}
  {% if value is boolean %}
    {% set value = 1 if value else 0 %}
  {% elif value is not string and value is not number %}
    {% set value = value | string %}
  {% endif %}
  {% set literal = "'" ~ (value | string | replace("'", "''")) ~ "'" %}
  {% set iso = modules.re.match(
      '^(\\d{4}-\\d\\d-\\d\\d)(?:[ T](\\d\\d:\\d\\d(?::\\d\\d)?)(?:[.](\\d{1,9}))?)?\\s*(Z|[+-]\\d\\d:?\\d\\d)?$', value | string) %}
  {% if type.startswith('TIMESTAMP') or type == 'DATE' %}
    {% if not iso %}
      {{ return("cast(" ~ literal ~ " as " ~ data_type ~ ")" if value is string else "cast(" ~ value ~ " as " ~ data_type ~ ")") }}
    {% endif %}
    {% set time = iso.group(2) or '00:00:00' %}
    {% set text = iso.group(1) ~ ' ' ~ (time if time | length == 8 else time ~ ':00') %}
    {% if type == 'DATE' %}
      {{ return("to_date('" ~ text ~ "', 'YYYY-MM-DD HH24:MI:SS')") }}
    {% endif %}
    {% set text = text ~ '.' ~ (iso.group(3) or '0') %}
    {% set zone = iso.group(4) %}
    {% if 'ZONE' in type %}
      {% set zone = '+00:00' if zone in [none, 'Z'] else zone if ':' in zone else zone[:3] ~ ':' ~ zone[3:] %}
      {{ return("cast(to_timestamp_tz('" ~ text ~ " " ~ zone ~ "', 'YYYY-MM-DD HH24:MI:SS.FF TZH:TZM') as " ~ data_type ~ ")") }}
    {% endif %}
    {{ return("cast(to_timestamp('" ~ text ~ "', 'YYYY-MM-DD HH24:MI:SS.FF') as " ~ data_type ~ ")") }}
  {% elif type in ['CLOB', 'NCLOB', 'LONG'] %}
    {{ return("to_clob(" ~ literal ~ ")") }}
  {% elif type == 'BLOB' %}
    {{ return("to_blob(hextoraw(" ~ literal ~ "))") }}
  {% elif type.startswith('RAW') %}
    {{ return("hextoraw(" ~ literal ~ ")") }}
  {% elif type.startswith('CHAR') or type.startswith('NCHAR') %}
    {{ return("cast(" ~ literal ~ " as " ~ data_type ~ ")") }}
  {% elif is_text %}
    {{ return("cast(" ~ literal ~ " as " ~ ('nvarchar2(2000)' if type.startswith('N') else 'varchar2(4000)') ~ ")") }}
  {% endif %}
  {{ return("cast(" ~ (literal if value is string else value) ~ " as " ~ data_type ~ ")") }}
{% endmacro %}
