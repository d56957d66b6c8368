"""Oracle Database for data pipelines: connections, metadata, streaming queries, DDL, bulk load and the type contract.

Start with `FlextDbOracleConfig` and `FlextDbOracleApi`. A tap or target also uses `types` (OracleType), `values`
(converters), `json_schema`, `identifiers`, `ddl`, `bulk` and `session`.
"""

from flext_db_oracle.api import FlextDbOracleApi, Health
from flext_db_oracle.bulk import BulkReject, BulkResult
from flext_db_oracle.config import FlextDbOracleConfig, SecureSingerConfig
from flext_db_oracle.errors import (
    BulkError,
    ErrorKind,
    Explanation,
    LossyValueError,
    NotAQueryError,
    ObjectNotFoundError,
    PoolTimeout,
    UnsupportedTypeError,
    explain,
    is_transient,
    redact,
)
from flext_db_oracle.identifiers import IdentifierError
from flext_db_oracle.metadata import (
    OracleColumn,
    OracleForeignKey,
    OracleIndex,
    OraclePartition,
    OracleSchema,
    OracleSynonym,
    OracleTable,
)
from flext_db_oracle.query import QueryColumn, QueryResult
from flext_db_oracle.result import FlextResult, FlextResultError
from flext_db_oracle.server import ServerInfo
from flext_db_oracle.session import Session
from flext_db_oracle.types import OracleType

__all__ = [
    "BulkError",
    "BulkReject",
    "BulkResult",
    "ErrorKind",
    "Explanation",
    "FlextDbOracleApi",
    "FlextDbOracleConfig",
    "FlextResult",
    "FlextResultError",
    "Health",
    "IdentifierError",
    "LossyValueError",
    "NotAQueryError",
    "ObjectNotFoundError",
    "OracleColumn",
    "OracleForeignKey",
    "OracleIndex",
    "OraclePartition",
    "OracleSchema",
    "OracleSynonym",
    "OracleTable",
    "OracleType",
    "PoolTimeout",
    "QueryColumn",
    "QueryResult",
    "SecureSingerConfig",
    "ServerInfo",
    "Session",
    "UnsupportedTypeError",
    "explain",
    "is_transient",
    "redact",
]
