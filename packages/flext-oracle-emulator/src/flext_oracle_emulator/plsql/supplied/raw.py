"""UTL_RAW: bytes as values, and what they hold."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ..scope import Frame
from ..types import NUMBER, VARCHAR2, Scalar
from ..values import ARITHMETIC, value_error
from .registry import package

if TYPE_CHECKING:
    from ..interpreter import Interpreter

_package = package("UTL_RAW")
_package.constants(BIG_ENDIAN=Decimal(1), LITTLE_ENDIAN=Decimal(2), MACHINE_ENDIAN=Decimal(3))
_RAW = Scalar("RAW", "bytea")


async def _raw(interpreter: Interpreter, value: Any) -> bytes | None:
    data: bytes | None = await interpreter.converted(_RAW, value)
    return data


@_package.function("CAST_TO_RAW", "C")
async def cast_to_raw(interpreter: Interpreter, _: Frame, *, c: Any) -> bytes | None:
    text = await interpreter.converted(VARCHAR2, c)
    return None if text is None else text.encode()


@_package.function("CAST_TO_VARCHAR2", "R")
async def cast_to_varchar2(interpreter: Interpreter, _: Frame, *, r: Any) -> str | None:
    data = await _raw(interpreter, r)
    return None if data is None else data.decode(errors="replace")


@_package.function("LENGTH", "R")
async def length(interpreter: Interpreter, _: Frame, *, r: Any) -> Decimal | None:
    data = await _raw(interpreter, r)
    return None if data is None else Decimal(len(data))


@_package.function("CONCAT", "R1?, R2?, R3?, R4?, R5?, R6?, R7?, R8?, R9?, R10?, R11?, R12?")
async def concat(interpreter: Interpreter, _: Frame, **parts: Any) -> bytes | None:
    return b"".join([await _raw(interpreter, part) or b"" for part in parts.values()]) or None


@_package.function("SUBSTR", "R, POS, LEN?")
async def substr(interpreter: Interpreter, _: Frame, *, r: Any, pos: Any, len: Any) -> bytes | None:  # noqa: A002 - its name
    data = await _raw(interpreter, r)
    start, size = await interpreter.converted(NUMBER, pos), await interpreter.converted(NUMBER, len)
    if data is None or start is None:
        return None
    first = int(start) - 1 if start > 0 else (0 if start == 0 else data.__len__() + int(start))
    if not 0 <= first < data.__len__() or (size is not None and not 1 <= size <= data.__len__() - first):
        raise value_error()
    return data[first : None if size is None else first + int(size)]


@_package.function("COMPARE", "R1, R2, PAD?")
async def compare(interpreter: Interpreter, _: Frame, *, r1: Any, r2: Any, pad: Any) -> Decimal | None:
    """0 if equal, else the position of the first byte that differs."""
    left, right = await _raw(interpreter, r1) or b"", await _raw(interpreter, r2) or b""
    fill = await _raw(interpreter, pad) or b"\0"
    size = max(len(left), len(right))
    pairs = zip(left.ljust(size, fill[:1]), right.ljust(size, fill[:1]), strict=True)
    return Decimal(next((position for position, (a, b) in enumerate(pairs, 1) if a != b), 0))


@_package.function("REVERSE", "R")
async def reverse(interpreter: Interpreter, _: Frame, *, r: Any) -> bytes | None:
    data = await _raw(interpreter, r)
    return None if data is None else data[::-1]


@_package.function("COPIES", "R, N")
async def copies(interpreter: Interpreter, _: Frame, *, r: Any, n: Any) -> bytes | None:
    data, count = await _raw(interpreter, r), await interpreter.converted(NUMBER, n)
    if data is None or count is None or count < 1:
        raise value_error()
    return data * int(count)


async def _bitwise(interpreter: Interpreter, r1: Any, r2: Any, combine: Any) -> bytes | None:
    left, right = await _raw(interpreter, r1), await _raw(interpreter, r2)
    if left is None or right is None:
        return None
    short, long = sorted((left, right), key=len)
    return bytes([combine(a, b) for a, b in zip(short, long, strict=False)]) + long[len(short) :]


@_package.function("BIT_AND", "R1, R2")
async def bit_and(interpreter: Interpreter, _: Frame, *, r1: Any, r2: Any) -> bytes | None:
    return await _bitwise(interpreter, r1, r2, lambda a, b: a & b)


@_package.function("BIT_OR", "R1, R2")
async def bit_or(interpreter: Interpreter, _: Frame, *, r1: Any, r2: Any) -> bytes | None:
    return await _bitwise(interpreter, r1, r2, lambda a, b: a | b)


@_package.function("BIT_XOR", "R1, R2")
async def bit_xor(interpreter: Interpreter, _: Frame, *, r1: Any, r2: Any) -> bytes | None:
    return await _bitwise(interpreter, r1, r2, lambda a, b: a ^ b)


@_package.function("CAST_FROM_BINARY_INTEGER", "N, ENDIANESS?")
async def cast_from_binary_integer(interpreter: Interpreter, _: Frame, *, n: Any, endianess: Any) -> bytes | None:
    number = await interpreter.converted(NUMBER, n)
    return None if number is None else int(number).to_bytes(4, "little" if endianess == 2 else "big", signed=True)


@_package.function("CAST_TO_BINARY_INTEGER", "R, ENDIANESS?")
async def cast_to_binary_integer(interpreter: Interpreter, _: Frame, *, r: Any, endianess: Any) -> Decimal | None:
    data = await _raw(interpreter, r)
    if data is None:
        return None
    if len(data) > 4:
        raise value_error()
    signed = len(data) == 4
    number = int.from_bytes(data, "little" if endianess == 2 else "big", signed=signed)
    return ARITHMETIC.create_decimal(number)
