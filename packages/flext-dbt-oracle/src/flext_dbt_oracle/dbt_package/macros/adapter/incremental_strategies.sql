{#
    The SQL of the incremental strategies, without the adapter's traps: a merge whose unique_key is the whole row (empty
    UPDATE SET), predicates with quoted text (pasted into EXECUTE IMMEDIATE), and rows lost when an insert fails.

    They return SQL that also runs inside the adapter's own PL/SQL wrapper. This package's incremental materialization
    (materializations/incremental.sql) runs the parts of delete+insert and microbatch as statements of their own, for
    the row counts and so that a failed insert undoes the delete.
#}

{# The columns of a unique_key as they are written in SQL. #}
{% macro oracle_unique_key_columns(unique_key) %}
  {% set keys = [unique_key] if unique_key is string else (unique_key or []) | list %}
  {% set columns = [] %}
  {% for key in keys | unique %}
    {% do columns.append(flext_dbt_oracle.oracle_column(key)) %}
  {% endfor %}
  {{ return(columns) }}
{% endmacro %}

{# A column name as it is written in SQL: quoted where the model or Oracle's grammar asks for it, else upper case. #}
{% macro oracle_column(name) %}
  {% if name.startswith('"') %}
    {{ return(name) }}
  {% elif adapter.should_identifier_be_quoted(name, model.columns) %}
    {{ return(adapter.quote(name)) }}
  {% endif %}
  {{ return(name | upper) }}
{% endmacro %}

{% macro oracle_column_list(columns, prefix='') %}
  {% set names = [] %}
  {% for column in columns %}
    {% do names.append(prefix ~ flext_dbt_oracle.oracle_column(column.name)) %}
  {% endfor %}
  {{ return(names | join(', ')) }}
{% endmacro %}

{# incremental_predicates as a list, each in parentheses, so that an OR in one stays in it. #}
{% macro oracle_predicates(predicates) %}
  {% set wrapped = [] %}
  {% for predicate in ([predicates] if predicates is string else predicates or []) %}
    {% do wrapped.append('(' ~ predicate ~ ')') %}
  {% endfor %}
  {{ return(wrapped) }}
{% endmacro %}

{# Hints of an INSERT or MERGE from `parallel` and `insert_mode: append`. #}
{% macro oracle_dml_hint() %}
  {% set hints = [] %}
  {% if config.get('insert_mode') == 'append' %}
    {% do hints.append('append') %}
  {% endif %}
  {% if config.get('parallel') %}
    {% do hints.append('parallel(' ~ config.get('parallel') ~ ')') %}
  {% endif %}
  {{ return('/*+ ' ~ hints | join(' ') ~ ' */' if hints else '') }}
{% endmacro %}

{% macro oracle_insert_sql(target, source, columns) %}
  insert {{ flext_dbt_oracle.oracle_dml_hint() }} into {{ target }} ({{ flext_dbt_oracle.oracle_column_list(columns) }})
  select {{ flext_dbt_oracle.oracle_column_list(columns) }} from {{ source }}
{% endmacro %}

{% macro oracle__get_incremental_append_sql(args_dict) %}
  {{ flext_dbt_oracle.oracle_insert_sql(args_dict.target_relation, args_dict.temp_relation, args_dict.dest_columns) }}
{% endmacro %}

{% macro oracle__get_incremental_merge_sql(args_dict) %}
  {% set keys = flext_dbt_oracle.oracle_unique_key_columns(args_dict.unique_key) %}
  {% if not keys %}
    {{ flext_dbt_oracle.oracle_insert_sql(args_dict.target_relation, args_dict.temp_relation, args_dict.dest_columns) }}
  {% else %}
    {% set conditions = flext_dbt_oracle.oracle_predicates(args_dict.incremental_predicates) %}
    {% for key in keys %}
      {% do conditions.append('DBT_INTERNAL_SOURCE.' ~ key ~ ' = DBT_INTERNAL_DEST.' ~ key) %}
    {% endfor %}
    {% set updates = [] %}
    {% for name in get_merge_update_columns(
        config.get('merge_update_columns'), config.get('merge_exclude_columns'), args_dict.dest_columns) %}
      {% set column = flext_dbt_oracle.oracle_column(name) %}
      {% if column not in keys and column not in updates %}
        {% do updates.append(column) %}
      {% endif %}
    {% endfor %}
    merge {{ flext_dbt_oracle.oracle_dml_hint() }} into {{ args_dict.target_relation }} DBT_INTERNAL_DEST
    using {{ args_dict.temp_relation }} DBT_INTERNAL_SOURCE
    on ({{ conditions | join(' and ') }})
    {% if updates %}
    when matched then update set
      {% for column in updates %}
      DBT_INTERNAL_DEST.{{ column }} = DBT_INTERNAL_SOURCE.{{ column }}{{ ',' if not loop.last }}
      {% endfor %}
    {% endif %}
    when not matched then insert ({{ flext_dbt_oracle.oracle_column_list(args_dict.dest_columns) }})
      values ({{ flext_dbt_oracle.oracle_column_list(args_dict.dest_columns, 'DBT_INTERNAL_SOURCE.') }})
  {% endif %}
{% endmacro %}

{# The DELETE of delete+insert; empty when there is neither a key nor a predicate. #}
{% macro oracle_delete_by_key_sql(target, source, unique_key, predicates) %}
  {% set keys = flext_dbt_oracle.oracle_unique_key_columns(unique_key) %}
  {% set conditions = flext_dbt_oracle.oracle_predicates(predicates) %}
  {% if keys %}
    {% set condition -%}
      ({% for key in keys %}DBT_INTERNAL_DEST.{{ key }}{{ ', ' if not loop.last }}{% endfor %}) in (
        select {% for key in keys %}DBT_INTERNAL_SOURCE.{{ key }}{{ ', ' if not loop.last }}{% endfor %}
        from {{ source }} DBT_INTERNAL_SOURCE
      )
    {%- endset %}
    {% set conditions = [condition] + conditions %}
  {% endif %}
  {% if conditions %}
    delete from {{ target }} DBT_INTERNAL_DEST where {{ conditions | join(' and ') }}
  {% endif %}
{% endmacro %}

{# The DELETE of microbatch: the rows of the batch's interval. #}
{% macro oracle_delete_batch_sql(target) %}
  {% set event_time = 'DBT_INTERNAL_DEST.' ~ flext_dbt_oracle.oracle_column(model.config.event_time) %}
  {% set conditions = [] %}
  {% if model.batch and model.batch.event_time_start %}
    {% do conditions.append(event_time ~ ' >= ' ~ flext_dbt_oracle.oracle_timestamp_literal(model.batch.event_time_start)) %}
  {% endif %}
  {% if model.batch and model.batch.event_time_end %}
    {% do conditions.append(event_time ~ ' < ' ~ flext_dbt_oracle.oracle_timestamp_literal(model.batch.event_time_end)) %}
  {% endif %}
  {% if not conditions %}
    {{ exceptions.raise_compiler_error('microbatch: dbt gave no batch to build; nothing is deleted') }}
  {% endif %}
  delete from {{ target }} DBT_INTERNAL_DEST where {{ conditions | join(' and ') }}
{% endmacro %}

{# A Python datetime as a TIMESTAMP, without NLS formats. #}
{% macro oracle_timestamp_literal(moment) %}
  {{ return("to_timestamp('" ~ moment.strftime('%Y-%m-%d %H:%M:%S.%f') ~ "', 'YYYY-MM-DD HH24:MI:SS.FF')") }}
{% endmacro %}

{% macro oracle__get_incremental_delete_insert_sql(args_dict) %}
  {% set delete = flext_dbt_oracle.oracle_delete_by_key_sql(
      args_dict.target_relation, args_dict.temp_relation, args_dict.unique_key, args_dict.incremental_predicates) | trim %}
  {% set insert = flext_dbt_oracle.oracle_insert_sql(
      args_dict.target_relation, args_dict.temp_relation, args_dict.dest_columns) | trim %}
  {% if delete %}
    begin {{ delete }}; {{ insert }}; end;
  {% else %}
    {{ insert }}
  {% endif %}
{% endmacro %}

{% macro oracle__get_incremental_microbatch_sql(args_dict) %}
  begin
    {{ flext_dbt_oracle.oracle_delete_batch_sql(args_dict.target_relation) | trim }};
    {{ flext_dbt_oracle.oracle_insert_sql(
        args_dict.target_relation, args_dict.temp_relation, args_dict.dest_columns) | trim }};
  end;
{% endmacro %}

{#
    The adapter's block around an incremental statement, with the ROLLBACK that it lacks: its handler runs TRUNCATE, which
    commits the delete whose insert has just failed. Called by the root project's shim
    `oracle__wrap_incremental_sql_with_tmp_cleanup`, for custom strategies.
#}
{% macro oracle_wrap_incremental_sql(build_sql, tmp_relation) %}
  {% set statement = build_sql | trim %}
  begin
    {{ statement }}{{ ';' if not statement.endswith(';') }}
  exception
    when others then
      rollback;
      begin
        execute immediate 'truncate table {{ tmp_relation }}';
        execute immediate 'drop table {{ tmp_relation }}';
      exception
        when others then null;  -- the error below is the one to report; leftovers go with the next run
      end;
      raise;
  end;
{% endmacro %}
