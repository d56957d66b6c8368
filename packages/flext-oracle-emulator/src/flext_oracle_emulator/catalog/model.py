"""The in-memory catalog: what name resolution and describe need, without a query per statement.

One `Catalog` a server, loaded from schema `oracle`'s tables at start and refreshed object by object after each DDL (DDL
commits, so there is nothing to roll back). The translator only reads it; only the backend writes it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ..errors import OracleError
from .partitioning import Partitioning


@dataclass(frozen=True, slots=True)
class Column:
    """A column with Oracle's facts about it.

    `data_type` is ALL_TAB_COLUMNS.DATA_TYPE ("TIMESTAMP(6) WITH TIME ZONE"). `pg_type` is the PostgreSQL type text with its
    typmod. `length` is DATA_LENGTH in bytes. `attnum` is PostgreSQL's column number.
    """

    name: str
    attnum: int
    data_type: str
    pg_type: str
    length: int = 0
    precision: int | None = None
    scale: int | None = None
    char_length: int = 0
    char_used: str | None = None  # B, C or None
    nullable: bool = True
    default_text: str | None = None
    identity: str | None = None  # ALWAYS, BY DEFAULT, BY DEFAULT ON NULL
    virtual: bool = False
    hidden: bool = False  # invisible columns (not "ROWID$", which is never listed)
    default_on_null: bool = False
    is_json: bool = False  # a check says so
    type_owner: str | None = None  # of an object or collection type


@dataclass(slots=True)
class Relation:
    """A table, view, materialized view. `oid` is PostgreSQL's; dictionary views have owner SYS."""

    owner: str
    name: str
    kind: str  # TABLE, VIEW, MATERIALIZED VIEW
    oid: int
    object_id: int
    columns: list[Column]
    temporary: str | None = None  # None, GLOBAL, PRIVATE
    on_commit: str | None = None
    primary_key: tuple[str, ...] = ()
    has_rowid: bool = True
    query_text: str | None = None
    partitioning: Partitioning | None = None
    read_only: bool = False  # ALTER TABLE .. READ ONLY
    unique_keys: tuple[tuple[str, ...], ...] = ()  # columns of its keys and unique indexes
    calls_stored: bool = False  # a view, of stored functions
    valid: bool = True  # False: a view whose text no longer compiles (ORA-04063)

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)

    @property
    def visible(self) -> list[Column]:
        return [column for column in self.columns if not column.hidden]


@dataclass(frozen=True, slots=True)
class Sequence:
    owner: str
    name: str
    oid: int = 0


@dataclass(frozen=True, slots=True)
class Synonym:
    owner: str  # PUBLIC for public synonyms
    name: str
    target_owner: str
    target_name: str


@dataclass(frozen=True, slots=True)
class Routine:
    """A stored procedure, function or package, whose source is interpreted by plsql/; or a type (sql/user_types.py)."""

    owner: str
    name: str
    kind: str
    source: str
    object_id: int = 0


@dataclass(frozen=True, slots=True)
class TriggerSource:
    """An enabled trigger; `text` is its source from the word TRIGGER on, `events` its `INSERT OR UPDATE`."""

    owner: str
    name: str
    text: str
    object_id: int
    events: str


CatalogObject = Relation | Sequence | Synonym | Routine


@dataclass(slots=True)
class Catalog:
    """All objects by (owner, name), plus who may do what.

    `object_privileges[(owner, name)][grantee]` is a set of privilege names; `system_privileges[grantee]` likewise; grantees are users,
    roles and PUBLIC; `roles[user]` are the roles granted (transitively) to a user. `functions` are the SQL function names
    (upper case) that schema oracle implements.
    """

    objects: dict[tuple[str, str], CatalogObject] = field(default_factory=dict)
    users: set[str] = field(default_factory=set)
    roles: dict[str, set[str]] = field(default_factory=dict)
    role_names: set[str] = field(default_factory=set)
    object_privileges: dict[tuple[str, str], dict[str, set[str]]] = field(default_factory=dict)
    system_privileges: dict[str, set[str]] = field(default_factory=dict)
    package_bodies: dict[tuple[str, str], str] = field(default_factory=dict)  # source by (owner, name)
    quotas: set[str] = field(default_factory=set)  # users with room in the tablespace of all tables
    triggers: dict[tuple[str, str], tuple[TriggerSource, ...]] = field(default_factory=dict)  # by table
    functions: frozenset[str] = frozenset()
    version: int = 19
    generation: int = 0  # grows with each change: cached translations carry it

    def grantees(self, user: str) -> set[str]:
        return {user, "PUBLIC"} | self.roles.get(user, set())

    def has_system_privilege(self, user: str, *privileges: str) -> bool:
        """Whether the user, a role of theirs, or PUBLIC holds any of the privileges."""
        return user == "SYS" or any(
            privilege in self.system_privileges.get(grantee, ())
            for grantee in self.grantees(user)
            for privilege in privileges
        )

    def require_quota(self, owner: str) -> None:
        """Raise ORA-01950 if the owner of a table may store no rows."""
        if owner not in self.quotas and not self.has_system_privilege(owner, "UNLIMITED TABLESPACE"):
            raise OracleError(1950, "no privileges on tablespace 'USERS'")

    def can(self, user: str, privilege: str, owner: str, name: str) -> bool:
        """Whether `user` may SELECT/INSERT/UPDATE/DELETE/... the object."""
        if user in (owner, "SYS"):
            return True
        any_privilege = f"{'SELECT' if privilege == 'READ' else privilege} ANY TABLE"
        if owner != "SYS" and self.has_system_privilege(user, any_privilege):
            return True
        if (
            owner == "SYS"
            and privilege in ("SELECT", "READ")
            and self.has_system_privilege(user, "SELECT ANY DICTIONARY")
        ):
            return True
        granted = self.object_privileges.get((owner, name), {})
        return any(
            privilege in granted.get(grantee, ()) or (privilege == "SELECT" and "READ" in granted.get(grantee, ()))
            for grantee in self.grantees(user)
        )

    def visible(self, user: str, owner: str, name: str) -> bool:
        """Whether the object exists as far as `user` can tell: any privilege on it."""
        if user in (owner, "SYS") or self.has_system_privilege(user, "SELECT ANY TABLE"):
            return True
        if owner == "SYS" and self.has_system_privilege(user, "SELECT ANY DICTIONARY"):
            return True
        granted = self.object_privileges.get((owner, name), {})
        return any(granted.get(grantee) for grantee in self.grantees(user))

    def is_replaced(self, view: Relation, event: str) -> bool:
        """Whether an INSTEAD OF trigger does what INSERT, UPDATE or DELETE of a view means."""
        sources = self.triggers.get((view.owner, view.name), ())
        return view.kind == "VIEW" and any(event in source.events.split(" OR ") for source in sources)

    def resolve(
        self, parts: tuple[str, ...], schema: str, accept: Callable[[CatalogObject], bool] = lambda _: True
    ) -> CatalogObject | None:
        """Find `name` or `schema.name`: own schema, private synonym, public synonym. Follows synonyms.

        Raises:
            OracleError: ORA-01775 for a chain of synonyms that loops.
        """
        for _ in range(32):
            if len(parts) == 1:
                found = self.objects.get((schema, parts[0])) or self.objects.get(("PUBLIC", parts[0]))
            else:
                found = self.objects.get((parts[-2], parts[-1]))
            if isinstance(found, Synonym):
                parts = (found.target_owner, found.target_name)
                continue
            return found if found is not None and accept(found) else None
        raise OracleError(1775, "looping chain of synonyms")
