// node-oracledb's thin client against the emulator. Not part of `make test`:
//
//     cd tests-integration/conformance/node && npm install --no-save oracledb
//     flext-oracle-emulator run --user app/secret -- node check.mjs
//
// Prints a line for each check; the exit code is 1 if one failed.
import assert from "node:assert/strict";
import oracledb from "oracledb";

const { ORACLE_USER: user, ORACLE_PASSWORD: password, ORACLE_DSN: connectString } = process.env;
const connection = await oracledb.getConnection({ user, password, connectString });

const checks = {
  async "types of every family come back as they went in"() {
    await connection.execute(`create table types (n number, f binary_double, v varchar2(20), c char(3), nv nvarchar2(10),
      r raw(4), d date, ts timestamp(6))`);
    const row = [12.25, 0.1, "ünï", "ab", "\u3042", Buffer.from([0, 255]), new Date(2024, 1, 2, 3, 4, 5), new Date(1700000000123)];
    await connection.execute("insert into types values (:1, :2, :3, :4, :5, :6, :7, :8)", row);
    const { rows } = await connection.execute("select * from types");
    assert.deepEqual(rows[0], [...row.slice(0, 3), "ab ", ...row.slice(4)]);
  },
  async "array DML tells its errors and row counts"() {
    await connection.execute("create table many (id number primary key, s varchar2(10))");
    const rows = [[1, "a"], [2, "b"], [2, "c"], [4, "d"]];
    const result = await connection.executeMany("insert into many values (:1, :2)", rows,
      { batchErrors: true, dmlRowCounts: true, bindDefs: [{ type: oracledb.NUMBER }, { type: oracledb.STRING, maxSize: 10 }] });
    assert.deepEqual(result.batchErrors.map((error) => [error.offset, error.message.slice(0, 9)]), [[2, "ORA-00001"]]);
    assert.deepEqual(result.dmlRowCounts, [1, 1, 0, 1]);
  },
  async "RETURNING gives the values of all rows"() {
    const { outBinds } = await connection.execute("update many set s = upper(s) returning s into :1",
      [{ dir: oracledb.BIND_OUT, type: oracledb.STRING }]);
    assert.deepEqual(outBinds[0].sort(), ["A", "B", "D"]);
  },
  async "a result set is read row by row"() {
    const { resultSet } = await connection.execute("select level n from dual connect by level <= 250", [],
      { resultSet: true, fetchArraySize: 100 });
    let total = 0;
    for await (const [n] of resultSet) total += n;
    assert.equal(total, 31375);
  },
  async "LOBs are streamed"() {
    await connection.execute("create table lobs (c clob, b blob)");
    const text = "x\u00fc".repeat(50000);
    await connection.execute("insert into lobs values (:1, :2)", [text, Buffer.alloc(70000, 7)]);
    const { rows: [[c, b]] } = await connection.execute("select c, b from lobs");
    assert.equal(await c.getData(), text);
    assert.equal((await b.getData()).length, 70000);
  },
  async "PL/SQL has IN, OUT and IN OUT binds, and REF CURSORs"() {
    const { outBinds } = await connection.execute(
      "begin :o := :i * 2; :io := :io || '!'; open :c for select id from many order by id; end;",
      { o: { dir: oracledb.BIND_OUT, type: oracledb.NUMBER }, i: 21,
        io: { dir: oracledb.BIND_INOUT, val: "x", type: oracledb.STRING }, c: { dir: oracledb.BIND_OUT, type: oracledb.CURSOR } });
    assert.deepEqual([outBinds.o, outBinds.io], [42, "x!"]);
    assert.deepEqual(await outBinds.c.getRows(), [[1], [2], [4]]);
    await outBinds.c.close();
  },
  async "errors have Oracle's number and place"() {
    await assert.rejects(connection.execute("select nope from dual"), { errorNum: 904, offset: 7 });
  },
  async "what is not committed is gone"() {
    await connection.execute("insert into many values (5, 'e')");
    await connection.rollback();
    const { rows } = await connection.execute("select count(*) from many");
    assert.deepEqual(rows, [[3]]);
  },
};

let failed = 0;
for (const [name, check] of Object.entries(checks)) {
  try {
    await check();
    console.log(`ok      ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`failed  ${name}: ${error.message}`);
  }
}
await connection.close();
process.exit(failed ? 1 : 0);
