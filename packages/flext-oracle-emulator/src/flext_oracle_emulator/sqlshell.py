"""`flext-oracle-emulator sql`: runs scripts, or reads statements at a prompt, through the driver as any client does.

A statement ends with `;`, a block with a line that holds only `/`. `exit` ends the prompt; `@file` runs a script; `desc`
shows a table's columns. The driver, oracledb, is an extra of the package: `pip install flext-oracle-emulator[sql]`.
"""

from __future__ import annotations

import datetime
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from .init_scripts import is_block, script_files

if TYPE_CHECKING:
    import oracledb

_MAX_WIDTH = 60
_MAX_ROWS = 10_000
_COMMAND = re.compile(r"(?:desc(?:ribe)?\s+\S+|exit|quit|@.*);?", re.IGNORECASE)
_DESCRIBE = re.compile(r'desc(?:ribe)?\s+("[^"]+"|[\w$#.]+)\s*;?', re.IGNORECASE)


class DriverMissingError(RuntimeError):
    """The driver is not installed."""

    def __init__(self) -> None:
        super().__init__("the sql command needs the driver: pip install flext-oracle-emulator[sql]")


def connect(arguments: dict[str, str]) -> oracledb.Connection:
    """Connect as the command's user. Raises DriverMissingError."""
    try:
        import oracledb
    except ImportError as error:
        raise DriverMissingError from error
    oracledb.defaults.fetch_lobs = False
    return oracledb.connect(**arguments)


def format_value(value: object) -> str:
    """A value as a person reads it; NULL is said."""
    match value:
        case None:
            return "NULL"
        case bytes():
            return value.hex().upper()
        case float():
            return f"{value:g}" if abs(value) >= 1e15 else repr(value).removesuffix(".0")
        case datetime.datetime():
            text = value.isoformat(" ")
            return text.removesuffix(" 00:00:00")
        case _:
            return str(value).replace("\n", "\\n")


def format_table(names: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Columns under each other, numbers to the right, long values cut."""
    texts = [[format_value(value) for value in row] for row in rows]
    right = [
        bool(rows) and all(isinstance(row[i], int | float) or row[i] is None for row in rows) for i in range(len(names))
    ]
    widths = [
        min(max(len(name), *(len(row[i]) for row in texts)) if texts else len(name), _MAX_WIDTH)
        for i, name in enumerate(names)
    ]

    def line(cells: Iterable[str]) -> str:
        cut = [
            cell if len(cell) <= width else cell[: width - 1] + "…" for cell, width in zip(cells, widths, strict=True)
        ]
        padded = [
            cell.rjust(width) if to_right else cell.ljust(width)
            for cell, width, to_right in zip(cut, widths, right, strict=True)
        ]
        return "  ".join(padded).rstrip()

    return "\n".join([line(names), "  ".join("-" * width for width in widths), *(line(row) for row in texts)])


class Shell:
    """One connection and where its results go. `failures` counts the statements that failed."""

    def __init__(self, connection: oracledb.Connection, out: TextIO, err: TextIO) -> None:
        self._connection = connection
        self._out = out
        self._err = err
        self.failures = 0

    def run(self, statement: str, place: str = "") -> bool:
        """Run one statement and show what it gives; False if it failed."""
        import oracledb

        try:
            with self._connection.cursor() as cursor:
                if describe := _DESCRIBE.fullmatch(statement):
                    self._describe(cursor, describe[1])
                    return True
                cursor.execute(statement)
                self._show(cursor, statement)
        except oracledb.Error as error:
            self.failures += 1
            (details,) = error.args
            message = str(details.message).partition("\nHelp:")[0] if hasattr(details, "message") else str(error)
            self._print_error(f"{place}{message}", statement, getattr(details, "offset", 0))
            return False
        return True

    def _print_error(self, message: str, statement: str, offset: int) -> None:
        lines = statement.splitlines()
        position = offset
        for line in lines:
            if offset > 0 and position <= len(line):
                print(line, file=self._err)
                print(" " * position + "^", file=self._err)
                break
            position -= len(line) + 1
        print(message, file=self._err)

    def _describe(self, cursor: oracledb.Cursor, table: str) -> None:
        cursor.execute(f"select * from {table} where 1 = 0")
        rows = []
        for column in cursor.description or ():
            size = column.internal_size if column.precision is None else column.precision
            kind = column.type_code.name.removeprefix("DB_TYPE_")
            rows.append((column.name, kind, size, column.scale, "" if column.null_ok else "NOT NULL"))
        print(format_table(("NAME", "TYPE", "SIZE", "SCALE", "NULL?"), rows), file=self._out)

    def _show(self, cursor: oracledb.Cursor, statement: str) -> None:
        if cursor.description is not None:
            self._show_rows(cursor)
        elif is_block(statement):
            self._show_output()
            for result in _implicit_results(cursor):
                self._show_rows(result)
            print("Done." if cursor.warning is None else f"Done, but: {cursor.warning}", file=self._out)
        elif re.match(r"(insert|update|delete|merge)\b", statement, re.IGNORECASE):
            print(_counted(cursor.rowcount), file=self._out)
        else:
            print("Done.", file=self._out)

    def _show_rows(self, cursor: oracledb.Cursor) -> None:
        rows: list[tuple[Any, ...]] = cursor.fetchmany(_MAX_ROWS)
        print(format_table([str(column[0]) for column in cursor.description or ()], rows), file=self._out)
        more = " so far; the rest is not shown" if len(rows) == _MAX_ROWS and cursor.fetchone() is not None else ""
        print(f"\n{_counted(len(rows))}{more}\n", file=self._out)

    def _show_output(self) -> None:
        with self._connection.cursor() as cursor:
            line, status = cursor.var(str), cursor.var(int)
            while True:
                cursor.callproc("dbms_output.get_line", [line, status])
                if status.getvalue() != 0:
                    return
                print(line.getvalue() or "", file=self._out)

    def enable_output(self) -> None:
        with self._connection.cursor() as cursor:
            cursor.callproc("dbms_output.enable", [None])

    def run_script(self, path: Path, *, go_on: bool) -> bool:
        """Run a script, or a folder's; False if a statement failed, which ends it unless `go_on`."""
        before = self.failures
        for file in script_files([path]):
            for number, statement in read_statements(file.read_text(encoding="utf-8").splitlines()):
                if not self.run(statement, f"{file}:{number}: ") and not go_on:
                    return False
        self._connection.commit()
        return self.failures == before

    def prompt(self, lines: Iterable[str], *, interactive: bool) -> None:
        """Run statements as they are complete."""
        ask = self._ask if interactive else None
        for _, statement in read_statements(lines, ask):
            if statement.lower() in ("exit", "quit"):
                break
            if statement.startswith("@"):
                self.run_script(Path(statement[1:].strip()), go_on=True)
            else:
                self.run(statement)
        self._connection.commit()

    def _ask(self, pending: int) -> None:
        print(f"{pending + 1:3}  " if pending else "SQL> ", end="", file=self._out, flush=True)


def read_statements(lines: Iterable[str], ask: Callable[[int], None] | None = None) -> Iterator[tuple[int, str]]:
    """Yield statements, and the shell's own commands, with the number of their first line, without what ends them.

    `ask` is called before each line with the number of lines that wait for their end.
    """
    pending: list[str] = []
    start = 0
    if ask:
        ask(0)
    for number, text in enumerate(lines, 1):
        line = text.rstrip()
        word = line.strip()
        if not pending:
            start = number
        if not pending and (not word or word.startswith("--")):
            pass
        elif word == "/":
            if pending:
                yield start, "\n".join(pending).strip()
            pending.clear()
        elif not pending and (_COMMAND.fullmatch(word)):
            yield start, word.rstrip(";").rstrip()
        elif line.endswith(";") and not is_block("\n".join([*pending, line]).lstrip()):
            yield start, "\n".join([*pending, line]).strip().rstrip(";").rstrip()
            pending.clear()
        else:
            pending.append(line)
        if ask:
            ask(len(pending))
    if pending:
        yield start, "\n".join(pending).strip()


def _implicit_results(cursor: oracledb.Cursor) -> list[oracledb.Cursor]:
    import oracledb

    try:
        return cursor.getimplicitresults()
    except oracledb.InterfaceError:  # how the driver says that there are none
        return []


def _counted(rows: int) -> str:
    return "1 row." if rows == 1 else f"{rows} rows."


def main(arguments: dict[str, str], scripts: Sequence[str], *, go_on: bool) -> int:
    """Run the scripts, or read the standard input if there are none; return the exit code."""
    with connect(arguments) as connection:
        shell = Shell(connection, sys.stdout, sys.stderr)
        shell.enable_output()
        if not scripts:
            interactive = sys.stdin.isatty()
            shell.prompt(sys.stdin, interactive=interactive)
            return 1 if shell.failures and not interactive else 0
        for script in scripts:
            if not shell.run_script(Path(script), go_on=go_on) and not go_on:
                return 1
        return 1 if shell.failures else 0
