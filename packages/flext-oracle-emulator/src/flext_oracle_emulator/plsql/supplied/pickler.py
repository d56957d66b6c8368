"""DBMS_PICKLER: what drivers ask when they meet the first value of a type."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ...ttc.constants import TNS_XML_TYPE_OID
from ..scope import Frame
from .registry import package

if TYPE_CHECKING:
    from ..interpreter import Interpreter

_package = package("DBMS_PICKLER")
_NOT_FOUND = Decimal(1)
# The least that drivers take for a descriptor: its length, two bytes unknown, no attributes (tns-protocol 15.11).
_EMPTY_DESCRIPTOR = bytes((0, 0, 0, 18, 0, 1, 0, 0, 0, 0, 1, 1, 0, 2, 0, 0, 0, 0))


@_package.function(
    "GET_TYPE_SHAPE",
    "FULLNAME, TYPEOID IN OUT, VERSION OUT, TDS OUT, INSTANTIABLE OUT, SUPERTYPE_OWNER OUT, SUPERTYPE_NAME OUT,"
    " ATTR_RC OUT, SUBTYPE_RC OUT",
)
async def get_type_shape(interpreter: Interpreter, frame: Frame, *, fullname: Any, typeoid: Any, **__: Any) -> Any:
    """SYS.XMLTYPE, whose values travel as text, has no attributes. Types of packages and rows of tables are not found."""
    if str(fullname).replace('"', "") in ("SYS.XMLTYPE", "XMLTYPE") or typeoid == TNS_XML_TYPE_OID:
        return await _shape(interpreter, TNS_XML_TYPE_OID, _EMPTY_DESCRIPTOR, _NO_ATTRIBUTES)
    found = interpreter.runtime.user_type(_parts(str(fullname)), frame.unit.definer)
    if found is None:
        return {"return": _NOT_FOUND}
    oid, descriptor = interpreter.runtime.shape_of(found)
    owner, name = (part.replace("'", "''") for part in (found.owner, found.name))
    return await _shape(interpreter, oid, descriptor, _ATTRIBUTES.format(owner, name))


async def _shape(interpreter: Interpreter, oid: bytes, descriptor: bytes, attributes: str) -> dict[str, Any]:
    return {
        "return": Decimal(0),
        "typeoid": oid,
        "version": Decimal(1),
        "tds": descriptor,
        "instantiable": "YES",
        "attr_rc": await interpreter.open_reference(attributes),
    }


def _parts(name: str) -> tuple[str, ...]:
    """`[schema.]type` as a client wrote it."""
    return tuple(part[1:-1] if part.startswith('"') else part.upper() for part in re.findall(r'"[^"]+"|[^".]+', name))


_NO_ATTRIBUTES = (
    "select 1 version, 'A' attr_name, 1 attr_no, 'T' attr_type_name, 'O' attr_type_owner, 'P' attr_type_package,"
    " hextoraw('00') attr_type_oid, 'Y' instantiable, 'O' super_type_owner, 'N' super_type_name from dual where 1 = 0"
)
_ATTRIBUTES = (
    "select 1 version, a.attr_name, a.attr_no, case when a.attr_type_name = 'NUMBER' and a.precision is null and"
    " a.scale = 0 then 'INTEGER' when a.attr_type_name = 'FLOAT' and a.precision = 63 then 'REAL'"
    " else a.attr_type_name end attr_type_name,"
    " case when a.attr_type_name = 'XMLTYPE' then 'SYS' else a.attr_type_owner end attr_type_owner,"
    " cast(null as varchar2(128)) attr_type_package,"
    " (select t.type_oid from all_types t where t.owner = a.attr_type_owner and t.type_name = a.attr_type_name)"
    " attr_type_oid, 'YES' instantiable, cast(null as varchar2(128)) super_type_owner,"
    " cast(null as varchar2(128)) super_type_name"
    " from all_type_attrs a where a.owner = '{}' and a.type_name = '{}' order by a.attr_no"
)
