"""Calls without a body worth a file: commit, rollback, ping, logoff, fetch, end of a pipeline, session release."""

from __future__ import annotations

from dataclasses import dataclass

from ..buffer import ReadBuffer


@dataclass(frozen=True, slots=True)
class Commit:
    pass


@dataclass(frozen=True, slots=True)
class Rollback:
    pass


@dataclass(frozen=True, slots=True)
class Ping:
    pass


@dataclass(frozen=True, slots=True)
class Logoff:
    pass


@dataclass(frozen=True, slots=True)
class PipelineEnd:
    pass


@dataclass(frozen=True, slots=True)
class SessionRelease:
    """DRCP: the client gives its server process back. One-way: it gets no reply."""


@dataclass(frozen=True, slots=True)
class Fetch:
    cursor_id: int
    rows: int


def read_fetch(buffer: ReadBuffer) -> Fetch:
    return Fetch(buffer.ub(), buffer.ub())


def read_pipeline_end(buffer: ReadBuffer) -> PipelineEnd:
    buffer.ub()
    return PipelineEnd()


def read_session_release(buffer: ReadBuffer) -> SessionRelease:
    buffer.skip(2)  # tag pointer and length
    buffer.ub()  # mode
    return SessionRelease()
