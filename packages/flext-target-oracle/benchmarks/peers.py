"""Other tools on the same rows, each in an environment of its own that uv makes on the fly.

- pipelinewise-tap-oracle: only its way from a row to a line of output (its driver needs an Oracle client).
- dlt: from an Oracle table to another, as its documentation writes it. Its steps are told apart.

A tool that cannot be installed or fails is named with the reason.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

REQUIREMENTS = {
    "pipelinewise-tap-oracle": ["pipelinewise-tap-oracle"],
    "dlt": ["dlt[sqlalchemy]", "oracledb"],
}
_PYTHON = "3.11"


def compare(where: dict[str, Any], folder: Path, rows: dict[str, int]) -> Iterator[str]:
    """Lines to print. `rows` is how many rows each tool is given."""
    uv = shutil.which("uv")
    for name, requirements in REQUIREMENTS.items():
        if uv is None:
            yield f"{name}: not measured, there is no uv to install it with"
            continue
        extra = [part for requirement in requirements for part in ("--with", requirement)]
        command = [uv, "run", "--no-project", "--quiet", "--python", _PYTHON, *extra, "python", __file__, name]
        done = subprocess.run(
            [*command, json.dumps(where), str(folder / f"records{rows['pipelinewise-tap-oracle']}.singer")],
            capture_output=True, text=True, check=False, cwd=folder,
            env={key: value for key, value in os.environ.items() if key not in {"PYTHONPATH", "VIRTUAL_ENV"}},
        )  # fmt: skip
        if done.returncode:
            reason = next((line for line in reversed(done.stderr.splitlines()) if line.strip()), "no reason given")
            yield f"{name}: not measured, {reason.strip()[:200]}"
            continue
        for step, cpu in json.loads(done.stdout.splitlines()[-1]).items():
            yield f"{name + ', ' + step:50} {cpu / rows[name] * 1e6:9.2f} us/record"


def pipelinewise_tap(_where: dict[str, Any], path: Path) -> dict[str, float]:
    from decimal import Decimal
    from types import SimpleNamespace

    import singer
    from tap_oracle.sync_strategies.common import row_to_singer_message

    messages = [json.loads(line, parse_float=Decimal) for line in path.read_text().splitlines()]
    schema = singer.Schema.from_dict(next(each["schema"] for each in messages if each["type"] == "SCHEMA"))
    rows = [tuple(each["record"].values()) for each in messages if each["type"] == "RECORD"]
    columns = list(schema.properties)
    stream = SimpleNamespace(tap_stream_id="t", schema=schema)
    now = singer.utils.now()
    results = sys.stdout
    with open(os.devnull, "w") as sys.stdout:  # noqa: PTH123 - where its lines go
        started = time.process_time()
        for row in rows:
            singer.write_message(row_to_singer_message(stream, row, None, columns, now))
        used = time.process_time() - started
    sys.stdout = results
    return {"row to line": used}


def dlt_copy(where: dict[str, Any], path: Path) -> dict[str, float]:
    os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
    import dlt
    from dlt.sources.sql_database import sql_table

    host, _, service = where["dsn"].partition("/")
    url = f"oracle+oracledb://{where['user']}:{where['password']}@{host}/?service_name={service}"
    pipeline = dlt.pipeline(
        "copy",
        pipelines_dir=str(path.parent / "dlt"),
        destination=dlt.destinations.sqlalchemy(url.replace("?service_name=", "")),  # it insists on a database: the SID
        dataset_name=where["user"],
    )
    found = {}
    for step, run in (
        ("Oracle source, extract", lambda: pipeline.extract(sql_table(url, table="bench"), table_name="copied")),
        ("normalize", pipeline.normalize),
        ("load into Oracle", pipeline.load),
    ):
        started = time.process_time()
        run()
        found[step] = time.process_time() - started
    return found


if __name__ == "__main__":
    tool = {"pipelinewise-tap-oracle": pipelinewise_tap, "dlt": dlt_copy}[sys.argv[1]]
    measured = tool(json.loads(sys.argv[2]), Path(sys.argv[3]))
    sys.stdout.write(json.dumps(measured) + "\n")
