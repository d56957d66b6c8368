"""XML in, Oracle's rows out: paths, XMLTABLE, and the functions that generate and change documents.

Rows are those of the SQL Language Reference and the XML DB Developer's Guide, or follow from XPath 1.0.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import psycopg
import pytest
from flext_oracle_emulator.errors import OracleError

ORDER = (
    'xmltype(\'<po id="7"><!--c--><ref>A&amp;B</ref><items><item no="1"><part>Bolt</part><qty>3</qty></item>'
    '<item no="2"><part>Nut</part><qty>10</qty></item><item no="3"><part>Pin</part></item></items></po>\')'
)
NAMED = 'xmltype(\'<o:a xmlns:o="urn:o" xmlns="urn:d"><b o:k="1">x</b><o:c/></o:a>\')'


def text(db: Any, expression: str) -> Any:
    return db.value(f"select {expression} from dual")


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/po/ref", "<ref>A&amp;B</ref>"),
        ("/po/ref/text()", "A&amp;B"),
        ("/po/@id", "7"),
        ("//part", "<part>Bolt</part><part>Nut</part><part>Pin</part>"),
        ("//item[2]/part/text()", "Nut"),
        ("//item[last()]/@no", "3"),
        ("//item[@no=2]/part", "<part>Nut</part>"),
        ("//item[qty>5]/part/text()", "Nut"),
        ("//item[not(qty)]/part/text()", "Pin"),
        ('//item[part="Bolt" or position()=3]/@no', "13"),
        ("/po/items/item/part[contains(., 'u')]", "<part>Nut</part>"),
        ('//part[starts-with(., "P")]/../@no', "3"),
        ("//item[1]/following-sibling::item[1]/@no", "2"),
        ("//item[3]/preceding-sibling::*[1]/@no", "2"),
        ("//qty/ancestor::items/item[1]/part", "<part>Bolt</part>"),
        ("/po/*[2]/item[1]/part | /po/ref", "<ref>A&amp;B</ref><part>Bolt</part>"),
        ("count(//item)", "3"),
        ("sum(//qty)", "13"),
        ("string(/po/ref)", "A&amp;B"),
        ("concat(name(/*), '-', local-name((//*)[4]))", "po-item"),
        ("substring('12345', 2, 3)", "234"),
        ("translate('bar','abc','AB')", "BAr"),
        ("normalize-space('  a  b ')", "a b"),
        ("floor(2.6) + ceiling(2.2) * round(2.5) - 7 mod 3", "10"),
        ("6 div 4", "1.5"),
        ("/po/comment()", "<!--c-->"),
        ("/po/nothing", None),
        ("//item[qty != 3]/@no", "2"),
        ("string-length(//part[1])", "4"),
    ],
)
def test_extract_of_xpath(db: Any, path: str, found: str | None) -> None:
    quoted = path.replace("'", "''")
    assert text(db, f"extract({ORDER}, '{quoted}').getstringval()") == found


def test_extractvalue_gives_the_text_of_one_leaf(db: Any) -> None:
    assert text(db, f"extractvalue({ORDER}, '/po/ref')") == "A&B"
    assert text(db, f"extractvalue({ORDER}, '//item[1]/qty') + 1") == Decimal(4)
    assert text(db, f"extractvalue({ORDER}, '/po/none')") is None
    assert text(db, f"extractvalue({ORDER}, '/po/@id')") == "7"


@pytest.mark.parametrize(("path", "code"), [("//part", "19025"), ("/po/items", "19026")])
def test_extractvalue_refuses_several_nodes_and_branches(db: Any, path: str, code: str) -> None:
    with pytest.raises(psycopg.DatabaseError, match=code):
        text(db, f"extractvalue({ORDER}, '{path}')")


def test_existsnode_is_one_or_zero(db: Any) -> None:
    assert text(db, f"existsnode({ORDER}, '//qty')") == 1
    assert text(db, f"existsnode({ORDER}, '//qty[. > 100]')") == 0
    assert text(db, f"{ORDER}.existsnode('/po')") == 1


def test_namespaces_are_resolved(db: Any) -> None:
    assert text(db, f"extractvalue({NAMED}, '/o:a/d:b', 'xmlns:o=\"urn:o\" xmlns:d=\"urn:d\"')") == "x"
    assert text(db, f"extractvalue({NAMED}, '/o:a/d:b/@o:k', 'xmlns:o=\"urn:o\" xmlns:d=\"urn:d\"')") == "1"
    assert text(db, f"existsnode({NAMED}, '/a/b')") == 0
    assert text(db, f"existsnode({NAMED}, '/*/*:b')") == 1
    query = 'declare default element namespace "urn:d"; declare namespace p="urn:o"; /p:a/b'
    assert text(db, f"xmlserialize(content xmlquery('{query}' passing {NAMED} returning content) as varchar2(99))") == (
        '<b xmlns="urn:d" xmlns:o="urn:o" o:k="1">x</b>'
    )


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("/po/items/item[1]/part", "<part>Bolt</part>"),
        ("for $i in //item return $i/part/text()", "BoltNutPin"),
        (
            'for $i at $n in //item where $i/qty order by $i/part descending return <p n="{$n}">{data($i/part)}!</p>',
            '<p n="2">Nut!</p><p n="1">Bolt!</p>',
        ),
        ("for $i in //item order by xs:integer($i/@no) descending return string($i/@no)", "3 2 1"),
        ("let $q := //qty return sum($q) div count($q)", "6.5"),
        ("if (//qty > 9) then 'big' else 'small'", "big"),
        ("string-join(//part, ', ')", "Bolt, Nut, Pin"),
        ("some $q in //qty satisfies $q = 10", "true"),
        ("every $q in //qty satisfies $q = 10", "false"),
        ("1 to 3", "1 2 3"),
        ("<a>{//item[1]/@no}<b/></a>", '<a no="1"><b/></a>'),
        ("distinct-values((1, 2, 1))", "1 2"),
        ("upper-case(//part[1])", "BOLT"),
        ("//item/string(part)", "Bolt Nut Pin"),
        ("()", None),
    ],
)
def test_xmlquery(db: Any, query: str, found: str | None) -> None:
    quoted = query.replace("'", "''")
    passed = f"xmlquery('{quoted}' passing {ORDER} returning content)"
    assert text(db, f"xmlserialize(content {passed} as varchar2(200))") == found


def test_xmlquery_takes_variables(db: Any) -> None:
    query = "$d//item[@no = $n]/part"
    sql = f'xmlcast(xmlquery(\'{query}\' passing {ORDER} as "d", 2 as "n" returning content) as varchar2(10))'
    assert text(db, sql) == "Nut"


def test_xmlexists_in_where(db: Any) -> None:
    sql = 'select id from emp where xmlexists(\'/e[sal > 600]\' passing xmlelement("e", xmlforest(sal as "sal"))) order by 1'
    assert [int(row[0]) for row in db.rows(sql)] == [1, 3]


def test_xmlcast_converts_to_types(db: Any) -> None:
    assert text(db, "xmlcast(xmltype('<a>12.50</a>') as number)") == Decimal("12.50")
    assert text(db, "to_char(xmlcast(xmltype('<a>2020-02-29</a>') as date), 'DD.MM.YYYY')") == "29.02.2020"
    assert text(db, "xmlcast(xmltype('<a><b>x</b><b>y</b></a>') as varchar2(5))") == "xy"
    assert text(db, "xmlcast(xmltype('<a/>') as number)") is None


def test_xmltable_with_columns(db: Any) -> None:
    sql = f"""select x.* from xmltable('/po/items/item' passing {ORDER} columns
        n for ordinality, no number path '@no', part varchar2(3) path 'part', qty number path 'qty' default -1,
        node xmltype path 'part', po number path '../../@id') x"""
    rows = db.rows(sql)
    assert [row[:4] for row in rows] == [(1, 1, "Bol", 3), (2, 2, "Nut", 10), (3, 3, "Pin", -1)]
    assert [row[4] for row in rows] == ["<part>Bolt</part>", "<part>Nut</part>", "<part>Pin</part>"]
    assert {row[5] for row in rows} == {7}


def test_xmltable_joins_the_rows_to_its_left(db: Any) -> None:
    sql = """select e.id, t.v from (select id, xmlelement("r", xmlelement("v", id), xmlelement("v", id * 10)) as doc from emp) e,
        xmltable('/r/v' passing e.doc columns v number path '.') t where e.id < 3 order by 1, 2"""
    assert [tuple(map(int, row)) for row in db.rows(sql)] == [(1, 1), (1, 10), (2, 2), (2, 20)]


@pytest.mark.parametrize(
    "join",
    [
        "e, xmltable('/r/v' passing e.doc columns v number path '.')(+) t",
        "e left join xmltable('/r/v' passing e.doc columns v number path '.') t on 1 = 1",
        "e outer apply xmltable('/r/v' passing e.doc columns v number path '.') t",
        "e, json_table(e.js, '$.v[*]' columns (v number path '$'))(+) t",
        "e outer apply json_table(e.js, '$.v[*]' columns (v number path '$')) t",
    ],
)
def test_rows_without_nodes_are_kept_by_outer_joins(db: Any, join: str) -> None:
    documents = """(select 1 id, xmltype('<r><v>5</v></r>') doc, '{"v":[5]}' js from dual
        union all select 2, xmltype('<r/>'), '{}' from dual) """
    rows = db.rows(f"select e.id, t.v from {documents}{join} order by 1")
    assert [tuple(None if v is None else int(v) for v in row) for row in rows] == [(1, 5), (2, None)]


def test_xmltable_with_namespaces_and_column_names(db: Any) -> None:
    sql = f"""select "b", k from xmltable(xmlnamespaces('urn:o' as "q", default 'urn:d'), '/q:a' passing {NAMED}
        columns "b" varchar2(5), k varchar2(5) path 'b/@q:k')"""
    assert db.rows(sql) == [("x", "1")]


def test_xmltable_without_columns_and_xmlsequence(db: Any) -> None:
    sql = f"select t.column_value.getstringval() from xmltable('//part' passing {ORDER}) t"
    assert [row[0] for row in db.rows(sql)] == ["<part>Bolt</part>", "<part>Nut</part>", "<part>Pin</part>"]
    sql = f"select extractvalue(value(t), '/item/part') from table(xmlsequence(extract({ORDER}, '/po/items/item'))) t"
    assert [row[0] for row in db.rows(sql)] == ["Bolt", "Nut", "Pin"]


def test_xmltable_refuses_several_values_in_one_column(db: Any) -> None:
    with pytest.raises(psycopg.DatabaseError, match="19279"):
        db.rows(f"select * from xmltable('/po/items' passing {ORDER} columns p varchar2(9) path 'item/part')")


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("xmlroot(xmltype('<a/>'), version '1.0', standalone yes)", '<?xml version="1.0" standalone="yes"?>\n<a/>'),
        ("xmlcomment('note')", "<!--note-->"),
        ("xmlcdata('<x>')", "<![CDATA[<x>]]>"),
        ("xmlpi(name \"Order\", 'due')", "<?Order due?>"),
        ('xmlcolattval(1 as "A", null as "B", \'x\' as "C")', '<column name="A">1</column><column name="C">x</column>'),
        ("sys_xmlgen(dummy)", '<?xml version="1.0"?>\n<DUMMY>X</DUMMY>'),
        (
            "updatexml(xmltype('<a><b>1</b><c k=\"2\"/></a>'), '/a/b/text()', 'x<', '/a/c/@k', 3)",
            '<a><b>x&lt;</b><c k="3"/></a>',
        ),
        ("updatexml(xmltype('<a><b>1</b></a>'), '/a/b', xmltype('<z/>'))", "<a><z/></a>"),
        ("deletexml(xmltype('<a><b/><c/><b/></a>'), '/a/b')", "<a><c/></a>"),
        ("deletexml(xmltype('<a><b k=\"1\" l=\"2\"/></a>'), '/a/b/@k')", '<a><b l="2"/></a>'),
        ("appendchildxml(xmltype('<a><b/></a>'), '/a/b', xmltype('<c/>'))", "<a><b><c/></b></a>"),
        ("insertchildxml(xmltype('<a/>'), '/a', 'b', xmltype('<b/>'))", "<a><b/></a>"),
        ("insertchildxml(xmltype('<a/>'), '/a', '@k', 'v')", '<a k="v"/>'),
        ("insertxmlbefore(xmltype('<a><b/></a>'), '/a/b', xmltype('<c/>'))", "<a><c/><b/></a>"),
        ("xmlparse(content 'x<b/>y' wellformed)", "x<b/>y"),
        (
            "xmlserialize(document xmltype('<a><b><c>1</c></b><d/></a>') as varchar2(99) indent size = 2)",
            "<a>\n  <b>\n    <c>1</c>\n  </b>\n  <d/>\n</a>",
        ),
    ],
)
def test_functions_that_write_xml(db: Any, expression: str, found: str) -> None:
    assert text(db, expression) == found


def test_what_is_null_gives_no_element_and_no_attribute(db: Any) -> None:
    element = 'xmlelement("e", xmlattributes(boss as "boss"), xmlforest(sal as "sal"), xmlcolattval(sal as "s"))'
    rows = db.rows(f"select {element} from emp where id in (1, 4) order by id")
    assert [row[0] for row in rows] == [
        '<e><sal>900</sal><column name="s">900</column></e>',
        '<e boss="2"></e>',
    ]


def test_sys_xmlagg_wraps_the_rows(db: Any) -> None:
    sql = 'select sys_xmlagg(xmlelement("e", id)) from emp where id < 3'
    assert db.value(sql) in (
        '<?xml version="1.0"?>\n<ROWSET><e>1</e><e>2</e></ROWSET>',
        '<?xml version="1.0"?>\n<ROWSET><e>2</e><e>1</e></ROWSET>',
    )


@pytest.mark.parametrize(
    "document",
    [
        "<a>",
        "<a></b>",
        "<a b=1/>",
        "<a/><b/>",
        "text",
        '<a x="1" x="2"/>',
        "<a>&nope;</a>",
        "<a><</a>",
        "<p:a/>",
        "<1/>",
    ],
)
def test_what_is_no_document_is_refused(db: Any, document: str) -> None:
    with pytest.raises(psycopg.DatabaseError, match="31011"):
        text(db, f"xmltype('{document}')")


@pytest.mark.parametrize(
    "document",
    [
        "<a/>",
        '<?xml version="1.0"?>\n<!DOCTYPE a><a><![CDATA[<&]]]></a>',
        "<a>&#65;&#x42;&lt;</a>",
        "<a b='x>y'><!-- - --></a>",
    ],
)
def test_documents_stay_as_they_are_written(db: Any, document: str) -> None:
    quoted = document.replace("'", "''")
    assert text(db, f"xmltype('{quoted}').getclobval()") == document


def test_character_references_and_cdata_are_text(db: Any) -> None:
    assert text(db, "extractvalue(xmltype('<a>&#65;<![CDATA[<&]]>&lt;</a>'), '/a')") == "A<&<"


@pytest.mark.parametrize(
    ("sql", "code", "message"),
    [
        (f"extract({ORDER}, '/po/following::x')", 3001, "XPath axis following"),
        (f"extract({ORDER}, 'ora:view(\"x\")')", 3001, "XQuery function ora:view()"),
        (f"extract({ORDER}, '/po[')", 31013, "Invalid XPATH expression"),
        (f"xmlquery('/po[' passing {ORDER} returning content)", 19114, "XQuery syntax error"),
        (f"xmlquery('/zz:po' passing {ORDER} returning content)", 19228, "undeclared identifier: prefix 'zz'"),
        (f"extractvalue({ORDER}, dummy)", 3001, "XPath that is no literal"),
        ("extract('<a/>', '/a')", 932, "inconsistent datatypes"),
        ("xmlisvalid(xmltype('<a/>'))", 3001, "XMLISVALID"),
    ],
)
def test_what_is_not_supported_says_so(db: Any, sql: str, code: int, message: str) -> None:
    with pytest.raises(OracleError, match=message) as caught:
        text(db, sql)
    assert caught.value.code == code
