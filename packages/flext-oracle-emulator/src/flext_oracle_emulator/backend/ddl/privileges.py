"""Who may define what: own schema by CREATE .., anybody's by .. ANY .., and the object privileges ALTER, INDEX and REFERENCES."""

from __future__ import annotations

from collections.abc import Callable

from ...errors import OracleError
from .context import DdlContext
from .objects import Object


def insufficient() -> OracleError:
    return OracleError(1031, "insufficient privileges")


def require_system(context: DdlContext, *privileges: str) -> None:
    """Raise ORA-01031 unless the user has one of the system privileges."""
    if not context.catalog.has_system_privilege(context.user, *privileges):
        raise insufficient()


def require_create(context: DdlContext, owner: str, kind: str) -> None:
    """Whether the user may create a `kind` (TABLE, VIEW, ...) in schema `owner`."""
    anywhere = f"CREATE ANY {kind}"
    own = () if kind == "INDEX" else (f"CREATE {kind}",)
    if owner == context.user:
        if own:
            require_system(context, *own, anywhere)
        return
    require_system(context, anywhere)
    if owner not in context.catalog.users:
        raise OracleError(1918, f"user '{owner}' does not exist")


def owner_or(*any_privileges: str, grant: str | None = None) -> Callable[[DdlContext, Object], bool]:
    """A test for `find_table`: the owner, a holder of one of the system privileges, or of object privilege `grant`."""

    def allowed(context: DdlContext, found: Object) -> bool:
        if context.user in (found.owner, "SYS"):
            return True
        if context.catalog.has_system_privilege(context.user, *any_privileges):
            return found.owner != "SYS"
        granted = context.catalog.object_privileges.get((found.owner, found.name), {})
        return grant is not None and any(
            grant in granted.get(name, ()) for name in context.catalog.grantees(context.user)
        )

    return allowed


def require_drop(context: DdlContext, found: Object, kind: str, missing: OracleError) -> None:
    """Raise `missing` or ORA-01031 unless the user may drop the object."""
    if owner_or(f"DROP ANY {kind}")(context, found):
        return
    raise insufficient() if context.catalog.visible(context.user, found.owner, found.name) else missing
