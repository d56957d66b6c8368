"""A database session of the target's: opened when it is first needed, kept for the run, opened again when it is lost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from flext_db_oracle import FlextDbOracleApi, Session


class OracleConnector:
    """One session, in which a batch is one transaction and staging rows stay visible. One thread at a time uses it."""

    def __init__(self, api: FlextDbOracleApi, prepare: Sequence[str] = ()) -> None:
        self._api = api
        self._prepare = prepare
        self._stack = ExitStack()
        self._session: Session | None = None

    @property
    def session(self) -> Session:
        """The open session. Raises what the driver raises when it cannot connect."""
        if self._session is None:
            session = self._stack.enter_context(self._api.session())
            for statement in self._prepare:
                session.execute_ddl(statement)
            self._session = session
        return self._session

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Commit when the block ends, roll back when it raises. No DDL inside: Oracle would commit the half."""
        session = self.session
        try:
            yield session
            session.commit()
        except BaseException:
            self._roll_back()
            raise

    def disconnect(self) -> None:
        """Give the session back; what is not committed is rolled back. The next use connects again."""
        stack, self._stack, self._session = self._stack, ExitStack(), None
        stack.close()

    def close(self) -> None:
        """End all sessions at once, also one that is in the middle of a call."""
        self._session = None
        self._stack = ExitStack()
        self._api.close()

    def _roll_back(self) -> None:
        try:
            if self._session is not None:
                self._session.rollback()
        except Exception:
            # The session is lost, and with it the transaction: the server rolls back by itself. What is being raised
            # says why; this second failure would only hide it.
            self.disconnect()
