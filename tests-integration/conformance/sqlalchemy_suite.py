"""SQLAlchemy's own tests of its Oracle dialect against the emulator: those that fail are listed, each with its reason.

    .venv/bin/python tests-integration/conformance/sqlalchemy_suite.py run      run them; compare with the list
    .venv/bin/python tests-integration/conformance/sqlalchemy_suite.py update   run them; write the list anew

The source distribution is downloaded once, pinned by version and hash, into .conformance/ of this repository. The tests
run in an environment of their own: their plugin does not know the newest pytest.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tarfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent))

from conformance import suite  # noqa: E402 - this file is also a program

VERSION = "2.0.58"
HASH = "2acdcec9836b7c1514a9ad426e7731669a1186d96481a2e82c50bf2aebb49061"
TESTS = ("test/dialect/oracle", "test/dialect/test_suite.py")
FAILING = FOLDER / "sqlalchemy_failing.txt"
_UNKNOWN = "not explained yet"


def fetch() -> Path:
    """Download and unpack the source distribution unless it is there; return its folder."""
    folder = suite.STORE / f"sqlalchemy-{VERSION}"
    if not folder.is_dir():
        suite.download("sqlalchemy", VERSION, HASH)
        with tarfile.open(suite.STORE / f"sqlalchemy-{VERSION}.tar.gz") as archive:
            archive.extractall(suite.STORE, filter="data")
    return folder


def run() -> suite.Outcome:
    """Run all tests of the dialect against a fresh 19c."""
    folder = fetch()
    report = suite.STORE / "sqlalchemy.xml"
    report.unlink(missing_ok=True)
    with suite.serving(19) as dsn:
        suite.create_administrators(dsn, "tiger", "scott", "test_schema")  # as README.unittests.rst asks for
        address, _, service = dsn.partition("/")
        command = ["uv", "run", "--quiet", "--no-project", "--with", "oracledb==26.1.0", "--with", "greenlet"]
        command += ["--with", "typing-extensions", "--with", "pytest<9", "python", "-m", "pytest", *TESTS]
        command += ["-q", "-p", "no:cacheprovider", "-p", "no:logging", "--maxfail=100000", "--tb=short"]
        command += ["--dburi", f"oracle+oracledb://scott:tiger@{address}/?service_name={service}"]
        command += [f"--junit-xml={report}", "-o", "junit_family=xunit1"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        raise RuntimeError(f"pytest ended with {done.returncode}\n{(done.stdout + done.stderr)[-4000:]}")
    return suite.Outcome(suite.read_report(report, _test_of), done.stdout, [])


def _test_of(case: ElementTree.Element) -> str:
    """With the class, without the dialect's name that SQLAlchemy adds to it: several classes have tests of one name."""
    group = case.get("classname", "").rpartition(".")[2].partition("_oracle+")[0]
    return f"{case.get('file')}::{group}::{case.get('name')}"


def listed() -> dict[str, str]:
    """The tests that may fail, and why."""
    reasons: dict[str, str] = {}
    for line in FAILING.read_text(encoding="utf-8").splitlines() if FAILING.exists() else ():
        if line and not line.startswith("#"):
            test, _, reason = line.partition("  ")
            reasons[test] = reason
    return reasons


def _tests_of(outcome: suite.Outcome) -> set[str]:
    return {test for test, result in outcome.results.items() if result == "failed"}


def _update(failing: set[str]) -> None:
    known = listed()
    head = f"# Tests of SQLAlchemy {VERSION} that fail on the emulator, each with its reason. Made by sqlalchemy_suite.py.\n"
    lines = [f"{test}  {known.get(test, _UNKNOWN)}\n" for test in sorted(failing)]
    FAILING.write_text(head + "".join(lines), encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["run", "update"])
    chosen = parser.parse_args()
    outcome = run()
    failing = _tests_of(outcome)
    skipped = sum(result == "skipped" for result in outcome.results.values())
    print(f"{len(outcome.passed)} passed, {len(failing)} failed, {skipped} skipped")
    if chosen.command == "update":
        _update(failing)
        return 0
    unexpected = sorted(failing - listed().keys())
    if unexpected:
        print("failed, and not in the list:", *unexpected, sep="\n  ")
        print(outcome.output[-8000:])
    return 1 if unexpected else 0


if __name__ == "__main__":
    sys.exit(main())
