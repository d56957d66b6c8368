"""dbt_utils, dbt_expectations, dbt_date, audit_helper and codegen through `dispatch`.

The packages are not on the package index. Without `DBT_PACKAGES_DIR`, a folder with a checkout of each by its name, small
packages of those names stand in for them: they dispatch as the real ones do and have no Oracle SQL of their own, so
that what is compared here is this package's SQL. With the checkouts the same tests run on the real packages, and
`REAL_ONLY` besides.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from dbt_projects import Outcome, Project
from stand_ins import stand_in

CHECKOUTS = os.environ.get("DBT_PACKAGES_DIR")
NAMES = ["dbt_utils", "dbt_expectations", "dbt_date", "audit_helper", "codegen"]

MOMENT = "timestamp '2021-03-07 13:14:15'"  # a Sunday
ROWS = "select * from {{ target.schema }}."

MODELS: dict[str, tuple[str, list[tuple[Any, ...]]]] = {
    "series": ("{{ dbt_utils.generate_series(3) }}", [(1,), (2,), (3,)]),
    "spine": (
        """{{ dbt_utils.date_spine('day', "date '2024-02-28'", "date '2024-03-02'") }}""",
        [(datetime(2024, 2, 28),), (datetime(2024, 2, 29),), (datetime(2024, 3, 1),)],
    ),
    "dedup": (
        "{{ dbt_utils.deduplicate(source('raw', 'a'), 'id', 'name desc') }}",
        [(1, "one", 1), (2, "two", 2), (3, None, 3)],
    ),
    "surrogate": (
        # the MD5 of '1-_dbt_utils_surrogate_key_null_', as on every other database
        """select {{ dbt_utils.generate_surrogate_key(['1', 'null']) }} as k from dual""",
        [("9902a3dc3ffe71035ef18229afae9987",)],
    ),
    "distance": (
        # Zurich to Bern
        "select round({{ dbt_utils.haversine_distance(47.3769, 8.5417, 46.948, 7.4474, 'km') }}) as km from dual",
        [(96,)],
    ),
    "united": (
        """select id, case when "_DBT_SOURCE_RELATION" like '%a' then 'a' else 'b' end as src from ("""
        "{{ dbt_utils.union_relations([source('raw', 'a'), source('raw', 'b')]) }}) where id = 2",
        [(2, "a"), (2, "b")],
    ),
    "tables": (
        'select name from (select t.*, "table_name" as name from ('
        "{{ dbt_utils.get_tables_by_pattern_sql(target.schema, 'A%', 'AX%') }}) t)",
        [("A",)],
    ),
    "zones": (
        f"select {{{{ dbt_date.convert_timezone(\"{MOMENT}\", 'Asia/Tokyo', 'UTC') }}}} as x from dual",
        [(datetime(2021, 3, 7, 22, 14, 15),)],
    ),
    "parts": (
        "select "
        + ", ".join(
            f'{{{{ dbt_date.date_part("{part}", "{MOMENT}") }}}} as p{number}'
            for number, part in enumerate(["year", "quarter", "dayofyear", "hour", "epoch"])
        )
        + " from dual",
        [(2021, 1, 66, 13, 1615122855)],
    ),
    "names_of": (
        f'select {{{{ dbt_date.day_name("{MOMENT}") }}}} as a, {{{{ dbt_date.day_name("{MOMENT}", false) }}}} as b,'
        f' {{{{ dbt_date.month_name("{MOMENT}") }}}} as c, {{{{ dbt_date.month_name("{MOMENT}", false) }}}} as d'
        " from dual",
        [("Sun", "Sunday", "Mar", "March")],
    ),
    "weeks": (
        f'select {{{{ dbt_date.day_of_week("{MOMENT}") }}}} as a, {{{{ dbt_date.day_of_week("{MOMENT}", false) }}}} as b,'
        f' {{{{ dbt_date.week_start("{MOMENT}") }}}} as c, {{{{ dbt_date.week_end("{MOMENT}") }}}} as d,'
        f' {{{{ dbt_date.iso_week_start("{MOMENT}") }}}} as e, {{{{ dbt_date.iso_week_of_year("{MOMENT}") }}}} as f'
        " from dual",
        [(7, 1, datetime(2021, 3, 7), datetime(2021, 3, 13), datetime(2021, 3, 1), 9)],
    ),
    "epochs": (
        f'select {{{{ dbt_date.from_unixtimestamp(1615122855) }}}} as a, {{{{ dbt_date.to_unixtimestamp("{MOMENT}") }}}}'
        " as b from dual",
        [(datetime(2021, 3, 7, 13, 14, 15), 1615122855)],
    ),
    "compared": (
        "{{ audit_helper.compare_queries('" + ROWS.replace("{{ target.schema }}.", "' ~ target.schema ~ '.") + "a',"
        " 'select * from ' ~ target.schema ~ '.b') }}",
        [(1, 1, 1, 16.67), (1, 0, 3, 50), (0, 1, 2, 33.33)],
    ),
    "by_column": (
        "{{ audit_helper.compare_column_values('select * from ' ~ source('raw', 'c'), 'select * from ' ~ source('raw', 'b'),"
        " 'id', 'name', emojis=false) }}",
        [
            ("name", "perfect match", 1, 25),
            ("name", "missing from a", 1, 25),
            ("name", "missing from b", 1, 25),
            ("name", "value is null in b only", 1, 25),
        ],
    ),
    "all_columns": (
        "{{ audit_helper.compare_all_columns(source('raw', 'c'), source('raw', 'b'), 'id') }}",
        [("ID", 2, 0, 0, 1, 1, 0), ("N", 1, 0, 0, 1, 1, 1), ("NAME", 1, 1, 1, 1, 1, 1)],
    ),
    "columns_of": (
        "select column_name, in_both from ({{ audit_helper.compare_relation_columns(source('raw', 'a'), source('raw', 'b')) }})",
        [("ID", 1), ("NAME", 1), ("N", 1)],
    ),
    "differing": (
        "{{ audit_helper.compare_which_query_columns_differ('select * from ' ~ source('raw', 'c'),"
        " 'select * from ' ~ source('raw', 'b'), ['id'], ['id', 'name', 'n']) }}",
        [("id", 0), ("name", 1), ("n", 1)],
    ),
    "identical": (
        "{{ audit_helper.quick_are_queries_identical('select * from ' ~ source('raw', 'a'),"
        " 'select * from ' ~ source('raw', 'a'), ['id', 'name']) }}",
        [(1,)],
    ),
    "not_identical": (
        "{{ audit_helper.quick_are_queries_identical('select * from ' ~ source('raw', 'a'),"
        " 'select distinct * from ' ~ source('raw', 'b'), ['id', 'name']) }}",
        [(0,)],
    ),
    "week_numbers": (
        f'select {{{{ dbt_date.week_of_year("{MOMENT}") }}}} as a, {{{{ dbt_date.iso_week_end("{MOMENT}") }}}} as b from dual',
        [(9, datetime(2021, 3, 7))],
    ),
    "base_dates": (
        "{{ dbt_date.get_base_dates('2024-02-28', '2024-03-02') }}",
        [(datetime(2024, 2, 28),), (datetime(2024, 2, 29),), (datetime(2024, 3, 1),)],
    ),
    "fiscal": (
        # the Saturdays nearest to the ends of January 2021 and 2022 are 30 January and 29 January
        "select min(date_day) as first_day, max(date_day) as last_day, max(fiscal_week_of_year) as weeks, max(fiscal_year_number)"
        " as year from ({{ dbt_date.get_fiscal_year_dates('days', 1, 1, 1) }})"
        " where fiscal_year_number = 2021",
        [(datetime(2021, 1, 31), datetime(2022, 1, 29), 52, 2021)],
    ),
    "classified": (
        "select id, dbt_audit_in_a as in_a, dbt_audit_row_status as status, dbt_audit_num_rows_in_status as of_status from ("
        "{{ flext_dbt_oracle.oracle_compare_and_classify('select * from ' ~ source('raw', 'c'),"
        " 'select * from ' ~ source('raw', 'b'), ['id'], ['name', 'n']) }})",
        [
            (4, 0, "added", 1),
            (1, 1, "identical", 1),
            (2, 1, "modified", 1),
            (2, 0, "modified", 1),
            (3, 1, "removed", 1),
        ],
    ),
    "median": ("select {{ dbt_expectations.percentile_cont('n', 0.5) }} as x from a", [(2.5,)]),
    "medians": (
        "select distinct id, {{ dbt_expectations.percentile_cont('n', 0.5, 'id') }} as x from a order by id",
        [(1, 2.5), (2, 2), (3, 3)],
    ),
    "random": (
        "select count(*) as x from a where {{ dbt_expectations.rand() }} between 0 and 1",
        [(4,)],
    ),
    "digest": (
        """select {{ dbt_expectations.md5("'a'") }} as x from dual""",
        [("0cc175b9c0f1b6a831c399e269772661",)],
    ),
    "expression_found": (
        """select {{ dbt_expectations.regexp_instr("'ab12'", '[0-9]+') }} as a, """
        """{{ dbt_expectations.regexp_instr("'xABAB'", 'ab', 1, 2, false, 'i') }} as b from dual""",
        [(3, 4)],
    ),
    "selected": (
        "select col_1, expression from ({{ dbt_expectations.get_select(source('raw', 'a'), 'sum(n)', 'n > 1', ['id']) }})"
        " order by col_1",
        [(1, 4), (2, 2), (3, 3)],
    ),
    "moment_type": (
        "select cast(date '2024-01-02' as {{ dbt_expectations.type_timestamp() }}) as x from dual",
        [(datetime(2024, 1, 2),)],
    ),
    "logarithm": ("select round({{ dbt_expectations.log_natural(10) }}, 5) as x from dual", [(2.30259,)]),
}
REAL_MODELS: dict[str, tuple[str, list[tuple[Any, ...]]]] = {
    "recent_dates": (
        "select count(*) as days, max(date_day) - min(date_day) as apart from (select cast(date_day as date) as date_day from"
        " ({{ dbt_date.get_base_dates(n_dateparts=3) }}))",
        [(4, 3)],
    ),
    "dimension": (
        "select date_day, prior_year_date_day, day_of_week_name, day_of_week, day_of_year, week_of_year, month_end_date,"
        " quarter_end_date from ({{ dbt_date.get_date_dimension('2024-02-29', '2024-03-01') }})",
        [
            (
                datetime(2024, 2, 29),
                datetime(2023, 2, 28),
                "Thursday",
                5,
                60,
                9,
                datetime(2024, 2, 29),
                datetime(2024, 3, 31),
            )
        ],
    ),
    "clock": (
        "select {{ dbt_date.tomorrow() }} - {{ dbt_date.yesterday() }} as days,"
        " {{ dbt_date.n_days_away(2) }} - {{ dbt_date.n_days_ago(1) }} as more, {{ dbt_date.periods_since(dbt_date.now()) }} as none"
        " from dual",
        [(2, 3, 0)],
    ),
    "months_around": (
        "select months_between({{ dbt_date.next_month() }}, {{ dbt_date.last_month() }}) as months,"
        " {{ dbt_date.next_week() }} - {{ dbt_date.last_week() }} as days,"
        " mod({{ dbt_date.next_month_number() }} - {{ dbt_date.last_month_number() }} + 12, 12) as numbers,"
        f' {{{{ dbt_date.round_timestamp("{MOMENT}") }}}} as rounded, {{{{ dbt_date.day_of_month("{MOMENT}") }}}} as day_of_month,'
        f' {{{{ dbt_date.day_of_year("{MOMENT}") }}}} as day_of_year from dual',
        [(2, 14, 2, datetime(2021, 3, 8), 7, 66)],
    ),
    "parts_of_url": (
        """select {{ dbt_utils.get_url_host("'https://shop.example.com/a/b?utm=mail&x=1'") }} as host,"""
        """ {{ dbt_utils.get_url_path("'https://shop.example.com/a/b?utm=mail&x=1'") }} as path,"""
        """ {{ dbt_utils.get_url_parameter("'https://shop.example.com/a/b?utm=mail&x=1'", 'utm') }} as utm from dual""",
        [("shop.example.com", "a/b", "mail")],
    ),
    "sums": (
        "select {{ dbt_utils.safe_add(['1', 'null']) }} as a, {{ dbt_utils.safe_subtract(['3', 'null']) }} as b,"
        " {{ dbt_utils.safe_divide('1', '0') }} as c, {{ dbt_utils.width_bucket('5', '0', '10', '2') }} as d from dual",
        [(1, 3, None, 2)],
    ),
    "pivoted": (
        "select id, {{ dbt_utils.pivot('name', ['one', 'two'], quote_identifiers=false) }} from {{ source('raw', 'b') }}"
        " group by id order by id",
        [(1, 1, 0), (2, 0, 0), (4, 0, 0)],
    ),
    "unpivoted": (
        "select upper(what) as what, n from ({{ dbt_utils.unpivot(source('raw', 'ranges'), cast_to='number', exclude=['at'],"
        " field_name='what', value_name='n') }}) order by n",
        [("LO", 1), ("HI", 2), ("LO", 3), ("HI", 4)],
    ),
    "starred": (
        "select {{ dbt_utils.star(source('raw', 'b'), except=['N']) }} from {{ source('raw', 'b') }} where id = 4",
        [(4, "four")],
    ),
    "counted": (
        "select total_records from ({{ audit_helper.compare_row_counts(source('raw', 'a'), source('raw', 'b')) }})"
        " order by total_records",
        [(3,), (4,)],
    ),
    "values_of": (
        "select '{{ dbt_utils.get_column_values(source('raw', 'b'), 'id', order_by='id') | join('-') }}' as x,"
        " '{{ dbt_utils.get_single_value('select count(*) from ' ~ source('raw', 'a')) }}' as y,"
        " '{{ dbt_utils.get_filtered_columns_in_relation(source('raw', 'b'), except=['N']) | join('-') }}' as z from dual",
        [("1-2-4", "4", "ID-NAME")],
    ),
}
CODEGEN = {
    "codegen.generate_source(target.schema, generate_columns=true, table_pattern='AX')": "- name: id\n            data_type: number",
    "codegen.generate_base_model('raw', 'b')": "        id,\n        name,\n        n",
    "codegen.generate_model_yaml(['series'])": "- name: generated_number\n        data_type: number",
    "codegen.generate_model_import_ctes('dedup')": "with ",
    "codegen.generate_unit_test_template('united')": '- input: source("raw", "a")',
}

# test name: (model it is on, the YAML of the test, whether it passes)
DATA_TESTS: dict[str, tuple[str, str, bool]] = {
    "true_holds": ("a", "dbt_expectations.expression_is_true: {arguments: {expression: n > 0}}", True),
    "true_fails": ("a", "dbt_expectations.expression_is_true: {arguments: {expression: n > 1}}", False),
    "true_unknown": (
        "a",
        "dbt_expectations.expression_is_true: {arguments: {expression: name is not null or name > 'a'}}",
        True,
    ),
    "true_grouped": (
        "a",
        "dbt_expectations.expression_is_true: {arguments: {expression: count(*) < 2, group_by_columns: [id]}}",
        False,
    ),
    "near_the_mean": (
        "a",
        "dbt_expectations.expect_column_values_to_be_within_n_stdevs: {arguments: {column_name: n, group_by: [id, name]}}",
        True,
    ),
    "far_from_the_mean": (
        "a",
        "dbt_expectations.expect_column_values_to_be_within_n_stdevs: {arguments: {column_name: n, group_by: [id],"
        " sigma_threshold: 0.5}}",
        False,
    ),
    "rows_equal": ("a", "dbt_utils.equal_rowcount: {arguments: {compare_model: \"source('raw', 'a')\"}}", True),
    "rows_differ": ("a", "dbt_utils.equal_rowcount: {arguments: {compare_model: \"source('raw', 'b')\"}}", False),
    "rows_differ_by_group": (
        "a",
        "dbt_utils.equal_rowcount: {arguments: {compare_model: \"source('raw', 'b')\", group_by_columns: [id]}}",
        False,
    ),
    "fewer": ("b", "dbt_utils.fewer_rows_than: {arguments: {compare_model: \"source('raw', 'a')\"}}", True),
    "not_fewer": ("a", "dbt_utils.fewer_rows_than: {arguments: {compare_model: \"source('raw', 'b')\"}}", False),
    "some_value": ("a", "dbt_utils.at_least_one: {arguments: {column_name: name}}", True),
    "no_value": ("blank", "dbt_utils.at_least_one: {arguments: {column_name: nothing}}", False),
    "no_value_in_a_group": (
        "a",
        "dbt_utils.at_least_one: {arguments: {column_name: name, group_by_columns: [id]}}",
        False,
    ),
    "recent": ("ranges", "dbt_utils.recency: {arguments: {datepart: day, field: at, interval: 1}}", True),
    "not_recent": ("ranges", "dbt_utils.recency: {arguments: {datepart: hour, field: at - 1, interval: 1}}", False),
    # midnight of yesterday is one day ago by the calendar, and more than 24 hours by the clock
    "recent_by_day": (
        "ranges",
        "dbt_utils.recency: {arguments: {datepart: day, field: trunc(at) - 1, interval: 1, ignore_time_component: true}}",
        True,
    ),
    "not_recent_by_clock": (
        "ranges",
        "dbt_utils.recency: {arguments: {datepart: day, field: trunc(at) - 1, interval: 1, group_by_columns: [lo]}}",
        False,
    ),
    "not_blank": ("a", "dbt_utils.not_empty_string: {arguments: {column_name: name}}", True),
    "blank": ("blank", "dbt_utils.not_empty_string: {arguments: {column_name: blanks}}", False),
    "ranges_apart": (
        "ranges",
        "dbt_utils.mutually_exclusive_ranges: {arguments: {lower_bound_column: lo, upper_bound_column: hi}}",
        True,
    ),
    "ranges_without_gaps": (
        "ranges",
        "dbt_utils.mutually_exclusive_ranges: {arguments: {lower_bound_column: lo, upper_bound_column: hi,"
        " gaps: not_allowed}}",
        False,
    ),
    "ranges_overlap": (
        "overlaps",
        "dbt_utils.mutually_exclusive_ranges: {arguments: {lower_bound_column: lo, upper_bound_column: hi}}",
        False,
    ),
}
REAL_ONLY = {
    "real_sums_equal": (
        "a",
        "dbt_expectations.expect_table_aggregation_to_equal_other_table: {arguments: {expression: sum(n),"
        " compare_model: \"source('raw', 'c')\", group_by: [id]}}",
        False,
    ),
    "real_rows_equal": (
        "b",
        "dbt_expectations.expect_table_row_count_to_equal_other_table: {arguments: {compare_model: \"source('raw', 'c')\"}}",
        True,
    ),
    "real_expression": (
        "c",
        "dbt_expectations.equal_expression: {arguments: {expression: sum(n), compare_expression: sum(id), group_by: [id]}}",
        True,
    ),
    "real_regex": (
        "a",
        "dbt_expectations.expect_column_values_to_match_regex: {arguments: {column_name: name, regex: '^[a-z]+$'}}",
        True,
    ),
    "real_like": (
        "a",
        "dbt_expectations.expect_column_values_to_match_like_pattern: {arguments: {column_name: name, like_pattern: 'o%'}}",
        False,
    ),
    "real_pairs": (
        "b",
        "dbt_expectations.expect_column_pair_values_A_to_be_greater_than_B: {arguments: {column_A: n, column_B: id,"
        " or_equal: true}}",
        True,
    ),
    "real_unique": (
        "a",
        "dbt_expectations.expect_compound_columns_to_be_unique: {arguments: {column_list: [id]}}",
        False,
    ),
    "real_null": (
        "blank",
        "dbt_expectations.expect_column_values_to_be_null: {arguments: {column_name: nothing}}",
        True,
    ),
    "real_mean": (
        "a",
        "dbt_expectations.expect_column_mean_to_be_between: {arguments: {column_name: n, min_value: 2.5, max_value: 2.5}}",
        True,
    ),
    "real_median": (
        "a",
        "dbt_expectations.expect_column_median_to_be_between: {arguments: {column_name: n, min_value: 3}}",
        False,
    ),
    "real_sum": (
        "a",
        "dbt_expectations.expect_column_sum_to_be_between: {arguments: {column_name: n, min_value: 10}}",
        True,
    ),
    "real_increasing": (
        "a",
        "dbt_expectations.expect_column_values_to_be_increasing: {arguments: {column_name: id, sort_column: n}}",
        False,
    ),
    "real_equality": ("a", "dbt_utils.equality: {arguments: {compare_model: \"source('raw', 'a')\"}}", True),
    "real_inequality": ("a", "dbt_utils.equality: {arguments: {compare_model: \"source('raw', 'c')\"}}", False),
    "real_expression_is_true": ("a", "dbt_utils.expression_is_true: {arguments: {expression: n > 1}}", False),
    "real_sequence": ("a", "dbt_utils.sequential_values: {arguments: {column_name: n, interval: 1}}", True),
    "real_combination": (
        "a",
        "dbt_utils.unique_combination_of_columns: {arguments: {combination_of_columns: [id, n]}}",
        True,
    ),
    "real_constant": ("a", "dbt_utils.not_constant: {arguments: {column_name: n}}", True),
    "real_proportion": ("a", "dbt_utils.not_null_proportion: {arguments: {column_name: name, at_least: 0.9}}", False),
    "real_cardinality": (
        "a",
        "dbt_utils.cardinality_equality: {arguments: {column_name: n, to: \"source('raw', 'a')\", field: n}}",
        True,
    ),
    "real_relationships": (
        "a",
        "dbt_utils.relationships_where: {arguments: {column_name: id, to: \"source('raw', 'b')\", field: id,"
        " from_condition: id < 3}}",
        True,
    ),
    "real_not_accepted": ("a", "dbt_utils.not_accepted_values: {arguments: {column_name: n, values: ['9']}}", True),
    "real_accepted_range": ("a", "dbt_utils.accepted_range: {arguments: {column_name: n, min_value: 2}}", False),
    "real_in_set": (
        "a",
        "dbt_expectations.expect_column_distinct_count_to_equal: {arguments: {column_name: id, value: 3}}",
        True,
    ),
    "real_between": (
        "a",
        "dbt_expectations.expect_column_values_to_be_between: {arguments: {column_name: n, min_value: 2, max_value: 9}}",
        False,
    ),
    "real_max": (
        "a",
        "dbt_expectations.expect_column_max_to_be_between: {arguments: {column_name: n, min_value: 4, max_value: 4}}",
        True,
    ),
    "real_length": (
        "a",
        "dbt_expectations.expect_column_value_lengths_to_equal: {arguments: {column_name: name, value: 3}}",
        True,
    ),
    "real_row_count": (
        "a",
        "dbt_expectations.expect_table_row_count_to_equal: {arguments: {value: 4}}",
        True,
    ),
}
TABLES = (
    "create table a (id number, name varchar2(10), n number)",
    "insert into a values (1, 'one', 1)",
    "insert into a values (2, 'two', 2)",
    "insert into a values (3, null, 3)",
    "insert into a values (1, 'aaa', 4)",
    "create table b (id number, name varchar2(10), n number)",
    "insert into b values (1, 'one', 1)",
    "insert into b values (2, null, 5)",
    "insert into b values (4, 'four', 4)",
    "create table c (id number, name varchar2(10), n number)",
    "insert into c values (1, 'one', 1)",
    "insert into c values (2, 'two', 2)",
    "insert into c values (3, null, 3)",
    "create table ax (id number)",
    "create table ranges (lo number, hi number, at date)",
    "insert into ranges values (1, 2, cast(sys_extract_utc(systimestamp) as date))",
    "insert into ranges values (3, 4, cast(sys_extract_utc(systimestamp) as date))",
    "create table overlaps (lo number, hi number)",
    "insert into overlaps values (1, 3)",
    "insert into overlaps values (2, 4)",
    "create table days as select date_day, extract(year from date_day) as year_number, extract(month from date_day) as month_of_year,"
    " mod(trunc(date_day) - trunc(date_day, 'IW') + 1, 7) + 1 as day_of_week, last_day(date_day) as month_end_date"
    " from (select date '2020-01-01' + level - 1 as date_day from dual connect by level <= 1096)",
    "create table blank (blanks varchar2(5), nothing number)",
    "insert into blank values ('  ', null)",
)


def models() -> dict[str, tuple[str, list[tuple[Any, ...]]]]:
    return MODELS | (REAL_MODELS if CHECKOUTS else {})


def data_tests() -> dict[str, tuple[str, str, bool]]:
    return DATA_TESTS | (REAL_ONLY if CHECKOUTS else {})


def schema_file() -> str:
    tables: dict[str, dict[str, Any]] = {
        name: {"name": name} for name in ("a", "b", "c", "ranges", "overlaps", "blank")
    }
    for name, (table, text, _passes) in data_tests().items():
        ((test, body),) = yaml.safe_load(text).items()
        tables[table].setdefault("data_tests", []).append({test: {"name": name, **body}})
    source = {"name": "raw", "schema": "{{ target.schema }}", "tables": list(tables.values())}
    return yaml.safe_dump({"version": 2, "sources": [source]})


@pytest.fixture(scope="module")
def built(new_project: Callable[..., Project], tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, Outcome]:
    folder = tmp_path_factory.mktemp("packages")
    for name in NAMES:
        if CHECKOUTS:
            shutil.copytree(Path(CHECKOUTS) / name, folder / name)
            (folder / name / "packages.yml").unlink(missing_ok=True)  # each is in the project's own packages.yml
        else:
            stand_in(folder / name, name)
    project = new_project(
        {f"models/{name}.sql": sql for name, (sql, _rows) in models().items()} | {"models/sources.yml": schema_file()}
    )
    packages = yaml.safe_load((project.root / "packages.yml").read_text())
    packages["packages"] += [{"local": str(folder / name)} for name in NAMES]
    (project.root / "packages.yml").write_text(yaml.safe_dump(packages))
    project.configure(vars={"dbt_date:time_zone": "UTC"})
    project.execute(*TABLES)
    project.dbt("compile")
    project.dbt("run", "--select", "series")
    return project, project.dbt("test", fails=True)


@pytest.mark.parametrize("name", models())
def test_the_macro_gives_these_rows(built: tuple[Project, Outcome], name: str) -> None:
    compiled = built[0].root / "target/compiled/shop/models" / f"{name}.sql"
    assert built[0].query(compiled.read_text()) == models()[name][1]


@pytest.mark.parametrize("name", data_tests())
def test_the_data_test_passes_or_fails(built: tuple[Project, Outcome], name: str) -> None:
    assert built[1].status(name) == ("pass" if data_tests()[name][2] else "fail"), built[1].message(name)


if CHECKOUTS:

    @pytest.mark.parametrize("call", CODEGEN)
    def test_codegen_writes(built: tuple[Project, Outcome], call: str) -> None:
        assert CODEGEN[call] in built[0].dbt("compile", "--inline", f"{{{{ {call} }}}}").log


def called_in(*texts: str) -> dict[str, list[str]]:
    """The packages' macros that are called in some texts, by package."""
    called = re.findall(rf"\b({'|'.join(NAMES)})\.(\w+)", " ".join(texts))
    return {package: sorted({macro for of, macro in called if of == package}) for package in NAMES}


def table_of_macros() -> str:
    always = called_in(*(sql for sql, _ in MODELS.values()), *(text for _, text, _ in DATA_TESTS.values()))
    real = called_in(*(sql for sql, _ in REAL_MODELS.values()), *(text for _, text, _ in REAL_ONLY.values()), *CODEGEN)
    lines = ["| package | mended: rows compared in `make test` | and on the real package |", "|---|---|---|"]
    for package in NAMES:
        besides = [macro for macro in real[package] if macro not in always[package]]
        lines.append(f"| {package} | {', '.join(always[package])} | {', '.join(besides)} |")
    return "\n".join(lines)


def test_the_readme_lists_the_macros_that_are_tested_and_no_other() -> None:
    readme = (Path(__file__).parents[1] / "README.md").read_text()
    assert table_of_macros() in readme, f"put this into the README:\n{table_of_macros()}"


def test_group_by_position_is_refused_by_name(built: tuple[Project, Outcome]) -> None:
    outcome = built[0].dbt("compile", "--inline", "select {{ dbt_utils.group_by(2) }} from dual", fails=True)
    assert "Oracle does not group by position" in outcome.log
