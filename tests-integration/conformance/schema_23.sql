-- What the tests expect of Oracle 23ai besides schema.sql.

create table TestJson (IntCol number(9) not null, JsonCol json not null)
/
create table TestOsonCols (
    IntCol number(9) not null,
    OsonCol blob not null,
    constraint TestOsonCols_ck_1 check (OsonCol is json format oson)
)
/
create table TestCompressedJson (IntCol number(9) not null, JsonCol json not null)
json (JsonCol) store as (compress high)
/
create table TestBooleans (
    IntCol number(9) not null,
    BooleanCol1 boolean not null,
    BooleanCol2 boolean,
    BooleanCol3 boolean
)
/
create domain SimpleDomain as number(3, 0) not null
/
create table TableWithDomainAndAnnotations (
    id number(9) not null,
    age number(3, 0) domain SimpleDomain annotations (Anno_1 'first annotation', Anno_2 'second annotation', Anno_3)
)
/
insert into TableWithDomainAndAnnotations values (1, 25)
/
create table TestVectors (
    IntCol number(9) not null,
    VectorFlexAllCol vector,
    VectorFlexTypeCol vector(2),
    VectorFlex8Col vector(*, int8),
    VectorFlex32Col vector(*, float32),
    VectorFlex64Col vector(*, float64),
    Vector8Col vector(16, int8),
    Vector32Col vector(16, float32),
    Vector64Col vector(16, float64)
)
/
create table TestBinaryVectors (IntCol number(9) not null, VectorBinaryCol vector(64, binary))
/
create table TestSparseVectors (
    IntCol number(9) not null,
    SparseVectorFlexAllCol vector(*, *, sparse),
    SparseVectorFlexTypeCol vector(2, *, sparse),
    SparseVectorFlex8Col vector(*, int8, sparse),
    SparseVectorFlex32Col vector(*, float32, sparse),
    SparseVectorFlex64Col vector(*, float64, sparse),
    SparseVector8Col vector(16, int8, sparse),
    SparseVector32Col vector(16, float32, sparse),
    SparseVector64Col vector(16, float64, sparse)
)
/
