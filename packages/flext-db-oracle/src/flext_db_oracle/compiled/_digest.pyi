from collections.abc import Callable
from typing import Any

def encode_rows(
    rows: list[tuple[Any, ...]],
    start: int,
    stop: int,
    width: int,
    with_checks: bool,
    decimal: type,
    encode: Callable[[tuple[Any, ...]], bytes],
    /,
) -> tuple[bytes, bytes]:
    """The first `width` values of some rows as lines of JSON, and the CRC-32 of each line, little-endian.

    `encode` writes rows that have values of other types than int, Decimal, str, naive datetime, bool and None.
    """
