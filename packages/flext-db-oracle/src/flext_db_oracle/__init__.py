"""Oracle Database for data pipelines: connections, metadata, streaming queries, DDL, bulk load and the type contract.

Start with `FlextDbOracleConfig` and `FlextDbOracleApi`. A tap or target also uses `types` (OracleType), `values`
(converters), `json_schema`, `identifiers`, `ddl`, `bulk` and `session`.

What the package exports is imported when it is used, so that the command answers `--help` without the driver.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flext_db_oracle.api import FlextDbOracleApi as FlextDbOracleApi
    from flext_db_oracle.api import Health as Health
    from flext_db_oracle.bulk import BulkReject as BulkReject
    from flext_db_oracle.bulk import BulkResult as BulkResult
    from flext_db_oracle.config import FlextDbOracleConfig as FlextDbOracleConfig
    from flext_db_oracle.config import SecureSingerConfig as SecureSingerConfig
    from flext_db_oracle.errors import BulkError as BulkError
    from flext_db_oracle.errors import ErrorKind as ErrorKind
    from flext_db_oracle.errors import Explanation as Explanation
    from flext_db_oracle.errors import LossyValueError as LossyValueError
    from flext_db_oracle.errors import NotAQueryError as NotAQueryError
    from flext_db_oracle.errors import ObjectNotFoundError as ObjectNotFoundError
    from flext_db_oracle.errors import PoolTimeout as PoolTimeout
    from flext_db_oracle.errors import UnsupportedTypeError as UnsupportedTypeError
    from flext_db_oracle.errors import explain as explain
    from flext_db_oracle.errors import is_transient as is_transient
    from flext_db_oracle.errors import redact as redact
    from flext_db_oracle.identifiers import IdentifierError as IdentifierError
    from flext_db_oracle.metadata import OracleCheck as OracleCheck
    from flext_db_oracle.metadata import OracleColumn as OracleColumn
    from flext_db_oracle.metadata import OracleForeignKey as OracleForeignKey
    from flext_db_oracle.metadata import OracleIndex as OracleIndex
    from flext_db_oracle.metadata import OraclePartition as OraclePartition
    from flext_db_oracle.metadata import OracleSchema as OracleSchema
    from flext_db_oracle.metadata import OracleSynonym as OracleSynonym
    from flext_db_oracle.metadata import OracleTable as OracleTable
    from flext_db_oracle.query import QueryColumn as QueryColumn
    from flext_db_oracle.query import QueryResult as QueryResult
    from flext_db_oracle.result import FlextResult as FlextResult
    from flext_db_oracle.result import FlextResultError as FlextResultError
    from flext_db_oracle.server import ServerInfo as ServerInfo
    from flext_db_oracle.session import Session as Session
    from flext_db_oracle.types import OracleType as OracleType

_EXPORTS = {
    "api": "FlextDbOracleApi Health",
    "bulk": "BulkReject BulkResult",
    "config": "FlextDbOracleConfig SecureSingerConfig",
    "errors": "BulkError ErrorKind Explanation LossyValueError NotAQueryError ObjectNotFoundError PoolTimeout "
    "UnsupportedTypeError explain is_transient redact",
    "identifiers": "IdentifierError",
    "metadata": "OracleCheck OracleColumn OracleForeignKey OracleIndex OraclePartition OracleSchema OracleSynonym "
    "OracleTable",
    "query": "QueryColumn QueryResult",
    "result": "FlextResult FlextResultError",
    "server": "ServerInfo",
    "session": "Session",
    "types": "OracleType",
}
_HOMES = {name: module for module, names in _EXPORTS.items() for name in names.split()}
__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return [*globals(), *__all__]
