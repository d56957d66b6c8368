"""Rank correlations and tests of hypotheses: each is a function of the arrays of a group's values, and of what it shall give."""

from __future__ import annotations

from ...errors import OracleError, unsupported
from .. import ast
from ..inference import Sql, as_number, as_text
from ..names import string
from ..scope import Scope
from .core import State
from .lists import arguments

_T = ("TWO_SIDED_SIG", "STATISTIC", "ONE_SIDED_SIG", "DF")
#: What each gives, by the word of its last argument; the first is what it gives without.
_RESULTS: dict[str, tuple[str, ...]] = {
    "CORR_S": ("COEFFICIENT",),
    "CORR_K": ("COEFFICIENT",),
    "STATS_T_TEST_ONE": _T,
    "STATS_T_TEST_PAIRED": _T,
    "STATS_T_TEST_INDEP": _T,
    "STATS_T_TEST_INDEPU": _T,
    "STATS_ONE_WAY_ANOVA": (
        "SIG",
        *("SUM_SQUARES_BETWEEN", "SUM_SQUARES_WITHIN", "DF_BETWEEN", "DF_WITHIN"),
        *("MEAN_SQUARES_BETWEEN", "MEAN_SQUARES_WITHIN", "F_RATIO"),
    ),
    "STATS_CROSSTAB": (
        "CHISQ_SIG",
        *("CHISQ_OBS", "CHISQ_DF", "PHI_COEFFICIENT", "CRAMERS_V", "CONT_COEFFICIENT"),
    ),
    "STATS_BINOMIAL_TEST": ("TWO_SIDED_PROB", "EXACT_PROB", "ONE_SIDED_PROB_OR_MORE", "ONE_SIDED_PROB_OR_LESS"),
}
TESTS = frozenset(_RESULTS)
_GROUPED = frozenset(("STATS_T_TEST_INDEP", "STATS_T_TEST_INDEPU", "STATS_ONE_WAY_ANOVA"))


def hypothesis(state: State, node: ast.Call, scope: Scope) -> Sql:
    name = node.name[-1]
    values = arguments(state, node, scope, 2, 4)
    if node.distinct:
        raise unsupported(f"{name}(DISTINCT ..)", node.pos)
    at = 3 if name == "STATS_BINOMIAL_TEST" else 2
    wanted = _wanted(name, node, at)
    if name in ("STATS_T_TEST_ONE", "STATS_BINOMIAL_TEST"):
        return _of_one(name, values, wanted, node.pos)
    texts = name in _GROUPED or name == "STATS_CROSSTAB"
    x = f"({as_text(values[0], node.pos).text})::text" if texts else f"({as_number(values[0], node.pos).text})::numeric"
    y = (
        f"({as_text(values[1], node.pos).text})::text"
        if name == "STATS_CROSSTAB"
        else f"({as_number(values[1], node.pos).text})::numeric"
    )
    known = f" FILTER (WHERE {x} IS NOT NULL AND {y} IS NOT NULL)"
    arrays = f"array_agg({x}){known}, array_agg({y}){known}"
    if name.startswith("STATS_T_TEST_INDEP"):
        first = f"({as_text(values[3], node.pos).text})::text" if len(values) > 3 else "NULL"
        if first == "NULL" and wanted in ("STATISTIC", "ONE_SIDED_SIG"):
            raise OracleError(938, "not enough arguments for function", node.pos)
        equal = str(name == "STATS_T_TEST_INDEP").lower()
        return Sql(f"oracle.stats_t_test_groups({arrays}, {string(wanted)}, {first}, {equal})", "numeric")
    option = "" if name.startswith("CORR") else f", {string(wanted)}"
    return Sql(f"oracle.{name.lower()}({arrays}{option})", "numeric")


def _of_one(name: str, values: list[Sql], wanted: str, pos: int) -> Sql:
    if name == "STATS_T_TEST_ONE":
        x, mean = (f"({as_number(value, pos).text})::numeric" for value in values[:2])
        return Sql(
            f"oracle.stats_t_test_one(array_agg({x}) FILTER (WHERE {x} IS NOT NULL), {mean}, {string(wanted)})",
            "numeric",
        )
    if len(values) < 3:
        raise OracleError(909, "invalid number of arguments", pos)
    x, hit = (f"({as_text(value, pos).text})::text" for value in values[:2])
    known = f"array_agg({x}) FILTER (WHERE {x} IS NOT NULL)"
    share = as_number(values[2], pos).text
    return Sql(f"oracle.stats_binomial_test({known}, {hit}, {share}, {string(wanted)})", "numeric")


def _wanted(name: str, node: ast.Call, at: int) -> str:
    known = _RESULTS[name]
    word = known[0]
    if len(node.args) > at:
        given = node.args[at]
        if not isinstance(given, ast.StringLiteral):
            raise unsupported(f"the result of {name} by an expression", node.pos)
        word = given.value.upper()
    if word not in known or word == "TWO_SIDED_PROB":
        raise unsupported(f"{word} of {name}", node.pos)
    return word
