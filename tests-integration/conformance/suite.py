"""The tests of python-oracledb against the emulator: fetch, run, keep the list of those that pass.

    .venv/bin/python tests-integration/conformance/suite.py run [TEST ..]   run all of them, or some; print what failed
    .venv/bin/python tests-integration/conformance/suite.py update          run all, add what passes to passing.txt, and
                                                                            write the table into the emulator's README
    .venv/bin/python tests-integration/conformance/suite.py count           the table by module, of the last whole run

The source distribution is downloaded once, pinned by version and hash, into .conformance/ of this repository; it is never
committed.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tarfile
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent))

import oracledb  # noqa: E402
from flext_oracle_emulator.emulator import ADMIN_PASSWORD, ADMIN_USER  # noqa: E402

from conformance import schema  # noqa: E402 - this file is also a program

VERSION = "26.1.0"
HASH = "18e1e78073a1479326e8766deb8b9358ae7880d80b65f562580b010da07c73ee"
STORE = FOLDER.parent.parent / ".conformance"
TESTS = STORE / f"oracledb-{VERSION}" / "tests"
REPORT = STORE / "report.xml"
PASSING = FOLDER / "passing.txt"
README = FOLDER.parent.parent / "packages" / "flext-oracle-emulator" / "README.md"
_MARK, _END_MARK = "<!-- conformance -->", "<!-- /conformance -->"

#: Parts that say nothing about the emulator, or that it cannot pass; the README says why.
OUT_OF_SCOPE = {
    "aq/": "advanced queuing",
    "soda/": "SODA (thick mode only)",
    "connection/test_1400_tpc.py": "two-phase commit",
    "connection/test_1500_tpc_async.py": "two-phase commit",
    "connection/test_1600_sessionless_transaction.py": "sessionless transactions",
    "connection/test_1700_sessionless_transaction_async.py": "sessionless transactions",
    "connection/test_1800_subscription.py": "subscriptions",
    "connection/test_1900_externalauth.py": "thick mode",
    "data_types/test_1200_types.py": "the client alone",
    "misc/test_1000_module.py": "the client alone",
    "misc/test_1300_connect_params.py": "the client alone",
    "misc/test_1400_pool_params.py": "the client alone",
    "misc/test_1500_tnsnames.py": "the client alone",
    "ext/": "cloud services and settings of a server's files; they run only when asked for",
    "py314/": "Python 3.14",
}


def download(name: str, version: str, digest: str) -> None:
    """Put the source distribution of a package of the index into the store, if its SHA-256 is `digest`."""
    STORE.mkdir(exist_ok=True)
    requirements = STORE / "requirements.txt"
    requirements.write_text(f"{name}=={version} --hash=sha256:{digest}\n", encoding="utf-8")
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", name]
    subprocess.run([*pip, "--require-hashes", "--dest", STORE, "--requirement", requirements], check=True)


def fetch() -> Path:
    """Download and unpack the source distribution unless it is there; return its folder of tests."""
    if TESTS.is_dir():
        return TESTS
    download("oracledb", VERSION, HASH)
    with tarfile.open(STORE / f"oracledb-{VERSION}.tar.gz") as archive:
        archive.extractall(STORE, filter="data")
    return TESTS


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run gave: the result of each test by its id, and what it printed."""

    results: dict[str, str]
    output: str
    refused: list[str]

    @property
    def passed(self) -> set[str]:
        return {test for test, result in self.results.items() if result == "passed"}


@contextmanager
def serving(compatible: int) -> Iterator[str]:
    """An emulator in a process of its own; gives its connect string."""
    command = [
        sys.executable,
        "-m",
        "flext_oracle_emulator",
        "serve",
        "--die-with-parent",
        f"--compatible={compatible}",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip().rpartition("@")[2]
        finally:
            server.terminate()


def create_administrators(dsn: str, password: str, *users: str) -> None:
    """Users whose tests may do everything."""
    with oracledb.connect(user=ADMIN_USER, password=ADMIN_PASSWORD, dsn=dsn) as admin, admin.cursor() as cursor:
        for user in users:
            cursor.execute(f"create user {user} identified by {password}")
            cursor.execute(f"grant dba to {user}")


def run(tests: Iterable[str] = (), options: Sequence[str] = (), compatible: int = 23) -> Outcome:
    """Run tests, all in scope if none is named, in a process of their own against a fresh emulator."""
    folder = fetch()
    modules = sorted(str(path.relative_to(folder)) for path in folder.rglob("test_*.py"))
    tests = list(tests) or [module for module in modules if in_scope(module)]
    REPORT.unlink(missing_ok=True)
    chosen = STORE / "tests.txt"
    chosen.write_text("".join(f"{test}\n" for test in tests), encoding="utf-8")
    with serving(compatible) as dsn:
        refused = schema.create(dsn, ADMIN_USER, ADMIN_PASSWORD, compatible)
        environment = os.environ | {
            "PYO_TEST_MAIN_USER": schema.MAIN_USER,
            "PYO_TEST_MAIN_PASSWORD": schema.PASSWORD,
            "PYO_TEST_PROXY_USER": schema.PROXY_USER,
            "PYO_TEST_PROXY_PASSWORD": schema.PASSWORD,
            "PYO_TEST_ADMIN_USER": ADMIN_USER,
            "PYO_TEST_ADMIN_PASSWORD": ADMIN_PASSWORD,
            "PYO_TEST_CONNECT_STRING": dsn,
        }
        command = [sys.executable, "-m", "pytest", "-q", "-c", os.devnull, f"--rootdir={folder}"]
        command += [
            "-p",
            "no:asyncio",
            "-p",
            "no:flext_oracle_emulator",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:hypothesis",
        ]
        command += [f"--junit-xml={REPORT}", "-o", "junit_family=xunit1", "-o", "faulthandler_timeout=60", *options]
        # To a file, so that a run can be watched: .conformance/output.txt
        with (STORE / "output.txt").open("w+", encoding="utf-8") as output:
            done = subprocess.run(
                [*command, f"@{chosen}"],
                cwd=folder,
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            )
            output.seek(0)
            printed = output.read()
    if done.returncode not in (0, 1):
        raise RuntimeError(f"pytest ended with {done.returncode}\n{printed[-4000:]}")
    return Outcome(read_report(REPORT), printed, refused)


def _test_of(case: ElementTree.Element) -> str:
    return f"{case.get('file')}::{case.get('name')}"


def read_report(report: Path, test_of: Callable[[ElementTree.Element], str] = _test_of) -> dict[str, str]:
    """The result of each test of a JUnit report; `test_of` gives a test case's id."""
    results = {}
    for case in ElementTree.parse(report).iter("testcase"):
        test = test_of(case)
        kinds = {child.tag for child in case} & {"failure", "error", "skipped"}
        results[test] = "failed" if kinds & {"failure", "error"} else "skipped" if kinds else "passed"
    return results


def listed() -> list[str]:
    """The tests that have to pass."""
    lines = PASSING.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def in_scope(test: str) -> bool:
    return not test.startswith(tuple(OUT_OF_SCOPE))


def count(results: Mapping[str, str]) -> str:
    """A Markdown table: module, tests that pass, skipped ones (for other releases and modes), all tests."""
    modules = sorted({test.partition("::")[0] for test in results if in_scope(test)})
    lines = ["| tests of python-oracledb | pass | skipped | of |", "|---|---:|---:|---:|"]
    total: Counter[str] = Counter()
    for module in modules:
        found = Counter(result for test, result in results.items() if test.partition("::")[0] == module)
        total += found
        lines.append(f"| `{module}` | {found['passed']} | {found['skipped']} | {found.total()} |")
    share = total["passed"] / (total.total() - total["skipped"])
    lines.append(f"| all in scope | {total['passed']} ({share:.0%}) | {total['skipped']} | {total.total()} |")
    return "\n".join(lines)


def _update(outcome: Outcome) -> None:
    known = set(listed()) if PASSING.exists() else set()
    lost = sorted(known - outcome.passed)
    if lost:
        print("no longer passing:", *lost, sep="\n  ")
    added = {test for test in outcome.passed if in_scope(test)} - known
    head = f"# Tests of python-oracledb {VERSION} that pass on the emulator. Made by suite.py update; it only grows.\n"
    PASSING.write_text(head + "".join(f"{test}\n" for test in sorted(known | added)), encoding="utf-8")
    print(f"{len(added)} added, {len(known | added)} in the list")
    before, _, rest = README.read_text(encoding="utf-8").partition(_MARK)
    _, end, after = rest.partition(_END_MARK)
    README.write_text(f"{before}{_MARK}\n{count(outcome.results)}\n{end}{after}", encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=("run", "update", "count"))
    parser.add_argument("--compatible", type=int, default=23)
    options, rest = parser.parse_known_args()
    tests = [argument for argument in rest if not argument.startswith("-")]
    pytest_options = [argument for argument in rest if argument.startswith("-")]
    if options.command == "count":
        print(count(read_report(REPORT)))
        return 0
    outcome = run(tests, pytest_options, options.compatible)
    print(outcome.output)
    print("refused while the schema was made:", *outcome.refused, sep="\n  ")
    print(dict(Counter(outcome.results.values())))
    if options.command == "update":
        _update(outcome)
    return 0


if __name__ == "__main__":
    sys.exit(main())
