"""DBMS_CRYPTO: HASH and MAC. Ciphers are not here."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ...errors import OracleError, unsupported
from ..scope import Frame
from ..types import NUMBER, Scalar
from .registry import package

if TYPE_CHECKING:
    from ..interpreter import Interpreter

_package = package("DBMS_CRYPTO")
_package.constants(
    HASH_MD4=Decimal(1), HASH_MD5=Decimal(2), HASH_SH1=Decimal(3), HASH_SH256=Decimal(4), HASH_SH384=Decimal(5),
    HASH_SH512=Decimal(6), HMAC_MD5=Decimal(1), HMAC_SH1=Decimal(2), HMAC_SH256=Decimal(3), HMAC_SH384=Decimal(4),
    HMAC_SH512=Decimal(5),
)  # fmt: skip
_HASHES = {2: "md5", 3: "sha1", 4: "sha256", 5: "sha384", 6: "sha512"}
_MACS = {1: "md5", 2: "sha1", 3: "sha256", 4: "sha384", 5: "sha512"}


async def _source(interpreter: Interpreter, value: Any) -> bytes:
    if value is None:
        raise OracleError(28239, "no key provided")
    if isinstance(value, str) and not isinstance(value, bytes):
        return value.encode()  # a CLOB is hashed in UTF-8
    data: bytes = await interpreter.converted(Scalar("RAW", "bytea"), value)
    return data


@_package.function("HASH", "SRC, TYP")
async def hash_value(interpreter: Interpreter, _: Frame, *, src: Any, typ: Any) -> bytes:
    kind = await interpreter.converted(NUMBER, typ)
    name = _HASHES.get(int(kind or 0))
    if name is None:
        raise (
            unsupported(f"DBMS_CRYPTO hash {kind}")
            if kind == 1
            else OracleError(28817, "PL/SQL function returned an error.")
        )
    return hashlib.new(name, await _source(interpreter, src), usedforsecurity=False).digest()


@_package.function("MAC", "SRC, TYP, KEY")
async def mac(interpreter: Interpreter, _: Frame, *, src: Any, typ: Any, key: Any) -> bytes:
    name = _MACS.get(int(await interpreter.converted(NUMBER, typ) or 0))
    if name is None:
        raise OracleError(28817, "PL/SQL function returned an error.")
    return hmac.new(await _source(interpreter, key), await _source(interpreter, src), name).digest()


@_package.function("RANDOMBYTES", "NUMBER_BYTES")
async def random_bytes(interpreter: Interpreter, _: Frame, *, number_bytes: Any) -> bytes:
    return secrets.token_bytes(int(await interpreter.converted(NUMBER, number_bytes) or 0))
