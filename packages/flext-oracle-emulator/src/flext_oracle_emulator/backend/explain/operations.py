"""PostgreSQL's plan (EXPLAIN's JSON) as the steps that Oracle would name: what PLAN_TABLE holds.

The plan is PostgreSQL's own, its costs and estimates too; only the names are Oracle's.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .predicates import conjuncts, is_partition_test, predicates

Node = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Index:
    name: str
    unique: bool
    columns: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What the plan does not tell.

    `indexes` by PostgreSQL's schema and name, `partitions` of partitioned tables by owner and name as (method, count), `binds`
    the names of `$1..`, `distinct` whether a query block of the statement is SELECT DISTINCT.
    """

    indexes: Mapping[tuple[str, str], Index]
    partitions: Mapping[tuple[str, str], tuple[str, int]]
    binds: Sequence[str]
    distinct: bool


@dataclass(slots=True)
class Step:
    """One row of PLAN_TABLE with the steps below it."""

    operation: str
    options: str | None = None
    children: list[Step] = field(default_factory=list)
    owner: str | None = None
    name: str | None = None
    alias: str | None = None
    type: str | None = None
    cost: int | None = None
    rows: int | None = None
    bytes: int | None = None
    access: str | None = None
    filter: str | None = None
    partition: tuple[str, str] | None = None


def steps(plan: Node, facts: Facts, statement: str, target: tuple[str, str] | None = None) -> Step:
    """The whole plan below `SELECT STATEMENT` (or what `statement` is). CREATE TABLE .. AS loads `target`."""
    writer = _Writer(plan, facts)
    step = (
        writer.multi_insert(plan) if statement == "INSERT" and plan["Node Type"] != "ModifyTable" else writer.step(plan)
    )
    if target is not None:
        step = _like(Step("LOAD AS SELECT", children=[step], owner=target[0], name=target[1], type="TABLE"), plan)
    root = _like(Step(f"{statement} STATEMENT", children=[*writer.scalar, step]), plan)
    if plan["Node Type"] == "ModifyTable":
        root.rows, root.bytes = step.rows, step.bytes
    return root


def _like(step: Step, node: Node) -> Step:
    """With the node's costs and estimates."""
    step.cost = max(1, math.ceil(node.get("Total Cost", 0)))
    step.rows = max(1, int(node.get("Plan Rows", 1)))
    step.bytes = step.rows * max(1, int(node.get("Plan Width", 0)))
    return step


def _children(node: Node) -> list[Node]:
    """The inputs of a node."""
    return [child for child in node.get("Plans", ()) if child["Parent Relationship"] not in ("SubPlan", "InitPlan")]


def _everything(node: Node) -> list[Node]:
    return [node, *(found for child in node.get("Plans", ()) for found in _everything(child))]


class _Writer:
    def __init__(self, plan: Node, facts: Facts) -> None:
        self.facts = facts
        self.scalar: list[Step] = []  # subqueries of the select list: Oracle shows them before the rest
        nodes = _everything(plan)
        self.tables = {
            node["Subplan Name"].removeprefix("CTE "): node
            for node in nodes
            if node.get("Subplan Name", "").startswith("CTE ")
        }
        aliases = {node["Alias"] for node in nodes if "Alias" in node}
        self.qualified = len(aliases) > 1

    def step(self, node: Node) -> Step:
        write = _WRITERS.get(node["Node Type"])
        step = Step(node["Node Type"].upper(), children=self.inputs(node)) if write is None else write(self, node)
        if step.cost is None:
            _like(step, node)
        return self.with_subqueries(node, step)

    def inputs(self, node: Node) -> list[Step]:
        return [self.step(child) for child in _children(node)]

    def only(self, node: Node) -> Step:
        """The step of a node that has one input and no step of its own."""
        return self.step(_children(node)[0])

    def conditions(self, text: str | None) -> str | None:
        return predicates(text, self.facts.binds, qualified=self.qualified)

    def with_subqueries(self, node: Node, step: Step) -> Step:
        """Correlated subqueries of conditions stand below FILTER, those of the select list before the whole plan."""
        below = [
            self.step(child)
            for child in node.get("Plans", ())
            if child["Parent Relationship"] in ("SubPlan", "InitPlan")
            and not child.get("Subplan Name", "").startswith("CTE ")
            and (child["Node Type"] != "Result" or child.get("Plans"))
        ]
        if not below:
            return step
        if any("Plan " in node.get(key, "") for key in ("Filter", "Join Filter", "One-Time Filter", "Index Cond")):
            return _like(Step("FILTER", children=[step, *below]), node)
        self.scalar += below
        return step

    # ------------------------------------------------------------------------------------------------- tables

    def named(self, step: Step, node: Node) -> Step:
        schema = node.get("Schema", "")
        temporary = schema.startswith("gtt:")
        step.owner = "SYS" if schema in ("oracle", "pg_catalog") else schema.removeprefix("gtt:")
        step.name = node.get("Relation Name", "").upper() if step.owner == "SYS" else node.get("Relation Name")
        step.alias = node.get("Alias")
        step.type = "TABLE (TEMP)" if temporary else "TABLE"
        return _like(step, node)

    def full_scan(self, node: Node) -> Step:
        step = self.named(Step("TABLE ACCESS", "FULL"), node)
        step.filter = self.conditions(node.get("Filter"))
        return self.partitioned(step, node)

    def partitioned(self, step: Step, node: Node) -> Step:
        found = self.facts.partitions.get((step.owner or "", step.name or ""))
        if found is None:
            return step
        method, count = found
        tests = [part for part in conjuncts(node.get("Filter", "")) if is_partition_test(part)]
        if tests:
            place = str(int(tests[0].rpartition("=")[2]) + 1)
            step.partition = (place, place)
        else:
            step.partition = ("1", str(count))
        above = Step(f"PARTITION {method}", "SINGLE" if tests else "ALL", [step], partition=step.partition)
        return _like(above, node)

    def sample(self, node: Node) -> Step:
        return self.named(Step("TABLE ACCESS", "SAMPLE"), node)

    def index_scan(self, node: Node) -> Step:
        index = self.index(node, node.get("Schema", ""), node.get("Index Cond"))
        if index is None:
            step = self.named(Step("TABLE ACCESS", "BY USER ROWID"), node)
        else:
            batched = "BATCHED" if index.options != "UNIQUE SCAN" else ""
            step = self.named(Step("TABLE ACCESS", f"BY INDEX ROWID {batched}".strip(), [index]), node)
        step.filter = self.conditions(node.get("Filter"))
        return step

    def index_only(self, node: Node) -> Step:
        step = self.index(node, node.get("Schema", ""), node.get("Index Cond"))
        if step is None:
            return self.index_scan(node)
        step.filter = self.conditions(node.get("Filter"))
        return step

    def index(self, node: Node, schema: str, condition: str | None) -> Step | None:
        found = self.facts.indexes.get((schema, node["Index Name"]))
        if found is None:
            return None
        equal = sum("=" in part and ">=" not in part and "<=" not in part for part in conjuncts(condition or ""))
        if not condition:
            options = "FULL SCAN"
        elif found.unique and equal >= found.columns:
            options = "UNIQUE SCAN"
        else:
            options = "RANGE SCAN"
        if node.get("Scan Direction") == "Backward":
            options += " DESCENDING"
        step = _like(Step("INDEX", options), node)
        step.owner, step.name = schema.removeprefix("gtt:"), found.name
        step.type = "INDEX (UNIQUE)" if found.unique else "INDEX"
        step.access = self.conditions(condition)
        step.bytes = None
        return step

    def bitmap_scan(self, node: Node) -> Step:
        step = self.named(Step("TABLE ACCESS", "BY INDEX ROWID BATCHED"), node)
        step.filter = self.conditions(node.get("Filter"))
        (source,) = _children(node)
        if source["Node Type"] == "Bitmap Index Scan":
            step.children = self.bitmap(source, node)
        else:
            step.children = [_like(Step("BITMAP CONVERSION", "TO ROWIDS", self.bitmap(source, node)), source)]
        return step

    def bitmap(self, node: Node, table: Node) -> list[Step]:
        if node["Node Type"] == "Bitmap Index Scan":
            step = self.index(node, table.get("Schema", ""), node.get("Index Cond"))
            return [] if step is None else [step]
        below = []
        for child in _children(node):
            steps_ = self.bitmap(child, table)
            plain = child["Node Type"] == "Bitmap Index Scan"
            below += [_like(Step("BITMAP CONVERSION", "FROM ROWIDS", steps_), child)] if plain else steps_
        return [_like(Step("BITMAP", node["Node Type"].removeprefix("Bitmap").upper(), below), node)]

    # ---------------------------------------------------------------------------------- what is no stored table

    def result(self, node: Node) -> Step:
        below = self.inputs(node)
        condition = node.get("One-Time Filter")
        if condition is None:
            return below[0] if below else Step("FAST DUAL")
        step = Step("FILTER", children=below or [_like(Step("FAST DUAL"), node)])
        step.filter = self.conditions(condition)
        return step

    def view(self, node: Node) -> Step:
        step = Step("VIEW", children=self.inputs(node), name=_visible_name(node.get("Alias")))
        step.filter = self.conditions(node.get("Filter"))
        return step

    def with_query(self, node: Node) -> Step:
        name = node["CTE Name"]
        below = [self.step(self.tables[name])] if name in self.tables else []
        step = Step("VIEW", children=below, name=_visible_name(name))
        step.filter = self.conditions(node.get("Filter"))
        return step

    def table_function(self, node: Node) -> Step:
        return Step("COLLECTION ITERATOR", "PICKLER FETCH", name=node.get("Function Name", "").upper() or None)

    # -------------------------------------------------------------------------------------------------- joins

    def hash_join(self, node: Node) -> Step:
        """Oracle builds the hash table from the first input, PostgreSQL from the second."""
        probe, build = _children(node)
        options = _HASH_JOINS[node["Join Type"]]
        step = Step("HASH JOIN", options, [self.step(build), self.step(probe)])
        return self.joined(step, node, node.get("Hash Cond"))

    def merge_join(self, node: Node) -> Step:
        below = []
        for child in _children(node):
            step = self.step(child)
            if step.operation == "SORT" and step.options == "ORDER BY":
                step.options = "JOIN"
            below.append(step)
        return self.joined(Step("MERGE JOIN", _JOINS[node["Join Type"]], below), node, node.get("Merge Cond"))

    def nested_loops(self, node: Node) -> Step:
        outer, inner = _children(node)
        if inner.get("Alias", "").startswith("$h"):  # the generator of LEVEL
            return Step("CONNECT BY", "WITHOUT FILTERING", [_like(Step("FAST DUAL"), outer)])
        options = _JOINS[node["Join Type"]]
        if inner["Node Type"] == "Materialize" and options is None and not node.get("Join Filter"):
            buffer = _like(Step("BUFFER", "SORT", [self.step(inner)]), inner)
            return Step("MERGE JOIN", "CARTESIAN", [self.step(outer), buffer])
        return self.joined(Step("NESTED LOOPS", options, [self.step(outer), self.step(inner)]), node, None)

    def joined(self, step: Step, node: Node, access: str | None) -> Step:
        step.access = self.conditions(access)
        tests = [self.conditions(node.get(key)) for key in ("Join Filter", "Filter")]
        step.filter = " AND ".join(test for test in tests if test) or None
        return step

    # ------------------------------------------------------------------------------------------ sorts and groups

    def sort(self, node: Node) -> Step:
        below = self.only(node)
        return below if below.operation == "CONNECT BY" else Step("SORT", "ORDER BY", [below])

    def limit(self, node: Node) -> Step:
        step = self.only(node)
        if (step.operation, step.options) == ("SORT", "ORDER BY"):
            step.options = "ORDER BY STOPKEY"
            step = _like(Step("VIEW", children=[step]), node)
        return Step("COUNT", "STOPKEY", [step])

    def aggregate(self, node: Node) -> Step:
        below = self.only(node)
        strategy = node["Strategy"]
        grouped = not self.facts.distinct or any("(" in output for output in node.get("Output", ()))
        if strategy == "Plain":
            step = Step("SORT", "AGGREGATE", [below])
        elif node.get("Grouping Sets"):
            step = Step("SORT", "GROUP BY ROLLUP", _unsorted(below))
        elif strategy == "Hashed":
            step = Step("HASH", "GROUP BY" if grouped else "UNIQUE", [below])
        else:
            sorted_already = _unsorted(below) == [below]
            step = Step("SORT", "GROUP BY NOSORT" if sorted_already else "GROUP BY", _unsorted(below))
        having = self.conditions(node.get("Filter"))
        if having is None:
            return step
        return Step("FILTER", children=[_like(step, node)], filter=having)

    def unique(self, node: Node) -> Step:
        below = self.only(node)
        sorted_already = _unsorted(below) == [below]
        return Step("SORT", "UNIQUE NOSORT" if sorted_already else "UNIQUE", _unsorted(below))

    def window(self, node: Node) -> Step:
        below = self.only(node)
        if below.operation == "WINDOW":  # a window over another: Oracle computes both in one pass
            return below
        sorted_already = _unsorted(below) == [below]
        step = Step("WINDOW", "BUFFER" if sorted_already else "SORT", _unsorted(below))
        step.filter = self.conditions(node.get("Run Condition"))
        return step

    def set_operation(self, node: Node) -> Step:
        operation = "MINUS" if node["Command"].startswith("Except") else "INTERSECTION"
        return Step(operation, children=self.inputs(node))

    # ----------------------------------------------------------------------------------------------------- DML

    def multi_insert(self, plan: Node) -> Step:
        """INSERT ALL or FIRST: one WITH query for the rows, one more for each table that takes some of them."""
        inserts = {name: node for name, node in self.tables.items() if node["Node Type"] == "ModifyTable"}
        sources = [self.step(node) for name, node in self.tables.items() if name not in inserts]
        into = [self.named(Step("INTO"), node) for node in inserts.values()]
        if not sources:  # PostgreSQL reads the query once for each table
            sources = self.inputs(next(iter(inserts.values())))[:1]
        return _like(Step("MULTI-TABLE INSERT", children=[*sources, *into]), plan)

    def modify(self, node: Node) -> Step:
        operation = node["Operation"].upper()
        below = [step for step in self.inputs(node) if operation != "INSERT" or step.operation != "FAST DUAL"]
        if operation == "INSERT":
            step = Step("LOAD TABLE CONVENTIONAL", children=below)
        elif operation == "MERGE":
            step = Step("MERGE", children=[_like(Step("VIEW", children=below), node)])
        else:
            step = Step(operation, children=below)
        self.named(step, node)
        if below:
            step.rows, step.bytes = below[0].rows, below[0].bytes
        return step


def _unsorted(step: Step) -> list[Step]:
    """What a sort sorts: the step above does that itself in Oracle."""
    return step.children if (step.operation, step.options) == ("SORT", "ORDER BY") else [step]


def _visible_name(alias: str | None) -> str | None:
    """A name that the user gave; the emulator's own begin with `$`."""
    return None if alias is None or alias.startswith("$") else alias


_JOINS = {
    "Inner": None,
    "Left": "OUTER",
    "Right": "OUTER",
    "Full": "FULL OUTER",
    "Semi": "SEMI",
    "Anti": "ANTI",
    "Right Semi": "SEMI",
    "Right Anti": "ANTI",
}
_HASH_JOINS = _JOINS | {
    "Left": "RIGHT OUTER",
    "Semi": "RIGHT SEMI",
    "Anti": "RIGHT ANTI",
}
_WRITERS: dict[str, Callable[[_Writer, Node], Step]] = {
    "Seq Scan": _Writer.full_scan,
    "Sample Scan": _Writer.sample,
    "Tid Scan": _Writer.full_scan,
    "Index Scan": _Writer.index_scan,
    "Index Only Scan": _Writer.index_only,
    "Bitmap Heap Scan": _Writer.bitmap_scan,
    "Result": _Writer.result,
    "Values Scan": lambda writer, node: Step("FAST DUAL"),
    "Subquery Scan": _Writer.view,
    "CTE Scan": _Writer.with_query,
    "WorkTable Scan": lambda writer, node: Step("RECURSIVE WITH PUMP"),
    "Recursive Union": lambda writer, node: Step("UNION ALL (RECURSIVE WITH)", "BREADTH FIRST", writer.inputs(node)),
    "Function Scan": _Writer.table_function,
    "Table Function Scan": _Writer.table_function,
    "Hash Join": _Writer.hash_join,
    "Merge Join": _Writer.merge_join,
    "Nested Loop": _Writer.nested_loops,
    "Sort": _Writer.sort,
    "Incremental Sort": _Writer.sort,
    "Limit": _Writer.limit,
    "Aggregate": _Writer.aggregate,
    "Group": _Writer.aggregate,
    "Unique": _Writer.unique,
    "WindowAgg": _Writer.window,
    "SetOp": _Writer.set_operation,
    "Append": lambda writer, node: Step("UNION-ALL", children=writer.inputs(node)),
    "Merge Append": lambda writer, node: Step("SORT", "ORDER BY", [Step("UNION-ALL", children=writer.inputs(node))]),
    "LockRows": lambda writer, node: Step("FOR UPDATE", children=writer.inputs(node)),
    "ModifyTable": _Writer.modify,
    # PostgreSQL's own devices, which are no step in Oracle
    **dict.fromkeys(("Hash", "Memoize", "Materialize", "ProjectSet", "Gather", "Gather Merge"), _Writer.only),
}
