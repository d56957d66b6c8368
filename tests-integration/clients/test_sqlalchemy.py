"""SQLAlchemy's Oracle dialect: create, insert, query, change, reflect and map, as its users do."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects import oracle
from support import PASSWORD, Database

metadata = sa.MetaData()
dept = sa.Table(
    "dept",
    metadata,
    sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
    sa.Column("name", sa.String(30), nullable=False, unique=True, comment="how it is called"),
    comment="where people work",
)
emp = sa.Table(
    "emp",
    metadata,
    sa.Column("id", sa.Integer, sa.Sequence("emp_seq"), primary_key=True),
    sa.Column("name", sa.Unicode(30)),
    sa.Column("sal", sa.Numeric(10, 2)),
    sa.Column("rate", sa.Float),
    sa.Column("hired", sa.Date),
    sa.Column("seen", oracle.TIMESTAMP),
    sa.Column("flag", sa.Boolean),
    sa.Column("note", sa.Text),
    sa.Column("photo", sa.LargeBinary),
    sa.Column("leave", sa.Interval),
    sa.Column("token", sa.Uuid),
    sa.Column("grade", sa.Enum("low", "high", name="grade")),
    sa.Column("score", oracle.BINARY_DOUBLE),
    sa.Column("key", oracle.RAW(8)),
    sa.Column("dept_id", sa.ForeignKey("dept.id", ondelete="CASCADE")),
    sa.Column("MixedCase", sa.Integer),
    sa.Column("select", sa.Integer),
    sa.CheckConstraint("sal > 0", name="ck_sal"),
    sa.Index("ix_emp_name", "name"),
)

ADA: dict[str, Any] = {
    "name": "Ünï",
    "sal": Decimal("12.34"),
    "rate": 1.5,
    "hired": datetime.date(2024, 1, 2),
    "seen": datetime.datetime(2024, 1, 2, 3, 4, 5, 678900),
    "flag": True,
    "note": "n" * 5000,
    "photo": b"\x00\x01",
    "leave": datetime.timedelta(days=1, seconds=5),
    "token": uuid.UUID(int=5),
    "grade": "high",
    "score": 2.5,
    "key": b"abc",
    "dept_id": 1,
    "MixedCase": 7,
    "select": 8,
}


@pytest.fixture
def engine(database: Database, new_user: Callable[[str], str]) -> Iterator[sa.Engine]:
    user = new_user("SQLA")
    with database.connect() as admin, admin.cursor() as cursor:
        cursor.execute(f"GRANT CREATE SEQUENCE TO {user}")
    arguments = {"user": user, "password": PASSWORD, "dsn": database.dsn}
    engine = sa.create_engine("oracle+oracledb://", connect_args=arguments)
    metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def filled(engine: sa.Engine) -> sa.Engine:
    with engine.begin() as connection:
        connection.execute(dept.insert(), [{"name": "A"}, {"name": "B"}])
        connection.execute(emp.insert(), [ADA, ADA | {"name": "Ben", "sal": Decimal(7), "dept_id": None}])
    return engine


def test_every_type_comes_back_as_it_went(filled: sa.Engine) -> None:
    with filled.connect() as connection:
        row = connection.execute(sa.select(emp).where(emp.c.name == "Ünï")).mappings().one()
    assert {name: row[name] for name in ADA} == ADA


def test_keys_that_the_server_makes_are_returned(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        assert connection.execute(dept.insert(), {"name": "A"}).inserted_primary_key == (1,)
        inserted = connection.execute(emp.insert().returning(emp.c.id, emp.c.name), [ADA, ADA])
        assert inserted.all() == [(1, "Ünï"), (2, "Ünï")]
        assert connection.scalar(sa.Sequence("emp_seq")) == 3
        changed = connection.execute(emp.update().where(emp.c.id == 1).values(sal=emp.c.sal + 1).returning(emp.c.sal))
        assert changed.all() == [(Decimal("13.34"),)]
        assert sorted(connection.execute(emp.delete().returning(emp.c.id)).all()) == [(1,), (2,)]


def test_queries_give_what_they_give_on_oracle(filled: sa.Engine) -> None:
    ids = sa.select(emp.c.id).order_by(emp.c.id)
    one = sa.literal(1).label("n")
    numbers = sa.select(one).cte("numbers", recursive=True)
    numbers = numbers.union_all(sa.select(numbers.c.n + 1).where(numbers.c.n < 3))
    staff = sa.select(dept.c.name, sa.func.count(emp.c.id)).select_from(dept.outerjoin(emp)).group_by(dept.c.name)
    queries: list[tuple[Any, list[tuple[Any, ...]]]] = [
        (ids.limit(1), [(1,)]),
        (ids.limit(1).offset(1), [(2,)]),
        (ids.fetch(50, percent=True), [(1,)]),
        (staff.order_by(dept.c.name), [("A", 1), ("B", 0)]),
        (sa.select(sa.extract("year", emp.c.hired)).where(emp.c.id == 1), [(2024,)]),
        (sa.select(sa.cast(emp.c.sal, sa.String(20))).order_by(emp.c.id), [("12.34",), ("7",)]),
        (ids.where(emp.c.name.contains("e"), emp.c.name.ilike("B%")), [(2,)]),
        (ids.where(emp.c.name.regexp_match("^B")), [(2,)]),
        (ids.where(emp.c.flag, sa.tuple_(emp.c.id, emp.c.dept_id).in_([(1, 1)])), [(1,)]),
        (sa.select(emp.c.id, sa.func.row_number().over(order_by=emp.c.id.desc())).order_by(emp.c.id), [(1, 2), (2, 1)]),
        (sa.union_all(sa.select(sa.literal(1)), sa.select(sa.literal(2))), [(1,), (2,)]),
        (sa.except_(sa.select(emp.c.id), sa.select(emp.c.id).where(emp.c.id == 1)), [(2,)]),
        (sa.select(numbers.c.n), [(1,), (2,), (3,)]),
        (ids.where(sa.exists().where(dept.c.id == emp.c.dept_id)), [(1,)]),
        (sa.select(sa.case((emp.c.sal > 10, "big"), else_="small")).order_by(emp.c.id), [("big",), ("small",)]),
        (ids.where(emp.c.id == 1).with_for_update(nowait=True), [(1,)]),
    ]
    with filled.connect() as connection:
        for query, rows in queries:
            assert connection.execute(query).all() == rows, str(query)


def test_reflection_finds_what_was_created(engine: sa.Engine) -> None:
    inspector = sa.inspect(engine)
    assert sorted(inspector.get_table_names()) == ["dept", "emp"]
    assert inspector.get_table_comment("dept") == {"text": "where people work"}
    assert inspector.get_pk_constraint("emp")["constrained_columns"] == ["id"]
    (key,) = inspector.get_foreign_keys("emp")
    assert (key["referred_table"], key["referred_columns"]) == ("dept", ["id"])
    assert key["options"] == {"ondelete": "CASCADE"}
    assert [index["name"] for index in inspector.get_indexes("emp")] == ["ix_emp_name"]
    assert [unique["column_names"] for unique in inspector.get_unique_constraints("dept")] == [["name"]]
    assert [(c["name"], c["sqltext"]) for c in inspector.get_check_constraints("emp")][-1] == ("ck_sal", "sal > 0")
    assert "emp_seq" in inspector.get_sequence_names()
    columns = {column["name"]: column for column in inspector.get_columns("dept")}
    assert columns["name"]["comment"] == "how it is called"
    assert columns["id"]["identity"]["start"] == 1
    assert not columns["name"]["nullable"]


def test_a_reflected_table_is_the_table(filled: sa.Engine) -> None:
    with filled.begin() as connection:
        connection.execute(sa.text("create view everybody as select id, name from emp"))
    reflected = sa.MetaData()
    reflected.reflect(filled, views=True)
    table = reflected.tables["emp"]
    assert [column.name for column in table.columns] == [column.name for column in emp.columns]
    types = {column.name: str(column.type.compile(filled.dialect)) for column in table.columns}
    assert types["sal"] == "NUMBER(10, 2)"
    assert types["seen"] == "TIMESTAMP"
    assert types["key"] == "RAW(8)"
    with filled.connect() as connection:
        assert len(connection.execute(sa.select(table)).all()) == 2
        assert connection.execute(sa.select(reflected.tables["everybody"]).order_by("id")).all() == [
            (1, "Ünï"),
            (2, "Ben"),
        ]


def test_a_refused_row_is_an_integrity_error_and_rolled_back(filled: sa.Engine) -> None:
    with filled.connect() as connection:
        with pytest.raises(sa.exc.IntegrityError, match="ORA-00001"):
            connection.execute(dept.insert(), {"name": "A"})
        connection.rollback()
        with pytest.raises(sa.exc.IntegrityError, match="ORA-02291"):
            connection.execute(emp.update().values(dept_id=99))
        connection.rollback()
        assert connection.scalar(sa.select(sa.func.count()).select_from(emp).where(emp.c.dept_id == 1)) == 1


def test_isolation_levels(filled: sa.Engine) -> None:
    count = sa.select(sa.func.count()).select_from(dept)
    with filled.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(dept.insert(), {"name": "auto"})
    with filled.connect().execution_options(isolation_level="SERIALIZABLE") as connection:
        connection.execute(dept.insert(), {"name": "mine"})
        with filled.begin() as other:
            other.execute(dept.insert(), {"name": "other"})
        assert connection.scalar(count) == 4
        connection.rollback()
    with filled.connect() as connection:
        assert connection.scalar(count) == 4


class Base(orm.DeclarativeBase):
    pass


class Parent(Base):
    __tablename__ = "parent"
    id: orm.Mapped[int] = orm.mapped_column(sa.Identity(), primary_key=True)
    name: orm.Mapped[str] = orm.mapped_column(sa.String(20))
    children: orm.Mapped[list[Child]] = orm.relationship(back_populates="parent", cascade="all, delete-orphan")


class Child(Base):
    __tablename__ = "child"
    id: orm.Mapped[int] = orm.mapped_column(sa.Identity(), primary_key=True)
    parent_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("parent.id"))
    name: orm.Mapped[str | None] = orm.mapped_column(sa.String(20))
    parent: orm.Mapped[Parent] = orm.relationship(back_populates="children")


def test_the_orm_saves_loads_changes_and_deletes(engine: sa.Engine) -> None:
    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        session.add_all([Parent(name="a", children=[Child(name="1"), Child(name="2")]), Parent(name="b")])
        session.commit()
        loaded = session.scalars(sa.select(Parent).options(orm.selectinload(Parent.children)).order_by(Parent.id))
        assert [(parent.name, len(parent.children)) for parent in loaded] == [("a", 2), ("b", 0)]
        parent = session.get_one(Parent, 1)
        parent.name = "c"
        parent.children.pop()
        with session.begin_nested():
            session.add(Parent(name="d"))
        session.commit()
        assert session.scalars(sa.select(Parent.name).order_by(Parent.name)).all() == ["b", "c", "d"]
        assert session.scalar(sa.select(sa.func.count()).select_from(Child)) == 1
        session.delete(parent)
        session.commit()
        assert session.scalar(sa.select(sa.func.count()).select_from(Child)) == 0
    Base.metadata.drop_all(engine)
    assert not sa.inspect(engine).has_table("parent")
