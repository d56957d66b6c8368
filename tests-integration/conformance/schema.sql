-- The tables and stored code that the tests of python-oracledb expect, in our words: the source distribution carries no
-- SQL. Each statement ends with a line that holds only "/". User-defined types, queues and editions are left out.
-- The rows are in schema.py.

create table TestNumbers (
    IntCol number(9) not null,
    LongIntCol number(16) not null,
    NumberCol number(9, 2) not null,
    FloatCol float not null,
    UnconstrainedCol number not null,
    NullableCol number(38)
)
/
create table TestStrings (
    IntCol number(9) not null,
    StringCol varchar2(20) not null,
    RawCol raw(30) not null,
    FixedCharCol char(40) not null,
    NullableCol varchar2(50)
)
/
create table TestUnicodes (
    IntCol number(9) not null,
    UnicodeCol nvarchar2(20) not null,
    FixedUnicodeCol nchar(40) not null,
    NullableCol nvarchar2(50)
)
/
create table TestDates (IntCol number(9) not null, DateCol date not null, NullableCol date)
/
create table TestCLOBs (
    IntCol number(9) not null,
    CLOBCol clob not null,
    ExtraNumCol1 number(9),
    ExtraCLOBCol1 clob,
    ExtraNumCol2 number(9),
    ExtraCLOBCol2 clob
)
/
create table TestNCLOBs (
    IntCol number(9) not null,
    NCLOBCol nclob not null,
    ExtraNumCol1 number(9),
    ExtraNCLOBCol1 nclob,
    ExtraNumCol2 number(9),
    ExtraNCLOBCol2 nclob
)
/
create table TestBLOBs (
    IntCol number(9) not null,
    BLOBCol blob not null,
    ExtraNumCol1 number(9),
    ExtraBLOBCol1 blob,
    ExtraNumCol2 number(9),
    ExtraBLOBCol2 blob
)
/
create table TestXML (IntCol number(9) not null, XMLCol xmltype not null)
/
create table TestTempXML (IntCol number(9) not null, XMLCol xmltype not null)
/
create table TestLongs (IntCol number(9) not null, LongCol long) nocompress
/
create table TestLongRaws (IntCol number(9) not null, LongRawCol long raw) nocompress
/
create table TestTempTable (
    IntCol number(9) not null,
    StringCol1 varchar2(400),
    StringCol2 varchar2(400),
    NumberCol number(25, 2),
    constraint TestTempTable_pk primary key (IntCol)
)
/
create table TestArrayDML (
    IntCol number(9) not null,
    StringCol varchar2(100),
    IntCol2 number(3),
    constraint TestArrayDML_pk primary key (IntCol)
)
/
create table TestTimestamps (
    IntCol number(9) not null,
    TimestampCol timestamp not null,
    NullableCol timestamp,
    TimestampPrecisionCol timestamp(4)
)
/
create table TestTimestampLTZs (
    IntCol number(9) not null,
    TimestampLTZCol timestamp with local time zone not null,
    NullableCol timestamp with local time zone,
    TimestampLTZPrecisionCol timestamp(5) with local time zone
)
/
create table TestTimestampTZs (
    IntCol number(9) not null,
    TimestampTZCol timestamp with time zone not null,
    NullableCol timestamp with time zone,
    TimestampTZPrecisionCol timestamp(7) with time zone
)
/
create table TestIntervals (
    IntCol number(9) not null,
    IntervalCol interval day to second not null,
    NullableCol interval day to second,
    IntervalPrecisionCol interval day(7) to second,
    IntervalPrecisionScaleCol interval day(8) to second(9)
)
/
create table TestIntervalYMs (
    IntCol number(9) not null,
    IntervalCol interval year to month not null,
    NullableCol interval year to month,
    IntervalPrecisionCol interval year(3) to month
)
/
create table TestUniversalRowids (
    IntCol number(9) not null,
    StringCol varchar2(250) not null,
    DateCol date not null,
    constraint TestUniversalRowids_pk primary key (IntCol, StringCol, DateCol)
) organization index
/
create table TestRowids (IntCol number(9) not null, RowidCol rowid, URowidCol urowid)
/
create table TestJsonCols (
    IntCol number(9) not null,
    JsonVarchar varchar2(4000) not null,
    JsonClob clob not null,
    JsonBlob blob not null,
    constraint TestJsonCols_ck_1 check (JsonVarchar is json format json),
    constraint TestJsonCols_ck_2 check (JsonClob is json format json),
    constraint TestJsonCols_ck_3 check (JsonBlob is json format json)
)
/
create table TestAllTypes (
    NumberValue number,
    StringValue varchar2(60),
    FixedCharValue char(10),
    NStringValue nvarchar2(60),
    NFixedCharValue nchar(10),
    RawValue raw(16),
    IntValue integer,
    SmallIntValue smallint,
    RealValue real,
    DecimalValue number(20, 6),
    DoublePrecisionValue double precision,
    FloatValue float,
    BinaryFloatValue binary_float,
    BinaryDoubleValue binary_double,
    DateValue date,
    TimestampValue timestamp,
    TimestampTZValue timestamp with time zone,
    TimestampLTZValue timestamp with local time zone,
    IntervalDSValue interval day to second,
    IntervalYMValue interval year to month,
    CLOBValue clob,
    NCLOBValue nclob,
    BLOBValue blob,
    InvisibleValue number invisible
)
/
create table PlsqlSessionCallbacks (
    RequestedTag varchar2(250),
    ActualTag varchar2(250),
    FixupTimestamp timestamp
)
/
create table TestDataframe (
    Id number(9),
    FirstName varchar2(100),
    LastName varchar2(100),
    City varchar2(100),
    Country varchar2(100),
    DateOfBirth date,
    Salary number(9, 2),
    CreditScore number(3, 0),
    LastUpdated timestamp,
    DecimalData number(15, 4),
    IntegerData number(15),
    LongIntegerData number(38),
    UnconstrainedNumberData number,
    FloatData binary_float,
    DoubleData binary_double,
    RawData raw(100),
    LongData clob,
    LongRawData blob
)
/
create procedure proc_Test (a_InValue varchar2, a_InOutValue in out number, a_OutValue out number) as
begin
    a_OutValue := length(a_InValue);
    a_InOutValue := a_InOutValue * a_OutValue;
end;
/
create procedure proc_Test2 (a_InValue varchar2, a_InOutValue in out number, a_OutValue out boolean) as
begin
    a_InOutValue := a_InOutValue * length(a_InValue);
    a_OutValue := length(a_InValue) > 1;
end;
/
create procedure proc_TestNoArgs as
begin
    null;
end;
/
create procedure myrefcursorproc (a_RefCursor out sys_refcursor) as
begin
    open a_RefCursor for select * from TestTempTable;
end;
/
create function func_Test (a_String varchar2, a_ExtraAmount number) return number as
begin
    return length(a_String) + a_ExtraAmount;
end;
/
create function func_Test2 (a_String varchar2, a_ExtraAmount number, a_Boolean boolean) return number as
begin
    return length(a_String) + case when a_Boolean then a_ExtraAmount else -a_ExtraAmount end;
end;
/
create function func_TestNoArgs return number as
begin
    return 712;
end;
/
create or replace package pkg_TestStringArrays as
    type udt_StringList is table of varchar2(100) index by binary_integer;
    function TestInArrays (a_StartingLength number, a_Array udt_StringList) return number;
    procedure TestInOutArrays (a_NumElems number, a_Array in out nocopy udt_StringList);
    procedure TestOutArrays (a_NumElems number, a_Array out nocopy udt_StringList);
    procedure TestIndexBy (a_Array out nocopy udt_StringList);
end;
/
create or replace package body pkg_TestStringArrays as
    function TestInArrays (a_StartingLength number, a_Array udt_StringList) return number is
        t_Total number := a_StartingLength;
    begin
        for i in 1 .. a_Array.count loop
            t_Total := t_Total + length(a_Array(i));
        end loop;
        return t_Total;
    end;

    procedure TestInOutArrays (a_NumElems number, a_Array in out nocopy udt_StringList) is
    begin
        for i in 1 .. a_NumElems loop
            a_Array(i) := 'Converted element # ' || i || ' originally had length ' || length(a_Array(i));
        end loop;
    end;

    procedure TestOutArrays (a_NumElems number, a_Array out nocopy udt_StringList) is
    begin
        for i in 1 .. a_NumElems loop
            a_Array(i) := 'Test out element # ' || i;
        end loop;
    end;

    procedure TestIndexBy (a_Array out nocopy udt_StringList) is
    begin
        a_Array(8388608) := 'Fourth element';
        a_Array(284) := 'Third element';
        a_Array(-576) := 'Second element';
        a_Array(-1048576) := 'First element';
    end;
end;
/
create or replace package pkg_TestUnicodeArrays as
    type udt_UnicodeList is table of nvarchar2(100) index by binary_integer;
    function TestInArrays (a_StartingLength number, a_Array udt_UnicodeList) return number;
    procedure TestInOutArrays (a_NumElems number, a_Array in out nocopy udt_UnicodeList);
    procedure TestOutArrays (a_NumElems number, a_Array out nocopy udt_UnicodeList);
end;
/
create or replace package body pkg_TestUnicodeArrays as
    function TestInArrays (a_StartingLength number, a_Array udt_UnicodeList) return number is
        t_Total number := a_StartingLength;
    begin
        for i in 1 .. a_Array.count loop
            t_Total := t_Total + length(a_Array(i));
        end loop;
        return t_Total;
    end;

    procedure TestInOutArrays (a_NumElems number, a_Array in out nocopy udt_UnicodeList) is
    begin
        for i in 1 .. a_NumElems loop
            a_Array(i) := 'Converted element ' || unistr('\3042') || ' # ' || to_char(i) || ' originally had length '
                || to_char(length(a_Array(i)));
        end loop;
    end;

    procedure TestOutArrays (a_NumElems number, a_Array out nocopy udt_UnicodeList) is
    begin
        for i in 1 .. a_NumElems loop
            a_Array(i) := 'Test out element ' || unistr('\3042') || ' # ' || to_char(i);
        end loop;
    end;
end;
/
create or replace package pkg_TestNumberArrays as
    type udt_NumberList is table of number index by binary_integer;
    function TestInArrays (a_StartingValue number, a_Array udt_NumberList) return number;
    procedure TestInOutArrays (a_NumElems number, a_Array in out nocopy udt_NumberList);
    procedure TestOutArrays (a_NumElems number, a_Array out nocopy udt_NumberList);
end;
/
create or replace package body pkg_TestNumberArrays as
    function TestInArrays (a_StartingValue number, a_Array udt_NumberList) return number is
        t_Total number := a_StartingValue;
    begin
        for i in 1 .. a_Array.count loop
            t_Total := t_Total + a_Array(i);
        end loop;
        return t_Total;
    end;

    procedure TestInOutArrays (a_NumElems number, a_Array in out nocopy udt_NumberList) is
    begin
        for i in 1 .. a_NumElems loop
            a_Array(i) := 10 * a_Array(i);
        end loop;
    end;

    procedure TestOutArrays (a_NumElems number, a_Array out nocopy udt_NumberList) is
    begin
        for i in 1 .. a_NumElems loop
            a_Array(i) := 100 * i;
        end loop;
    end;
end;
/
create or replace package pkg_TestDateArrays as
    type udt_DateList is table of date index by binary_integer;
    function TestInArrays (a_StartingValue number, a_BaseDate date, a_Array udt_DateList) return number;
    procedure TestInOutArrays (a_NumElems number, a_Array in out nocopy udt_DateList);
    procedure TestOutArrays (a_NumElems number, a_Array out nocopy udt_DateList);
end;
/
create or replace package body pkg_TestDateArrays as
    function TestInArrays (a_StartingValue number, a_BaseDate date, a_Array udt_DateList) return number is
        t_Total number := a_StartingValue;
    begin
        for i in 1 .. a_Array.count loop
            t_Total := t_Total + (a_Array(i) - a_BaseDate);
        end loop;
        return t_Total;
    end;

    procedure TestInOutArrays (a_NumElems number, a_Array in out nocopy udt_DateList) is
    begin
        for i in 1 .. a_NumElems loop
            a_Array(i) := a_Array(i) + 7;
        end loop;
    end;

    procedure TestOutArrays (a_NumElems number, a_Array out nocopy udt_DateList) is
    begin
        for i in 1 .. a_NumElems loop
            a_Array(i) := date '2002-12-12' + 1.2 * i;
        end loop;
    end;
end;
/
create or replace package pkg_TestRefCursors as
    procedure TestOutCursor (a_MaxIntValue number, a_Cursor out sys_refcursor);
    function TestInCursor (a_Cursor sys_refcursor) return varchar2;
    function TestReturnCursor (a_MaxIntValue number) return sys_refcursor;
    procedure TestLobCursor (a_Value varchar2, a_Cursor out sys_refcursor);
    procedure TestCloseCursor (a_Cursor sys_refcursor);
end;
/
create or replace package body pkg_TestRefCursors as
    procedure TestOutCursor (a_MaxIntValue number, a_Cursor out sys_refcursor) is
    begin
        open a_Cursor for
            select IntCol, StringCol from TestStrings where IntCol <= a_MaxIntValue order by IntCol;
    end;

    function TestInCursor (a_Cursor sys_refcursor) return varchar2 is
        t_Text varchar2(100);
    begin
        fetch a_Cursor into t_Text;
        return t_Text || ' (Modified)';
    end;

    function TestReturnCursor (a_MaxIntValue number) return sys_refcursor is
        t_Cursor sys_refcursor;
    begin
        TestOutCursor(a_MaxIntValue, t_Cursor);
        return t_Cursor;
    end;

    procedure TestLobCursor (a_Value varchar2, a_Cursor out sys_refcursor) is
    begin
        open a_Cursor for select to_clob(a_Value) from dual;
    end;

    procedure TestCloseCursor (a_Cursor sys_refcursor) is
        t_Id number;
        t_Text varchar2(400);
    begin
        delete from TestTempTable;
        fetch a_Cursor into t_Id, t_Text;
        if a_Cursor%found then
            insert into TestTempTable (IntCol, StringCol1) values (t_Id, t_Text);
        end if;
        close a_Cursor;
        commit;
    end;
end;
/
create or replace package pkg_TestBooleans as
    type udt_BooleanList is table of boolean index by binary_integer;
    function EchoValue (a_Value boolean) return boolean;
    procedure EchoValueOut (a_Value boolean, a_ValueOut out boolean);
    function GetStringRep (a_Value boolean) return varchar2;
    function IsLessThan10 (a_Value number) return boolean;
    function TestInArrays (a_Value udt_BooleanList) return number;
    function TestOutValueNull return boolean;
    procedure TestOutArrays (a_NumElements number, a_Value out nocopy udt_BooleanList);
end;
/
create or replace package body pkg_TestBooleans as
    function EchoValue (a_Value boolean) return boolean is
    begin
        return a_Value;
    end;

    procedure EchoValueOut (a_Value boolean, a_ValueOut out boolean) is
    begin
        a_ValueOut := a_Value;
    end;

    function GetStringRep (a_Value boolean) return varchar2 is
    begin
        return case when a_Value is null then 'NULL' when a_Value then 'TRUE' else 'FALSE' end;
    end;

    function IsLessThan10 (a_Value number) return boolean is
    begin
        return a_Value < 10;
    end;

    function TestInArrays (a_Value udt_BooleanList) return number is
        t_Count pls_integer := 0;
    begin
        for i in 1 .. a_Value.count loop
            if a_Value(i) then
                t_Count := t_Count + 1;
            end if;
        end loop;
        return t_Count;
    end;

    function TestOutValueNull return boolean is
    begin
        return null;
    end;

    procedure TestOutArrays (a_NumElements number, a_Value out nocopy udt_BooleanList) is
    begin
        for i in 1 .. a_NumElements loop
            a_Value(i) := mod(i, 2) = 1;
        end loop;
    end;
end;
/
create or replace package pkg_SessionCallback as
    procedure TheCallback (a_RequestedTag varchar2, a_ActualTag varchar2);
end;
/
create or replace package body pkg_SessionCallback as
    procedure TheCallback (a_RequestedTag varchar2, a_ActualTag varchar2) is
        pragma autonomous_transaction;
    begin
        insert into PlsqlSessionCallbacks values (a_RequestedTag, a_ActualTag, systimestamp);
        commit;
    end;
end;
/
create or replace package pkg_TestLOBs as
    procedure GetSize (a_BLOB blob, a_Size out number);
    procedure GetSize (a_CLOB clob, a_Size out number);
    procedure TestInOut (a_CLOB in out clob, a_SearchValue varchar2, a_ReplaceValue varchar2);
    function GetLOB (a_Num number, a_Format varchar2) return clob;
end;
/
create or replace package body pkg_TestLOBs as
    procedure GetSize (a_BLOB blob, a_Size out number) is
    begin
        a_Size := dbms_lob.getlength(a_BLOB);
    end;

    procedure GetSize (a_CLOB clob, a_Size out number) is
    begin
        a_Size := dbms_lob.getlength(a_CLOB);
    end;

    procedure TestInOut (a_CLOB in out clob, a_SearchValue varchar2, a_ReplaceValue varchar2) is
    begin
        if a_SearchValue is not null then
            a_CLOB := replace(a_CLOB, a_SearchValue, a_ReplaceValue);
        end if;
    end;

    function GetLOB (a_Num number, a_Format varchar2) return clob is
    begin
        return to_clob(replace(a_Format, '{}', to_char(a_Num)));
    end;
end;
/
-- Objects and collections.
create type udt_SubObject as object (SubNumberValue number, SubStringValue varchar2(60))
/
create type udt_ObjectArray as varray(10) of udt_SubObject
/
create type udt_Array as varray(10) of number
/
create type udt_UnconstrainedTable as table of number
/
create type udt_VarrayOfNumber as varray(10) of number
/
create type udt_TableOfNumber as table of number
/
create type udt_TableOfVarrayOfNumber as table of udt_VarrayOfNumber
/
create type udt_TableOfTableOfNumber as table of udt_TableOfNumber
/
create type udt_VarrayOfTableOfNumber as varray(10) of udt_TableOfNumber
/
create type udt_ObjectWithXmlType as object (NumberValue number, XmlValue xmltype, StringValue varchar2(60))
/
create type udt_XmlTypeArray as varray(10) of xmltype
/
create type udt_Object as object (
    NumberValue number,
    StringValue varchar2(60),
    FixedCharValue char(10),
    NStringValue nvarchar2(60),
    NFixedCharValue nchar(10),
    RawValue raw(16),
    IntValue integer,
    SmallIntValue smallint,
    RealValue real,
    DoublePrecisionValue double precision,
    FloatValue float,
    BinaryFloatValue binary_float,
    BinaryDoubleValue binary_double,
    DateValue date,
    TimestampValue timestamp,
    TimestampTZValue timestamp with time zone,
    TimestampLTZValue timestamp with local time zone,
    ClobValue clob,
    NClobValue nclob,
    BlobValue blob,
    SubObjectValue udt_SubObject,
    SubObjectArray udt_ObjectArray
)
/
create table TestObjects (IntCol number(9) not null, ObjectCol udt_Object, ArrayCol udt_Array)
/
create table NestedCollectionTests (
    Id number(9) not null,
    TableCol udt_TableOfTableOfNumber,
    VarrayCol udt_VarrayOfTableOfNumber
) nested table TableCol store as NestedCollectionTests_T
/
insert into TestObjects values (1, udt_Object(1, 'First row', 'First', 'N First Row', 'N First',
    utl_raw.cast_to_raw('Raw Data 1'), 2, 5, 12.125, 0.5, 12.5, 25.25, 50.125, date '2007-03-06',
    timestamp '2008-09-12 16:40:00', timestamp '2009-10-13 17:50:00 +00:00', timestamp '2010-11-14 18:55:00 +00:00',
    'Short CLOB value', 'Short NCLOB Value', utl_raw.cast_to_raw('Short BLOB value'), udt_SubObject(11, 'Sub object 1'),
    udt_ObjectArray(udt_SubObject(5, 'first element'), udt_SubObject(6, 'second element'))), udt_Array(5, 10, null, 20))
/
insert into TestObjects values (2, null, udt_Array(3, null, 9, 12, 15))
/
insert into TestObjects values (3, udt_Object(3, 'Third row', 'Third', 'N Third Row', 'N Third',
    utl_raw.cast_to_raw('Raw Data 3'), 4, 10, 6.5, 0.75, 43.25, 86.5, 192.125, date '2007-06-21',
    timestamp '2007-12-13 07:30:45', timestamp '2017-06-21 23:18:45 +00:00', timestamp '2017-07-21 08:27:13 +00:00',
    'Another short CLOB value', 'Another short NCLOB Value', utl_raw.cast_to_raw('Yet another short BLOB value'),
    udt_SubObject(13, 'Sub object 3'), udt_ObjectArray(udt_SubObject(10, 'element #1'), udt_SubObject(20, 'element #2'),
    udt_SubObject(30, 'element #3'), udt_SubObject(40, 'element #4'))), null)
/
create package pkg_TestBindObject as
    function GetStringRep (a_Object udt_Object) return varchar2;
    procedure BindObjectOut (a_NumberValue number, a_StringValue varchar2, a_Object out nocopy udt_Object);
end;
/
create package body pkg_TestBindObject as
    function Quoted (a_Text varchar2) return varchar2 is
    begin
        return case when a_Text is null then 'null' else '''' || a_Text || '''' end;
    end;
    function Num (a_Value number) return varchar2 is
    begin
        return nvl(to_char(a_Value), 'null');
    end;
    function SubObject (a_Object udt_SubObject) return varchar2 is
    begin
        if a_Object is null then
            return 'null';
        end if;
        return 'udt_SubObject(' || Num(a_Object.SubNumberValue) || ', ' || Quoted(a_Object.SubStringValue) || ')';
    end;
    function SubObjects (a_Array udt_ObjectArray) return varchar2 is
        t_Text varchar2(4000);
    begin
        if a_Array is null then
            return 'null';
        end if;
        for i in 1 .. a_Array.count loop
            t_Text := t_Text || case when i > 1 then ', ' end || SubObject(a_Array(i));
        end loop;
        return 'udt_ObjectArray(' || t_Text || ')';
    end;
    function GetStringRep (a_Object udt_Object) return varchar2 is
    begin
        if a_Object is null then
            return 'null';
        end if;
        return 'udt_Object(' || Num(a_Object.NumberValue) || ', ' || Quoted(a_Object.StringValue) || ', '
            || Quoted(a_Object.FixedCharValue) || ', '
            || case when a_Object.DateValue is null then 'null'
                else 'to_date(''' || to_char(a_Object.DateValue, 'YYYY-MM-DD') || ''', ''YYYY-MM-DD'')' end || ', '
            || case when a_Object.TimestampValue is null then 'null'
                else 'to_timestamp(''' || to_char(a_Object.TimestampValue, 'YYYY-MM-DD HH24:MI:SS')
                    || ''', ''YYYY-MM-DD HH24:MI:SS'')' end || ', '
            || SubObject(a_Object.SubObjectValue) || ', ' || SubObjects(a_Object.SubObjectArray) || ')';
    end;
    procedure BindObjectOut (a_NumberValue number, a_StringValue varchar2, a_Object out nocopy udt_Object) is
    begin
        a_Object := udt_Object(a_NumberValue, a_StringValue, null, null, null, null, null, null, null, null, null, null,
            null, null, null, null, null, null, null, null, null, null);
    end;
end;
/
create package pkg_NestedTable as
    function GetVarrayOfNumber return udt_VarrayOfNumber;
    function GetTableOfNumber return udt_TableOfNumber;
    function GetTableOfVarrayOfNumber return udt_TableOfVarrayOfNumber;
end;
/
create package body pkg_NestedTable as
    function GetVarrayOfNumber return udt_VarrayOfNumber is
    begin
        return udt_VarrayOfNumber(10, 20, 30);
    end;
    function GetTableOfNumber return udt_TableOfNumber is
    begin
        return udt_TableOfNumber(15, 25, 35, 45);
    end;
    function GetTableOfVarrayOfNumber return udt_TableOfVarrayOfNumber is
    begin
        return udt_TableOfVarrayOfNumber(udt_VarrayOfNumber(10, 20), udt_VarrayOfNumber(30, 40));
    end;
end;
/
