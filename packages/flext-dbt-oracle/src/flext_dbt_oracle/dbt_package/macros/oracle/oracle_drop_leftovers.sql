{#
    Drop what killed runs of dbt left behind: temporary tables (O$PT_..), half-built (__DBT_TMP), set aside
    (__DBT_BACKUP) and exchange tables (__DBT_EXCH) of the target schema.

        dbt run-operation oracle_drop_leftovers                    lists them
        dbt run-operation oracle_drop_leftovers --args '{dry_run: false}'

    A temporary table that another session is using stays (ORA-14452). Do not run it while dbt runs.

    Args:
        dry_run: only list.
        identifier: only the temporary tables of this model.
        quiet: log to the debug log only.
#}
{% macro oracle_drop_leftovers(dry_run=true, schema=none, identifier=none, quiet=false) %}
  {% if not execute %}{{ return([]) }}{% endif %}
  {% set owner = flext_dbt_oracle.oracle_literal(schema or target.schema, fold=true) %}
  {% set name = (identifier or '') | upper %}
  {% if identifier %}
    {% set condition = "regexp_like(object_name, '^O[$]PT_" ~ modules.re.sub('([^A-Z0-9_])', '[\\1]', name) ~ "[0-9]{12}$')" %}
  {% else %}
    {% set condition = "(regexp_like(object_name, '^O[$]PT_.*[0-9]{12}$')"
        ~ " or object_name like '%!_!_DBT!_TMP' escape '!' or object_name like '%!_!_DBT!_BACKUP' escape '!'"
        ~ " or object_name like '%!_!_DBT!_EXCH' escape '!')" %}
  {% endif %}
  {% set rows = run_query("select owner, object_name, object_type, to_char(created, 'YYYY-MM-DD HH24:MI:SS') from sys.all_objects"
      ~ " where owner = " ~ owner ~ " and object_type in ('TABLE', 'VIEW') and " ~ condition ~ " order by object_name").rows %}
  {% set dropped = [] %}
  {% for row in rows %}
    {% set relation = api.Relation.create(database=target.database, schema=row[0], identifier=row[1],
        type='view' if row[2] == 'VIEW' else 'table') %}
    {{ log(('would drop ' if dry_run else 'drop ') ~ row[2] | lower ~ ' ' ~ row[0] ~ '.' ~ row[1] ~ ', created ' ~ row[3], info=not quiet) }}
    {% if not dry_run %}
      {% do adapter.drop_relation(relation.incorporate(path={'identifier': '"' ~ row[1] ~ '"'})) %}
    {% endif %}
    {% do dropped.append(row[1]) %}
  {% endfor %}
  {% if not rows %}
    {{ log('no leftovers of dbt in schema ' ~ owner, info=not quiet) }}
  {% endif %}
  {{ return(dropped) }}
{% endmacro %}
