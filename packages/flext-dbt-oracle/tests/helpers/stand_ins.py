"""Small dbt packages in place of dbt_utils and others: they dispatch as the real ones do and have no Oracle SQL of their own."""

from __future__ import annotations

from pathlib import Path

# package: {macro: its parameters}, as the real package declares them
MACROS = {
    "dbt_utils": {
        "generate_series": "upper_bound",
        "get_intervals_between": "start_date, end_date, datepart",
        "date_spine": "datepart, start_date, end_date",
        "deduplicate": "relation, partition_by, order_by",
        "union_relations": "relations, column_override=none, include=[], exclude=[],"
        " source_column_name='_dbt_source_relation', where=none",
        "get_tables_by_pattern_sql": "schema_pattern, table_pattern, exclude='', database=target.database",
        "generate_surrogate_key": "field_list",
        "haversine_distance": "lat1, lon1, lat2, lon2, unit='mi'",
        "group_by": "n",
    },
    "dbt_expectations": {
        "expression_is_true": "model, expression, test_condition='= true', group_by_columns=none, row_condition=none",
        "truth_expression": "expression",
        "log_natural": "x",
        "rand": "",
        "md5": "string_expression",
        "regexp_instr": "source_value, regexp, position=1, occurrence=1, is_raw=false, flags=''",
        "type_timestamp": "",
        "get_select": "model, expression, row_condition, group_by",
    },
    "dbt_date": {
        "convert_timezone": "column, target_tz=none, source_tz='UTC'",
        "date_part": "datepart, date",
        "day_name": "date, short=true",
        "month_name": "date, short=true",
        "day_of_week": "date, isoweek=true",
        "week_start": "date",
        "week_end": "date",
        "iso_week_of_year": "date",
        "iso_week_start": "date",
        "from_unixtimestamp": "epochs, format='seconds'",
        "to_unixtimestamp": "timestamp",
        "week_of_year": "date",
        "iso_week_end": "date",
        "get_base_dates": "start_date=none, end_date=none, n_dateparts=none, datepart='day'",
        "get_fiscal_year_dates": "dates, year_end_month=12, week_start_day=1, shift_year=1",
    },
    "audit_helper": {
        "compare_queries": "a_query, b_query, primary_key=none, summarize=true, limit=none",
        "compare_column_values": "a_query, b_query, primary_key, column_to_compare, emojis=true,"
        " a_relation_name='a', b_relation_name='b'",
        "compare_column_values_verbose": "a_query, b_query, primary_key, column_to_compare",
        "compare_all_columns": "a_relation, b_relation, primary_key, exclude_columns=[], summarize=true",
        "compare_relation_columns": "a_relation, b_relation",
        "compare_which_query_columns_differ": "a_query, b_query, primary_key_columns=[], columns=[], event_time=none",
        "quick_are_queries_identical": "query_a, query_b, columns=[], event_time=none",
    },
    "codegen": {},
}
# generic tests, each dispatched as test_<name>
TESTS = {
    "dbt_expectations": {
        "expect_column_values_to_be_within_n_stdevs": "model, column_name, group_by=none, sigma_threshold=3",
    },
    "dbt_utils": {
        "at_least_one": "model, column_name, group_by_columns=[]",
        "equal_rowcount": "model, compare_model, group_by_columns=[]",
        "fewer_rows_than": "model, compare_model, group_by_columns=[]",
        "mutually_exclusive_ranges": "model, lower_bound_column, upper_bound_column, partition_by=none,"
        " gaps='allowed', zero_length_range_allowed=false",
        "recency": "model, field, datepart, interval, ignore_time_component=false, group_by_columns=[]",
        "not_empty_string": "model, column_name, trim_whitespace=true",
    },
}
EXTRA = {
    "dbt_utils": """
{% macro default__union_relations(relations, column_override, include, exclude, source_column_name, where) %}
  {% for relation in relations %}
  select '{{ relation }}' as {{ source_column_name }}, t.* from {{ relation }} t {{ 'union all' if not loop.last }}
  {% endfor %}
{% endmacro %}
""",
    "dbt_expectations": """
{% macro percentile_cont(field, quantile, partition=none) %}
  {{ adapter.dispatch('quantile', 'dbt_expectations')(field, quantile, partition) }}
{% endmacro %}
{% test expression_is_true(model, expression, test_condition='= true', group_by_columns=none, row_condition=none) %}
  {{ dbt_expectations.expression_is_true(model, expression, test_condition, group_by_columns, row_condition) }}
{% endtest %}
""",
}


def arguments(signature: str) -> str:
    return ", ".join(part.split("=")[0].strip() for part in signature.split(",") if part.strip())


def stand_in(folder: Path, name: str) -> None:
    (folder / "macros").mkdir(parents=True)
    (folder / "dbt_project.yml").write_text(f"name: {name}\nversion: 1.0.0\nconfig-version: 2\n")
    parts = [EXTRA.get(name, "")]
    for macro, signature in MACROS[name].items():
        parts.append(
            f"{{% macro {macro}({signature}) %}}"
            f"{{{{ return(adapter.dispatch('{macro}', '{name}')({arguments(signature)})) }}}}{{% endmacro %}}"
        )
    for test, signature in TESTS.get(name, {}).items():
        parts.append(
            f"{{% test {test}({signature}) %}}"
            f"{{{{ return(adapter.dispatch('test_{test}', '{name}')({arguments(signature)})) }}}}{{% endtest %}}"
        )
    (folder / "macros" / "all.sql").write_text("\n".join(parts))
