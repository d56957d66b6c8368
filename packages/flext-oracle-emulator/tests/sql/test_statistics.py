"""Rank correlations, tests of hypotheses and approximate aggregates, on samples whose results are in textbooks."""

from __future__ import annotations

import math
from typing import Any

import psycopg
import pytest
from flext_oracle_emulator.errors import OracleError

#: x, y, group, outcome
SAMPLE = [
    (1, 2, "a", "y"),
    (2, 1, "a", "n"),
    (3, 4, "a", "y"),
    (4, 3, "b", "y"),
    (5, 5, "b", "n"),
    (6, 7, "b", "n"),
    (7, 6, "b", "n"),
]


def value(db: Any, expression: str) -> float:
    rows = " union all ".join(f"select {x} x, {y} y, '{g}' g, '{o}' o from dual" for x, y, g, o in SAMPLE)
    return float(db.value(f"select {expression} from ({rows} union all select null, 1, 'a', null from dual)"))


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("corr_s(x, y)", 1 - 6 * 6 / (7 * 48)),  # 1 - 6 sum d^2 / n (n^2 - 1)
        ("corr_s(x, y, 'COEFFICIENT')", 1 - 6 * 6 / (7 * 48)),
        ("corr_k(x, y)", (18 - 3) / 21),
        ("corr_s(x, x * x)", 1.0),
        ("corr_k(x, -x)", -1.0),
        ("corr_k(x, trunc(x / 2))", 18 / math.sqrt(21 * 18)),  # ties
        ("stats_t_test_one(x, 3, 'STATISTIC')", 1 / (math.sqrt(28 / 6) / math.sqrt(7))),
        ("stats_t_test_one(x, 3, 'DF')", 6),
        ("stats_t_test_one(x, 3)", 0.26656),
        ("stats_t_test_one(x, 3, 'ONE_SIDED_SIG')", 0.26656 / 2),
        ("stats_t_test_paired(x, y, 'STATISTIC')", 0.0),
        ("stats_t_test_paired(x, y)", 1.0),
        ("stats_t_test_indep(g, x, 'STATISTIC', 'b')", 3.5 / math.sqrt(7 / 5 * (1 / 3 + 1 / 4))),
        ("stats_t_test_indep(g, x, 'DF')", 5),
        ("stats_t_test_indep(g, x)", 0.011725),
        ("stats_t_test_indepu(g, x, 'DF')", 4.9593),
        ("stats_one_way_anova(g, x, 'F_RATIO')", 15.0),
        ("stats_one_way_anova(g, x, 'SUM_SQUARES_BETWEEN')", 21.0),
        ("stats_one_way_anova(g, x, 'SUM_SQUARES_WITHIN')", 7.0),
        ("stats_one_way_anova(g, x)", 0.011725),
        ("stats_crosstab(g, o, 'CHISQ_OBS')", 7 * (2 * 3 - 1 * 1) ** 2 / (3 * 4 * 3 * 4)),
        ("stats_crosstab(g, o, 'CHISQ_DF')", 1),
        ("stats_crosstab(g, o)", math.erfc(math.sqrt(7 * 25 / 144 / 2))),
        ("stats_crosstab(g, o, 'CRAMERS_V')", 5 / 12),
        ("stats_binomial_test(o, 'y', 0.5, 'EXACT_PROB')", 35 / 128),
        ("stats_binomial_test(o, 'y', 0.5, 'ONE_SIDED_PROB_OR_MORE')", 99 / 128),
        ("stats_binomial_test(o, 'y', 0.5, 'ONE_SIDED_PROB_OR_LESS')", 64 / 128),
        ("approx_median(x)", 4),
        ("approx_median(x deterministic)", 4),
        ("approx_percentile(0.25) within group (order by x)", 2.5),
        ("approx_percentile(0.25 deterministic) within group (order by x desc)", 5.5),
    ],
)
def test_statistics(db: Any, expression: str, result: float) -> None:
    assert value(db, expression) == pytest.approx(result, rel=1e-4, abs=1e-9)


@pytest.mark.parametrize(
    ("expression", "named"),
    [
        ("stats_f_test(g, x)", "STATS_F_TEST"),
        ("corr_s(x, y, 'TWO_SIDED_SIG')", "TWO_SIDED_SIG of CORR_S"),
        ("stats_binomial_test(o, 'y', 0.5)", "TWO_SIDED_PROB"),
        ("approx_median(x, 'ERROR_RATE')", "the accuracy of APPROX_MEDIAN"),
        ("approx_count(*)", "APPROX_COUNT"),
    ],
)
def test_what_is_missing_is_named(db: Any, expression: str, named: str) -> None:
    with pytest.raises(OracleError, match=named) as caught:
        value(db, expression)
    assert caught.value.code == 3001


def test_collations_are_the_binary_ones(db: Any) -> None:
    assert db.rows(
        "select collation(name), nls_collation_id('binary_ci'), nls_collation_name(81919) from emp where id = 1"
    ) == [("USING_NLS_COMP", 147455, "BINARY_AI")]
    with pytest.raises(psycopg.DatabaseError, match="3001"):
        db.value("select nls_collation_id('GERMAN') from dual")


def test_collate_needs_extended_strings(db: Any) -> None:
    with pytest.raises(OracleError) as caught:
        db.value("select 1 from emp where name = 'ada' collate binary_ci")
    assert caught.value.code == 43929
