"""`make elt`: move real data Oracle -> Oracle -> dbt with Meltano, and print what happened.

    python meltano/elt [--rows N] [--oracle user/password@host:port/service] [--home DIR]

Without --oracle an emulator is started for the job and stopped after it; its data, Meltano's state, the logs and the
dbt docs stay in the home folder (`.elt/emulator`), so that a second run is incremental. With --oracle the same runs
on a
real database; its user must be allowed to create users (the schemas HR, FLIGHTS and ANALYTICS and the user READER).
Exit code 0 only if every step succeeded and every table in ANALYTICS equals its source.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import oracledb

sys.path.insert(0, str(Path(__file__).parent))

import report
import source

PROJECT = Path(__file__).resolve().parent.parent
REPOSITORY = PROJECT.parent
JOB = "oracle_to_oracle_elt"


class StepError(Exception):
    """A step failed; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Server:
    """A database to run on, and who may create users there."""

    host: str
    port: int
    service: str
    admin: str
    password: str

    def connect(self, user: str | None = None, password: str | None = None) -> oracledb.Connection:
        return oracledb.connect(
            user=user or self.admin,
            password=password or self.password,
            dsn=f"{self.host}:{self.port}/{self.service}",
        )


def main() -> int:
    """Run the job. Any failure: exit code 1 and the reason as the last line."""
    parser = argparse.ArgumentParser(prog="make elt", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, default=None, help="take only so many flights (default: all 336,776)")
    parser.add_argument(
        "--oracle",
        default=os.environ.get("ORACLE"),
        metavar="USER/PASSWORD@HOST:PORT/SERVICE",
        help="run on this database",
    )
    parser.add_argument("--home", type=Path, default=None, help="where data, state and logs stay")
    arguments = parser.parse_args()
    oracle = None if arguments.oracle in (None, "", "emulator") else arguments.oracle
    home = (arguments.home or REPOSITORY / ".elt" / _home_name(oracle)).resolve()
    try:
        home.mkdir(parents=True, exist_ok=True)
        return _run(home, arguments.rows, oracle)
    except (StepError, RuntimeError, oracledb.Error) as error:
        print(f"\nmake elt failed: {error}", file=sys.stderr)
        return 1


def _home_name(oracle: str | None) -> str:
    """State belongs to one database: each has a folder of its own."""
    if not oracle:
        return "emulator"
    return re.sub(r"[^A-Za-z0-9]+", "-", oracle.rpartition("@")[2]).strip("-").lower()


def _run(home: Path, rows: int | None, oracle: str | None) -> int:
    with _server(home, oracle) as server:
        started = time.monotonic()
        password = _demo_password(home)
        with server.connect() as admin:
            print(f"Oracle {admin.version} at {server.host}:{server.port}/{server.service}")
            source.create_users(admin, password)
            first = not (home / "state" / "done").exists()
            sizes = source.fill(admin, rows)
            print(f"source: {sum(sizes.values()):,} rows in {len(sizes)} tables of HR and FLIGHTS")
            change = None if first else source.change(admin)
            if change:
                print(f"changed since the last run: {change.text}")
        environment = _environment(home, server, password)
        _install(environment, home)
        log = home / "logs" / f"elt-{time.strftime('%Y%m%d-%H%M%S')}.jsonl"
        log.parent.mkdir(exist_ok=True)
        _meltano(["--log-format=json", "run", "--state-id-suffix=elt", JOB], environment, log, f"meltano run {JOB}")
        measured = report.read(log)
        with server.connect() as admin:
            compared = report.compare(admin, measured.streams)
        _meltano(["--log-format=json", "invoke", "dbt-oracle:docs-generate"], environment, log, "dbt docs")
        print(report.table(measured, compared))
        (home / "state" / "done").touch()
        docs = PROJECT / ".meltano" / "transformers" / "dbt" / "target" / "static_index.html"
        print(f"\n{JOB}: {time.monotonic() - started:.0f} s without set-up")
        print(f"state    {_relative(home / 'state')}\nlog      {_relative(log)}\ndbt docs {_relative(docs)}")
        _verdict(measured, compared, change)
    return 0


def _verdict(measured: report.Measured, compared: dict[str, report.Comparison], change: source.Change | None) -> None:
    different = [stream for stream, comparison in compared.items() if not comparison.equal]
    if different:
        raise StepError(f"ANALYTICS differs from the source in {', '.join(different)}")
    if not measured.streams:
        raise StepError("the log holds no stream: nothing was read")
    if change is None:
        return
    wrong = {
        stream: (measured.read_of(stream), expected)
        for stream, expected in change.arriving.items()
        if measured.read_of(stream) != expected
    }
    if wrong:
        text = ", ".join(
            f"{stream}: {read} rows read, {expected} changed" for stream, (read, expected) in wrong.items()
        )
        raise StepError(f"an incremental stream did not bring exactly what changed ({text})")
    print("incremental: exactly the changed rows arrived, updated and not doubled")


@contextlib.contextmanager
def _server(home: Path, oracle: str | None) -> Iterator[Server]:
    if oracle:
        yield _parse_oracle(oracle)
        return
    password = _demo_password(home)
    command = [
        *(sys.executable, "-m", "flext_oracle_emulator", "serve", "--port", str(_port(home))),
        *("--data-dir", str(home / "data"), "--log", "warning"),
    ]  # fmt: skip
    environment = {**os.environ, "ORACLE_EMULATOR_USERS": f"system/{password}"}  # not in argv, which all users see
    log = (home / "emulator.log").open("a")
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env=environment)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.search(r"([\w.]+):(\d+)/(\S+)", line)
        if not found:
            raise StepError(
                f"the emulator did not start: {report.last_line(home / 'emulator.log')}; `make clean` begins anew"
            )
        yield Server(found[1], int(found[2]), found[3], "system", password)
    finally:
        process.terminate()
        process.wait(30)
        log.close()


def _port(home: Path) -> int:
    """The port of the last run if it is still free: dbt parses the whole project anew when its profile changes."""
    path = home / "port"
    wanted = int(path.read_text()) if path.exists() else 0
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    path.write_text(str(port))
    return port


def _parse_oracle(oracle: str) -> Server:
    found = re.fullmatch(r"([^/]+)/(.+)@(?://)?([^:/@]+)(?::(\d+))?/([^/]+)", oracle)
    if not found:
        raise StepError("ORACLE must look like user/password@host:port/service")
    return Server(found[3], int(found[4] or 1521), found[5], found[1], found[2])


def _demo_password(home: Path) -> str:
    """A password made up for this demo, kept where only its owner can read it."""
    path = home / "password"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text("Demo_" + secrets.token_hex(8))
    return path.read_text()


def _environment(home: Path, server: Server, password: str) -> dict[str, str]:
    address = {"HOST": server.host, "PORT": str(server.port), "SERVICE_NAME": server.service, "PASSWORD": password}
    reader = {f"TAP_ORACLE_{key}": value for key, value in address.items()}
    writer = {f"FLEXT_TARGET_ORACLE_{key}": value for key, value in address.items()}
    (home / "state").mkdir(exist_ok=True)
    return {
        **os.environ,
        **reader,
        **writer,
        "TAP_ORACLE_USERNAME": "READER",
        "FLEXT_TARGET_ORACLE_USERNAME": "ANALYTICS",
        "FLEXT_TARGET_ORACLE_SCHEMA": "ANALYTICS",
        "MELTANO_STATE_BACKEND_URI": f"file://{home / 'state'}",
        "MELTANO_DATABASE_URI": f"sqlite:///{home / 'meltano.db'}",
        "MELTANO_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "NO_COLOR": "1",
        "DBT_USE_COLORS": "false",
    }


def _install(environment: dict[str, str], home: Path) -> None:
    """Install Meltano's plugin environments, each its own, when one of the packages or the project changed."""
    inputs = [PROJECT / "meltano.yml", *sorted((REPOSITORY / "packages").glob("*/pyproject.toml"))]
    fingerprint = json.dumps([[path.name, path.parent.name, path.read_text()] for path in inputs])
    stamp = PROJECT / ".meltano" / "installed.json"
    if stamp.exists() and stamp.read_text() == fingerprint:
        return
    log = home / "logs" / "install.log"
    log.parent.mkdir(exist_ok=True)
    _meltano(["install"], environment, log, "meltano install (downloads on the first run)")
    stamp.write_text(fingerprint)


def _meltano(arguments: list[str], environment: dict[str, str], log: Path, title: str) -> None:
    print(f"{title} ...", flush=True)
    meltano = Path(sys.executable).parent / "meltano"
    with log.open("a") as output:
        done = subprocess.run(
            [str(meltano), *arguments],
            cwd=PROJECT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode:
        raise StepError(f"{title} ended with exit code {done.returncode}: {report.reason(log)} (log: {_relative(log)})")


def _relative(path: Path) -> str:
    with contextlib.suppress(ValueError):
        return str(path.relative_to(REPOSITORY))
    return str(path)


if __name__ == "__main__":
    sys.exit(main())
