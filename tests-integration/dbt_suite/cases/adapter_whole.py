"""The other classes of dbt-tests-adapter that dbt-oracle's own suite stands on.

Those in the first list run as they are. The rest have the SQL or the error texts of PostgreSQL, and get Oracle's in their
place; what they do and what they compare is dbt's. Not here: the classes that compare whole statements of PostgreSQL (the DDL
of constraints, ephemeral models) or its catalog, changes of a materialized view, and date_trunc, whose day is a week in
dbt-oracle; its own suite has them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from dbt.tests.adapter.basic.test_adapter_methods import BaseAdapterMethod
from dbt.tests.adapter.basic.test_incremental import BaseIncrementalNotSchemaChange
from dbt.tests.adapter.basic.test_singular_tests_ephemeral import BaseSingularTestsEphemeral
from dbt.tests.adapter.basic.test_snapshot_check_cols import BaseSnapshotCheckCols
from dbt.tests.adapter.basic.test_snapshot_timestamp import BaseSnapshotTimestamp
from dbt.tests.adapter.caching.test_caching import (
    BaseCachingLowercaseModel,
    BaseCachingUppercaseModel,
    BaseNoPopulateCache,
)
from dbt.tests.adapter.concurrency.test_concurrency import BaseConcurrency
from dbt.tests.adapter.constraints import fixtures as constraints
from dbt.tests.adapter.constraints import test_constraints
from dbt.tests.adapter.dbt_show import fixtures as show
from dbt.tests.adapter.dbt_show.test_dbt_show import BaseShowLimit, BaseShowSqlHeader
from dbt.tests.adapter.grants.test_incremental_grants import BaseIncrementalGrants
from dbt.tests.adapter.grants.test_invalid_grants import BaseInvalidGrants
from dbt.tests.adapter.grants.test_model_grants import BaseModelGrants
from dbt.tests.adapter.grants.test_seed_grants import BaseSeedGrants
from dbt.tests.adapter.grants.test_snapshot_grants import BaseSnapshotGrants
from dbt.tests.adapter.incremental import test_incremental_unique_id as unique_id
from dbt.tests.adapter.incremental.test_incremental_microbatch import BaseMicrobatch
from dbt.tests.adapter.incremental.test_incremental_predicates import BaseIncrementalPredicates
from dbt.tests.adapter.materialized_view.basic import MaterializedViewBasic
from dbt.tests.adapter.utils import fixture_cast_bool_to_text, fixture_dateadd, fixture_datediff, fixture_replace
from dbt.tests.adapter.utils.data_types.test_type_bigint import BaseTypeBigInt
from dbt.tests.adapter.utils.data_types.test_type_float import BaseTypeFloat
from dbt.tests.adapter.utils.data_types.test_type_int import BaseTypeInt
from dbt.tests.adapter.utils.data_types.test_type_numeric import BaseTypeNumeric
from dbt.tests.adapter.utils.test_cast_bool_to_text import BaseCastBoolToText
from dbt.tests.adapter.utils.test_current_timestamp import BaseCurrentTimestampNaive
from dbt.tests.adapter.utils.test_dateadd import BaseDateAdd
from dbt.tests.adapter.utils.test_datediff import BaseDateDiff
from dbt.tests.adapter.utils.test_escape_single_quotes import BaseEscapeSingleQuotesQuote
from dbt.tests.adapter.utils.test_hash import BaseHash
from dbt.tests.adapter.utils.test_last_day import BaseLastDay
from dbt.tests.adapter.utils.test_replace import BaseReplace
from dbt.tests.adapter.utils.test_string_literal import BaseStringLiteral
from dbt.tests.util import get_model_file, run_dbt, run_dbt_and_capture, set_model_file

AS_THEY_ARE = (
    BaseAdapterMethod,
    BaseCurrentTimestampNaive,
    BaseEscapeSingleQuotesQuote,
    BaseHash,
    BaseIncrementalGrants,
    BaseIncrementalNotSchemaChange,
    BaseIncrementalPredicates,
    BaseLastDay,
    BaseMicrobatch,
    BaseModelGrants,
    BaseSeedGrants,
    BaseSingularTestsEphemeral,
    BaseSnapshotCheckCols,
    BaseSnapshotGrants,
    BaseSnapshotTimestamp,
    BaseStringLiteral,
    BaseTypeBigInt,
    BaseTypeFloat,
    BaseTypeInt,
    BaseTypeNumeric,
)
for base in AS_THEY_ARE:
    name = base.__name__.replace("Base", "Test", 1)
    globals()[name] = type(name, (base,), {})
del base


class TestConcurrency(BaseConcurrency):
    pass


class TestInvalidGrants(BaseInvalidGrants):
    def grantee_does_not_exist_error(self) -> str:
        return "ORA-01917"

    def privilege_does_not_exist_error(self) -> str:
        return "ORA-00990"


class OracleFoldsToUpperCase:
    """The cache holds dbt's schema name in upper case, as the dictionary has it."""

    def run_and_inspect_cache(self, project: Any, run_args: list[str]) -> None:
        for _ in range(2):
            run_dbt(run_args)
            [relation] = project.adapter.cache.relations
            assert (relation.schema, relation.identifier) == (project.test_schema.lower(), "model")


class TestCachingLowercaseModel(OracleFoldsToUpperCase, BaseCachingLowercaseModel):
    pass


class TestCachingUppercaseModel(OracleFoldsToUpperCase, BaseCachingUppercaseModel):
    pass


class TestNoPopulateCache(OracleFoldsToUpperCase, BaseNoPopulateCache):
    pass


class TestIncrementalUniqueKey(unique_id.BaseIncrementalUniqueKey):
    """DATE literals and single statements, since a seed's dates are DATE in Oracle."""

    @pytest.fixture(scope="class")
    def models(self) -> dict[str, Any]:
        rows = (
            ("CT", "Hartford", "Hartford", "2022-02-14"),
            ("MA", "Suffolk", "Boston", "2020-02-12"),
            ("NJ", "Mercer", "Trenton", "2022-01-01"),
            ("NY", "Kings", "Brooklyn", "2021-04-02"),
            ("NY", "New York", "Manhattan", "2021-04-01"),
            ("PA", "Philadelphia", "Philadelphia", "2021-05-21"),
            ("CO", "Denver", "", "2021-06-18"),
        )
        selects = " union all ".join(
            f"select '{state}' as state, '{county}' as county, '{city}' as city, date '{day}' as last_visit_date from dual"
            for state, county, city, day in rows
        )
        expected = "{{ config(materialized='table') }} " + selects
        whole: dict[str, Any] = {
            f"{name}.sql": getattr(unique_id, f"models__{name}_sql")
            for name in (
                "trinary_unique_key_list",
                "nontyped_trinary_unique_key_list",
                "unary_unique_key_list",
                "not_found_unique_key",
                "empty_unique_key_list",
                "no_unique_key",
                "empty_str_unique_key",
                "str_unique_key",
                "duplicated_unary_unique_key_list",
                "not_found_unique_key_list",
            )
        }
        return whole | {
            "expected": {"one_str__overwrite.sql": expected, "unique_key_list__inplace_overwrite.sql": expected}
        }

    @pytest.fixture(scope="class")
    def seeds(self) -> dict[str, str]:
        insert = "insert into {schema}.seed (state, county, city, last_visit_date)"
        return {
            "seed.csv": unique_id.seeds__seed_csv,
            "duplicate_insert.sql": f"{insert} values ('CT', 'Hartford', 'Hartford', date '2022-02-14')",
            "add_new_rows.sql": f"{insert} select 'WA', 'King', 'Seattle', date '2022-02-01' from dual"
            " union all select 'CA', 'Los Angeles', 'Los Angeles', date '2022-02-01' from dual",
        }


SHOW_LIMITED = "fetch first {} rows only"


class TestShowLimit(BaseShowLimit):
    @pytest.mark.parametrize(("args", "expected"), [([], 5), (["--limit", 3], 3), (["--limit", -1], 7)])
    def test_limit(self, project: Any, args: list[Any], expected: int) -> None:
        run_dbt(["build"])
        results = run_dbt(["show", "--inline", show.models__second_ephemeral_model, *args])
        assert len(results.results[0].agate_table) == expected
        limit = results.args.get("limit")
        assert (SHOW_LIMITED.format(limit) in results.results[0].node.compiled_code) == (limit > 0)


class TestShowSqlHeader(BaseShowSqlHeader):
    """A header is put before the statement; here a comment, since PostgreSQL's WITH would need a FROM."""

    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        header = "{% call set_sql_header(config) %} -- {{ var('timezone', 'none') }}\n{%- endcall %}\n"
        return {"sql_header.sql": header + "select 1 as my_variable from dual"}


class TestCastBoolToText(BaseCastBoolToText):
    """A condition in place of a boolean, which SQL does not have before 23ai."""

    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        rows = "select 0 as input, 'false' as expected from dual union all select 1, 'true' from dual"
        sql = f"with data as ({rows}) select {{{{ cast_bool_to_text('input = 1') }}}} as actual, expected from data"
        return {
            "test_cast_bool_to_text.yml": fixture_cast_bool_to_text.models__test_cast_bool_to_text_yml,
            "test_cast_bool_to_text.sql": sql,
        }


class TestReplace(BaseReplace):
    """`*` beside other columns needs its table's name."""

    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        sql = fixture_replace.models__test_replace_sql.replace("*,", "d.*,").replace(
            "ref('data_replace') }}", "ref('data_replace') }} d"
        )
        return {"test_replace.yml": fixture_replace.models__test_replace_yml, "test_replace.sql": sql}


TIMES = "to_timestamp({}, 'YYYY-MM-DD HH24:MI:SS')"


def with_text_columns(fixture_sql: str, *columns: str) -> str:
    """The seed's times are text; they are converted where the model reads them."""
    for column in columns:
        fixture_sql = fixture_sql.replace(f"'{column}'", f'"{TIMES.format(column)}"')
    return fixture_sql


class TestDateAdd(BaseDateAdd):
    @pytest.fixture(scope="class")
    def project_config_update(self) -> dict[str, Any]:
        types = {"from_time": "varchar2(30)", "result": "varchar2(30)"}
        return {"name": "test", "seeds": {"test": {"data_dateadd": {"+column_types": types}}}}

    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        sql = with_text_columns(fixture_dateadd.models__test_dateadd_sql, "from_time")
        sql = sql.replace("result as expected", f"{TIMES.format('result')} as expected")
        return {"test_dateadd.yml": fixture_dateadd.models__test_dateadd_yml, "test_dateadd.sql": sql}


class TestDateDiff(BaseDateDiff):
    """The seed's rows; the literals after them are PostgreSQL's."""

    @pytest.fixture(scope="class")
    def project_config_update(self) -> dict[str, Any]:
        types = {"first_date": "varchar2(30)", "second_date": "varchar2(30)"}
        return {"name": "test", "seeds": {"test": {"data_datediff": {"+column_types": types}}}}

    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        sql = fixture_datediff.models__test_datediff_sql.split("-- Also test")[0]
        sql = with_text_columns(sql, "first_date", "second_date")
        return {"test_datediff.yml": fixture_datediff.models__test_datediff_yml, "test_datediff.sql": sql}


class OracleTypes:
    """What a contract compares in Oracle: the driver's names of types."""

    @pytest.fixture
    def string_type(self) -> str:
        return "CHAR"

    @pytest.fixture
    def int_type(self) -> str:
        return "NUMBER"

    @pytest.fixture
    def data_types(self) -> list[list[str]]:
        return [["1", "number", "NUMBER"], ["'1'", "char", "CHAR"], ["date '2013-11-03'", "date", "DATE"]]


SCHEMA = constraints.model_schema_yml.replace("data_type: integer", "data_type: number").replace(
    "data_type: text", "data_type: char(10)"
)


def contracted(materialized: str, id_value: str = "1", id_name: str = "id", color: str = "blue") -> str:
    config = f"materialized='{materialized}', on_schema_change='append_new_columns'"
    columns = f"'{color}' as color, {id_value} as {id_name}, cast('2019-01-01' as char(10)) as date_day"
    return f"{{{{ config({config}) }}}} select {columns} from dual"


class ColumnsEqual(OracleTypes):
    materialized = "table"

    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        return {
            "my_model_wrong_order.sql": contracted(self.materialized),
            "my_model_wrong_name.sql": contracted(self.materialized, id_name="error"),
            "constraints_schema.yml": SCHEMA,
        }


class TestTableConstraintsColumnsEqual(ColumnsEqual, test_constraints.BaseTableConstraintsColumnsEqual):
    pass


class TestViewConstraintsColumnsEqual(ColumnsEqual, test_constraints.BaseViewConstraintsColumnsEqual):
    materialized = "view"


class TestIncrementalConstraintsColumnsEqual(ColumnsEqual, test_constraints.BaseIncrementalConstraintsColumnsEqual):
    materialized = "incremental"


class Rollback:
    materialized = "table"

    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        return {"my_model.sql": contracted(self.materialized), "constraints_schema.yml": SCHEMA}

    @pytest.fixture(scope="class")
    def null_model_sql(self) -> str:
        return contracted(self.materialized, id_value="cast(null as number)", color="red")

    @pytest.fixture(scope="class")
    def expected_error_messages(self) -> list[str]:
        return ["ORA-01400", "cannot insert NULL"]


class TestTableConstraintsRollback(Rollback, test_constraints.BaseConstraintsRollback):
    pass


class TestIncrementalConstraintsRollback(Rollback, test_constraints.BaseIncrementalConstraintsRollback):
    materialized = "incremental"


class TestMaterializedView(MaterializedViewBasic):
    """Replacing one by a table or view fails in dbt-oracle (upstream skips it, flext-dbt-oracle mends it)."""

    @pytest.fixture(autouse=True)
    def setup(self, project: Any, my_materialized_view: Any) -> Iterator[None]:
        run_dbt(["seed"])
        run_dbt(["run", "--models", my_materialized_view.identifier, "--full-refresh"])
        model = get_model_file(project, my_materialized_view)
        yield
        set_model_file(project, my_materialized_view, model)
        left = project.run_sql(
            "select object_name, object_type from user_objects where object_name like 'MY!_%' escape '!'", fetch="all"
        )
        views = {name for name, kind in left if kind == "MATERIALIZED VIEW"}
        for name, kind in left:
            if (kind in {"TABLE", "VIEW"} and name not in views) or kind == "MATERIALIZED VIEW":
                project.run_sql(f"drop {kind} {name}")

    def test_materialized_view_full_refresh(self, project: Any, my_materialized_view: Any) -> None:
        """The adapter logs the name as the dictionary has it."""
        name = my_materialized_view.identifier
        _, logs = run_dbt_and_capture(["--debug", "run", "--models", name, "--full-refresh"])
        assert self.query_relation_type(project, my_materialized_view) == "materialized_view"
        assert f"Applying REPLACE to: {project.test_schema}.{name}".upper() in logs.upper()

    def test_table_replaces_materialized_view(self, project: Any, my_materialized_view: Any) -> None:
        with pytest.raises(AssertionError, match="dbt exit state"):
            super().test_table_replaces_materialized_view(project, my_materialized_view)

    def test_view_replaces_materialized_view(self, project: Any, my_materialized_view: Any) -> None:
        with pytest.raises(AssertionError, match="dbt exit state"):
            super().test_view_replaces_materialized_view(project, my_materialized_view)

    @staticmethod
    def insert_record(project: Any, table: Any, record: tuple[int, int]) -> None:
        project.run_sql(f"insert into {table} values ({record[0]}, {record[1]})")

    @staticmethod
    def refresh_materialized_view(project: Any, materialized_view: Any) -> None:
        project.run_sql(
            f"begin dbms_mview.refresh('{materialized_view.schema}.{materialized_view.identifier}', 'C'); end;"
        )

    @staticmethod
    def query_row_count(project: Any, relation: Any) -> int:
        found: int = project.run_sql(f"select count(*) from {relation}", fetch="one")[0]
        return found

    @staticmethod
    def query_relation_type(project: Any, relation: Any) -> str | None:
        rows = project.run_sql(
            f"select object_type from user_objects where object_name = '{relation.identifier.upper()}'", fetch="all"
        )
        kinds = {row[0].lower().replace(" ", "_") for row in rows}
        return "materialized_view" if "materialized_view" in kinds else next(iter(kinds), None)
