"""node-oracledb's own tests, in thin mode, against the emulator: how many of each file pass.

    git clone --depth 1 https://github.com/oracle/node-oracledb SOURCES
    .venv/bin/python tests-integration/conformance/node/suite.py SOURCES [FILE ..] [--update]

The npm package has no tests, so a clone is needed, besides node and npm. Each file runs by itself against one emulator;
files about what a thin client or the emulator has not (queues, SODA, notifications, two-phase commit, external
authentication) are left out. `passing.txt` keeps how many passed; fewer is a failure, more are kept with --update.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent.parent))

from conformance import suite  # noqa: E402 - this file is also a program

PASSING = FOLDER / "passing.txt"
_OUT_OF_SCOPE = re.compile("hooks|soda|aq[A-Z0-9]|cqn|tpc|xa|externalAuth|sessionless|opensslAuth", re.IGNORECASE)
_TIMEOUT = 300  # seconds a file


def files_of(sources: Path) -> list[str]:
    """The test files that the project's own configuration lists, in its order, without those out of scope."""
    configuration = (sources / "test" / "opts" / ".mocharc.yaml").read_text(encoding="utf-8")
    listed = re.findall(r"^\s+- test/(\w+)\.js", configuration, re.MULTILINE)
    return [name for name in listed if not _OUT_OF_SCOPE.search(name)]


def prepare(sources: Path) -> None:
    """Install mocha beside the sources, and let their `require('oracledb')` find the sources themselves."""
    if not (sources / "node_modules" / "mocha").is_dir():
        npm = ["npm", "install", "--no-save", "--ignore-scripts", "--silent", "mocha"]
        subprocess.run(npm, cwd=sources, check=True)
    itself = sources / "node_modules" / "oracledb"
    if not itself.exists():
        itself.symlink_to(sources, target_is_directory=True)


def run_file(sources: Path, name: str, dsn: str) -> tuple[int, int, int]:
    """Passed, failed and skipped tests of one file. A file that ends without a report counts as one failure."""
    report = suite.STORE / "node" / f"{name}.json"
    report.parent.mkdir(parents=True, exist_ok=True)
    report.unlink(missing_ok=True)
    command = ["npx", "mocha", "--no-config", "--exit", "--timeout", "60000", "test/hooks.js", f"test/{name}.js"]
    command += ["--reporter", "json", "--reporter-option", f"output={report}"]
    connection = {"USER": "node", "PASSWORD": "node", "CONNECTIONSTRING": dsn}
    environment = os.environ | {f"NODE_ORACLEDB_{key}": value for key, value in connection.items()}
    try:
        subprocess.run(command, cwd=sources, env=environment, capture_output=True, timeout=_TIMEOUT, check=False)
    except subprocess.TimeoutExpired:
        return 0, 1, 0
    if not report.exists():
        return 0, 1, 0
    found = json.loads(report.read_text(encoding="utf-8"))["stats"]
    return found["passes"], found["failures"], found["pending"]


def listed() -> dict[str, int]:
    lines = PASSING.read_text(encoding="utf-8").splitlines() if PASSING.exists() else []
    return {name: int(count) for name, count in (line.split() for line in lines if line and not line.startswith("#"))}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sources", type=Path)
    parser.add_argument("files", nargs="*", help="names without .js; all if none is given")
    parser.add_argument("--update", action="store_true", help="keep counts that have grown in passing.txt")
    chosen = parser.parse_args()
    sources = chosen.sources.resolve()
    prepare(sources)
    known = listed()
    passed: dict[str, int] = {}
    total = failed = 0
    with suite.serving(19) as dsn:
        suite.create_administrators(dsn, "node", "node")
        for name in chosen.files or files_of(sources):
            good, bad, skipped = run_file(sources, name, dsn)
            passed[name] = good
            total += good
            failed += bad
            note = "  FEWER THAN BEFORE" if good < known.get(name, 0) else ""
            print(f"{name:48} {good:5} passed {bad:4} failed {skipped:4} skipped{note}", flush=True)
    print(f"{total} passed, {failed} failed")
    if chosen.update:
        kept = {name: max(count, known.get(name, 0)) for name, count in passed.items()}
        lines = [f"{name} {count}\n" for name, count in sorted((known | kept).items())]
        head = (
            "# Tests of node-oracledb that pass on the emulator, by file. Made by suite.py --update; it only grows.\n"
        )
        PASSING.write_text(head + "".join(lines), encoding="utf-8")
    return 1 if any(count < known.get(name, 0) for name, count in passed.items()) else 0


if __name__ == "__main__":
    sys.exit(main())
