"""DBMS_PICKLER: what drivers ask when they meet the first value of a type."""

from __future__ import annotations

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
async def get_type_shape(interpreter: Interpreter, _: Frame, *, fullname: Any, typeoid: Any, **__: Any) -> Any:
    """Nothing has a shape but SYS.XMLTYPE, whose values travel as text. Other types are not found."""
    name = str(fullname).replace('"', "")
    if name not in ("SYS.XMLTYPE", "XMLTYPE") and typeoid != TNS_XML_TYPE_OID:
        return {"return": _NOT_FOUND}
    return {
        "return": Decimal(0),
        "typeoid": TNS_XML_TYPE_OID,
        "version": Decimal(1),
        "tds": _EMPTY_DESCRIPTOR,
        "instantiable": "YES",
        "attr_rc": await interpreter.open_reference(_ATTRIBUTES),
    }


_ATTRIBUTES = (
    "select 1 version, 'A' attr_name, 1 attr_no, 'T' attr_type_name, 'O' attr_type_owner, 'P' attr_type_package,"
    " hextoraw('00') attr_type_oid, 'Y' instantiable, 'O' super_type_owner, 'N' super_type_name from dual where 1 = 0"
)
