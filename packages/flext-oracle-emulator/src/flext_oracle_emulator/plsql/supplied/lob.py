"""DBMS_LOB. Offsets start at 1 and count characters of CLOBs (UTF-16 code units) or bytes of BLOBs."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ...backend.base import Lob
from ...errors import OracleError, unsupported
from ...lobs import read_lob, trim_lob, write_lob
from ...ttc.rows import lob_size
from ..lob_values import UNLOCKED, lob_of, source_of, with_source
from ..scope import Frame
from ..types import NUMBER
from ..values import value_error
from .registry import package

if TYPE_CHECKING:
    from ..interpreter import Interpreter

_package = package("DBMS_LOB")
_package.constants(
    CALL=Decimal(12), SESSION=Decimal(10), LOB_READONLY=Decimal(0), LOB_READWRITE=Decimal(1),
    LOBMAXSIZE=Decimal(18446744073709551615), DEFAULT_CSID=Decimal(0), DEFAULT_LANG_CTX=Decimal(0),
    WARN_INCONVERTIBLE_CHAR=Decimal(1), NO_WARNING=Decimal(0),
)  # fmt: skip
_MOST = 32767


def _argument_error(position: int) -> OracleError:
    return OracleError(21560, f"argument {position} is null, invalid, or out of range")


def _lob(value: Any) -> Lob:
    """A working copy of a LOB. Raises ORA-06502 for NULL, which is no locator."""
    if value is None:
        raise value_error("invalid LOB locator specified: ORA-22275")
    if not isinstance(value, str | bytes):
        raise value_error()
    return lob_of(value)


async def _integer(interpreter: Interpreter, value: Any, default: int | None, position: int, least: int = 1) -> int:
    number = await interpreter.converted(NUMBER, value)
    if number is None:
        if default is None:
            raise _argument_error(position)
        return default
    if number < least:
        raise _argument_error(position)
    return int(number)


async def _changed(interpreter: Interpreter, before: Any, lob: Lob) -> Any:
    """The new value; stored in the row that the LOB belongs to."""
    if source_of(before) is UNLOCKED:
        raise OracleError(22920, "row containing the LOB value is not locked")
    if lob.source is not None:
        await interpreter.runtime.write_lob(lob)
    return with_source(lob.data, source_of(before), lob.csfrm)


def _units(text: str) -> bytes:
    return text.encode("utf-16-be", "surrogatepass")


def _wire(lob: Lob, value: Any) -> bytes:
    """Content to be written, as `lobs.write_lob` takes it."""
    if isinstance(lob.data, bytes):
        return bytes.fromhex(value) if isinstance(value, str) else bytes(value)
    return _units(str(value))


def _read(lob: Lob, offset: int, amount: int) -> Any:
    data, _ = read_lob(lob, offset, amount)
    if isinstance(lob.data, bytes):
        return data or None
    return data.decode("utf-16-be", "surrogatepass") or None


@_package.function("GETLENGTH", "LOB_LOC")
async def getlength(_interpreter: Interpreter, _: Frame, *, lob_loc: Any) -> Decimal | None:
    return None if lob_loc is None else Decimal(lob_size(_lob(lob_loc)))


@_package.function("SUBSTR", "LOB_LOC, AMOUNT?, OFFSET?")
async def substr(interpreter: Interpreter, _: Frame, *, lob_loc: Any, amount: Any, offset: Any) -> Any:
    size = await interpreter.converted(NUMBER, amount)
    start = await interpreter.converted(NUMBER, offset)
    size, start = _MOST if size is None else int(size), 1 if start is None else int(start)
    if lob_loc is None or not 1 <= size <= _MOST or start < 1:
        return None
    return _read(_lob(lob_loc), start, size)


@_package.function("INSTR", "LOB_LOC, PATTERN, OFFSET?, NTH?")
async def instr(interpreter: Interpreter, _: Frame, *, lob_loc: Any, pattern: Any, offset: Any, nth: Any) -> Any:
    if lob_loc is None or pattern is None:
        return None
    start = await _integer(interpreter, offset, 1, 3)
    count = await _integer(interpreter, nth, 1, 4)
    content = _lob(lob_loc).data
    wanted: Any = pattern
    if isinstance(content, bytes) and isinstance(pattern, str):
        wanted = bytes.fromhex(pattern)
    position = start - 2
    for _number in range(count):
        position = content.find(wanted, position + 1)
        if position < 0:
            return Decimal(0)
    return Decimal(position + 1)


@_package.function("COMPARE", "LOB_1, LOB_2, AMOUNT?, OFFSET_1?, OFFSET_2?")
async def compare(interpreter: Interpreter, _: Frame, *, lob_1: Any, lob_2: Any, amount: Any, offset_1: Any,
                  offset_2: Any) -> Any:  # fmt: skip
    if lob_1 is None or lob_2 is None:
        return None
    size = await _integer(interpreter, amount, 2**62, 3)
    parts = []
    for value, offset, position in ((lob_1, offset_1, 4), (lob_2, offset_2, 5)):
        start = await _integer(interpreter, offset, 1, position) - 1
        content = _lob(value).data
        parts.append((content if isinstance(content, bytes) else content.encode())[start : start + size])
    return Decimal((parts[0] > parts[1]) - (parts[0] < parts[1]))


@_package.procedure("READ", "LOB_LOC, AMOUNT IN OUT, OFFSET, BUFFER OUT")
async def read(interpreter: Interpreter, _: Frame, *, lob_loc: Any, amount: Any, offset: Any, buffer: Any) -> Any:
    lob = _lob(lob_loc)
    size = await _integer(interpreter, amount, None, 2)
    start = await _integer(interpreter, offset, None, 3)
    found = _read(lob, start, size)
    if found is None:
        raise OracleError(1403, "no data found")
    return {"buffer": found, "amount": Decimal(len(found))}


@_package.procedure("WRITE", "LOB_LOC IN OUT, AMOUNT, OFFSET, BUFFER")
async def write(interpreter: Interpreter, _: Frame, *, lob_loc: Any, amount: Any, offset: Any, buffer: Any) -> Any:
    lob = _lob(lob_loc)
    size = await _integer(interpreter, amount, None, 2)
    start = await _integer(interpreter, offset, None, 3)
    if buffer is None:
        raise _argument_error(4)
    data = _wire(lob, buffer)
    unit = 1 if isinstance(lob.data, bytes) else 2
    if size * unit > len(data):
        raise _argument_error(2)
    write_lob(lob, start, data[: size * unit])
    return {"lob_loc": await _changed(interpreter, lob_loc, lob)}


@_package.procedure("WRITEAPPEND", "LOB_LOC IN OUT, AMOUNT, BUFFER")
async def writeappend(interpreter: Interpreter, frame: Frame, *, lob_loc: Any, amount: Any, buffer: Any) -> Any:
    end = Decimal(lob_size(_lob(lob_loc)) + 1)
    return await write(interpreter, frame, lob_loc=lob_loc, amount=amount, offset=end, buffer=buffer)


@_package.procedure("APPEND", "DEST_LOB IN OUT, SRC_LOB")
async def append(interpreter: Interpreter, _: Frame, *, dest_lob: Any, src_lob: Any) -> Any:
    lob, source = _lob(dest_lob), _lob(src_lob)
    if type(lob.data) is not type(source.data):
        raise value_error()
    write_lob(lob, lob_size(lob) + 1, _wire(lob, source.data))
    return {"dest_lob": await _changed(interpreter, dest_lob, lob)}


@_package.procedure("COPY", "DEST_LOB IN OUT, SRC_LOB, AMOUNT, DEST_OFFSET?, SRC_OFFSET?")
async def copy(interpreter: Interpreter, _: Frame, *, dest_lob: Any, src_lob: Any, amount: Any, dest_offset: Any,
               src_offset: Any) -> Any:  # fmt: skip
    lob, source = _lob(dest_lob), _lob(src_lob)
    size = await _integer(interpreter, amount, None, 3)
    to = await _integer(interpreter, dest_offset, 1, 4)
    start = await _integer(interpreter, src_offset, 1, 5)
    content = _read(source, start, size)
    if content is not None:
        write_lob(lob, to, _wire(lob, content))
    return {"dest_lob": await _changed(interpreter, dest_lob, lob)}


@_package.procedure("TRIM", "LOB_LOC IN OUT, NEWLEN")
async def trim(interpreter: Interpreter, _: Frame, *, lob_loc: Any, newlen: Any) -> Any:
    lob = _lob(lob_loc)
    trim_lob(lob, await _integer(interpreter, newlen, None, 2, least=0))
    return {"lob_loc": await _changed(interpreter, lob_loc, lob)}


@_package.procedure("ERASE", "LOB_LOC IN OUT, AMOUNT IN OUT, OFFSET?")
async def erase(interpreter: Interpreter, _: Frame, *, lob_loc: Any, amount: Any, offset: Any) -> Any:
    lob = _lob(lob_loc)
    size = await _integer(interpreter, amount, None, 2)
    start = await _integer(interpreter, offset, 1, 3)
    erased = max(min(size, lob_size(lob) - start + 1), 0)
    if erased:
        write_lob(lob, start, b"\0" * erased if isinstance(lob.data, bytes) else _units(" " * erased))
    return {"lob_loc": await _changed(interpreter, lob_loc, lob), "amount": Decimal(erased)}


@_package.procedure("CREATETEMPORARY", "LOB_LOC IN OUT, CACHE, DUR?")
async def createtemporary(_interpreter: Interpreter, _: Frame, *, lob_loc: Any, cache: Any, dur: Any) -> Any:
    return {"lob_loc": ""}


@_package.procedure("FREETEMPORARY", "LOB_LOC IN OUT")
async def freetemporary(_interpreter: Interpreter, _: Frame, *, lob_loc: Any) -> Any:
    _lob(lob_loc)
    return {"lob_loc": None}


@_package.function("ISTEMPORARY", "LOB_LOC")
async def istemporary(_interpreter: Interpreter, _: Frame, *, lob_loc: Any) -> Any:
    return None if lob_loc is None else Decimal(source_of(lob_loc) is None)


@_package.procedure("OPEN", "LOB_LOC IN OUT, OPEN_MODE?")
async def open_lob(_interpreter: Interpreter, _: Frame, *, lob_loc: Any, open_mode: Any) -> Any:
    _lob(lob_loc)
    return {"lob_loc": lob_loc}


@_package.procedure("CLOSE", "LOB_LOC IN OUT")
async def close_lob(_interpreter: Interpreter, _: Frame, *, lob_loc: Any) -> Any:
    _lob(lob_loc)
    return {"lob_loc": lob_loc}


@_package.function("GETCHUNKSIZE", "LOB_LOC")
async def getchunksize(_interpreter: Interpreter, _: Frame, *, lob_loc: Any) -> Decimal:
    _lob(lob_loc)
    return Decimal(8132)


async def _converted_lob(interpreter: Interpreter, arguments: dict[str, Any], convert: Any) -> dict[str, Any]:
    source = _lob(arguments["src"])
    if arguments["blob_csid"] not in (None, Decimal(0), Decimal(873)):
        raise unsupported(f"character set {arguments['blob_csid']} in DBMS_LOB")
    start = await _integer(interpreter, arguments["src_offset"], 1, 5)
    to = await _integer(interpreter, arguments["dest_offset"], 1, 4)
    size = await _integer(interpreter, arguments["amount"], None, 3)
    content = convert(source.data[start - 1 : start - 1 + size])
    lob = (
        _lob("" if isinstance(content, str) else with_source(b"", None))
        if arguments["dest"] is None
        else _lob(arguments["dest"])
    )
    write_lob(lob, to, _wire(lob, content))
    return {
        "dest_lob": await _changed(interpreter, arguments["dest"], lob),
        "dest_offset": Decimal(to + len(content)),
        "src_offset": Decimal(start + min(size, len(source.data))),
        "lang_context": arguments["lang_context"],
        "warning": Decimal(0),
    }


_CONVERSION = "SRC_OFFSET IN OUT, BLOB_CSID, LANG_CONTEXT IN OUT, WARNING OUT"


@_package.procedure("CONVERTTOBLOB", f"DEST_LOB IN OUT, SRC_CLOB, AMOUNT, DEST_OFFSET IN OUT, {_CONVERSION}")
async def converttoblob(interpreter: Interpreter, _: Frame, *, dest_lob: Any, src_clob: Any, **rest: Any) -> Any:
    return await _converted_lob(interpreter, {"dest": dest_lob, "src": src_clob, **rest}, str.encode)


@_package.procedure("CONVERTTOCLOB", f"DEST_LOB IN OUT, SRC_BLOB, AMOUNT, DEST_OFFSET IN OUT, {_CONVERSION}")
async def converttoclob(interpreter: Interpreter, _: Frame, *, dest_lob: Any, src_blob: Any, **rest: Any) -> Any:
    return await _converted_lob(interpreter, {"dest": dest_lob, "src": src_blob, **rest}, bytes.decode)
