/** A row that its index does not know: written while SQLite believes that there is no such index. */
import Database from 'better-sqlite3';

const [, , file, table = 'indicators'] = process.argv;
const db = new Database(file);
db.unsafeMode(true);
db.pragma('writable_schema = on');
const index = db.prepare(`select * from sqlite_schema where name = 'by_region'`).get() as {
  readonly [column: string]: unknown;
};
db.exec(`delete from sqlite_schema where name = 'by_region'`);
db.pragma('writable_schema = reset');
db.exec(`update ${table} set region = 'unknown to the index' where id = 7`);
db.pragma('writable_schema = on');
db.prepare('insert into sqlite_schema values (@type, @name, @tbl_name, @rootpage, @sql)').run(
  index,
);
db.pragma('writable_schema = reset');
db.close();
