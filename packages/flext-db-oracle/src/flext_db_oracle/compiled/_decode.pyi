from typing import Any

TEXT: int
INTEGER: int
NUMBER: int
TIME: int
BOOLEAN: int
IGNORED: int

_Run = tuple[list[tuple[Any, ...]], list[tuple[str | None, int | None]]]

class Decoder:
    """Makes rows of the RECORD lines of `stream`.

    A field is (name, kind, nullable, may be missing, must have a value, converter, minimum, maximum, multipleOf,
    minLength, maxLength, scale, digits of multipleOf). IGNORED ones come last.
    """

    def __new__(cls, stream: str, decimal: type, fields: tuple[tuple[Any, ...], ...], /) -> Decoder: ...
    def decode(self, chunk: bytes, /) -> list[_Run | bytes] | None:
        """Runs of rows with their origins (time_extracted and version; one if it is the same for all), and STATE lines.

        None, or whatever exception a converter raised, if something is not plainly valid.
        """
    def decode_records(self, chunk: bytes, /) -> list[_Run] | None:
        """The same for lines that are records without a message: at most one run."""
