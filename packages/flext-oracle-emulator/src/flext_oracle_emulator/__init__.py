"""An Oracle database for development and tests: the real wire protocol in front of an embedded PostgreSQL.

    with Emulator() as db:
        connection = oracledb.connect(**db.connect_args)

Never a production database. See README.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .emulator import AsyncEmulator, Emulator
    from .errors import OracleError
    from .init_scripts import InitScriptError
    from .statements import StatementRecord

__all__ = ["AsyncEmulator", "Emulator", "InitScriptError", "OracleError", "StatementRecord"]

_HOMES = {
    "AsyncEmulator": "emulator",
    "Emulator": "emulator",
    "InitScriptError": "init_scripts",
    "OracleError": "errors",
    "StatementRecord": "statements",
}


def __getattr__(name: str) -> Any:
    # Names come when they are used: the pytest plugin imports this package in every test run of its environment.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f".{_HOMES[name]}", __name__), name)
