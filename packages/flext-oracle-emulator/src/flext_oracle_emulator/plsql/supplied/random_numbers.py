"""DBMS_RANDOM: a generator a session, repeatable after SEED."""

from __future__ import annotations

import random
import string
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ..scope import Frame
from ..types import NUMBER, VARCHAR2
from ..values import ARITHMETIC
from .registry import package

if TYPE_CHECKING:
    from ..interpreter import Interpreter

_package = package("DBMS_RANDOM")
_DIGITS = 38
_ALPHABETS = {
    "U": string.ascii_uppercase,
    "L": string.ascii_lowercase,
    "A": string.ascii_letters,
    "X": string.ascii_uppercase + string.digits,
    "P": "".join(chr(code) for code in range(32, 127)),
}
_LONGEST = 4000


def _generator(interpreter: Interpreter) -> random.Random:
    state = interpreter.state
    if state.random is None:
        state.random = random.Random()  # noqa: S311 - DBMS_RANDOM is no cryptography either
    return state.random


@_package.function("VALUE", "LOW?, HIGH?")
async def value(interpreter: Interpreter, _: Frame, *, low: Any, high: Any) -> Decimal:
    fraction = Decimal(_generator(interpreter).randrange(10**_DIGITS)).scaleb(-_DIGITS)
    least, most = await interpreter.converted(NUMBER, low), await interpreter.converted(NUMBER, high)
    if least is None or most is None:
        return ARITHMETIC.plus(fraction)
    return ARITHMETIC.add(least, ARITHMETIC.multiply(fraction, ARITHMETIC.subtract(most, least)))


@_package.function("NORMAL")
async def normal(interpreter: Interpreter, _: Frame) -> Decimal:
    return ARITHMETIC.create_decimal(repr(_generator(interpreter).gauss(0, 1)))


@_package.function("RANDOM")
async def integer(interpreter: Interpreter, _: Frame) -> Decimal:
    return Decimal(_generator(interpreter).randrange(-(2**31), 2**31))


@_package.function("STRING", "OPT, LEN")
async def text(interpreter: Interpreter, _: Frame, *, opt: Any, **given: Any) -> str | None:
    length = await interpreter.converted(NUMBER, given["len"])
    alphabet = _ALPHABETS.get(str(opt or "").upper(), string.ascii_uppercase)
    count = min(int(length or 0), _LONGEST)
    return "".join(_generator(interpreter).choices(alphabet, k=max(count, 0))) or None


@_package.procedure("SEED", "VAL")
async def seed(interpreter: Interpreter, _: Frame, *, val: Any) -> None:
    interpreter.state.random = random.Random(await interpreter.converted(VARCHAR2, val))  # noqa: S311


@_package.procedure("INITIALIZE", "VAL")
async def initialize(interpreter: Interpreter, frame: Frame, *, val: Any) -> None:
    await seed(interpreter, frame, val=val)


@_package.procedure("TERMINATE")
async def terminate(_interpreter: Interpreter, _: Frame) -> None:
    """Nothing to release."""
