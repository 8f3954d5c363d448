import { closeSync, openSync, writeSync } from 'node:fs';

/** As the facts of the mission have it: of 1000 lines 14 warnings and 6 errors, 2 of them with a traceback. */
const TRACEBACK = `Traceback (most recent call last):
  File "/app/src/data.py", line 88, in load
    rows = connection.execute(sql).fetchall()
  File "/app/src/db.py", line 12, in execute
    raise OperationalError("database is locked")
sqlite3.OperationalError: database is locked
`;
const LOGGERS = ['app.data', 'app.views.map', 'sqlalchemy.engine', 'app.cache', 'urllib3'];
const HOURS = 23;

/** Writes a log of Python's logging of about so many bytes, of the last 23 hours. Answers how many lines it has. */
export function makeLog(file: string, bytes: number, now = Date.now()): number {
  const fd = openSync(file, 'w');
  const begin = now - HOURS * 3_600_000;
  let [written, lines] = [0, 0];
  try {
    while (written < bytes) {
      let text = '';
      for (let count = 0; count < 5000; count += 1, lines += 1)
        text += lineOf(lines, begin + ((now - begin) * (written + text.length)) / (bytes * 1.001));
      written += writeSync(fd, text);
    }
  } finally {
    closeSync(fd);
  }
  return lines;
}

function lineOf(number: number, at: number): string {
  const stamp = new Date(at).toISOString().slice(0, 23).replace('T', ' ').replace('.', ',');
  const head = `${stamp} - ${LOGGERS[number % LOGGERS.length]}`;
  const turn = (number * 7919) % 1000;
  if (turn < 2)
    return `${head} - ERROR - Query ${number} failed for 'u${number % 991}'\n${TRACEBACK}`;
  if (turn < 6) return `${head} - ERROR - Export of dashboard ${number % 17} failed\n`;
  if (turn < 19)
    return `${head} - WARNING - SLOW QUERY: ${number % 5000} ms: SELECT value FROM t WHERE id=${number}\n`;
  if (turn < 20) return `${head} - WARNING - HIGH MEMORY: ${number % 100}%\n`;
  if (turn < 700)
    return `${head} - INFO - GET /dashboard/${number % 97} session=${number.toString(16)} rendered in ${number % 900} ms, ${number % 40} widgets, cache hit\n`;
  return `${head} - DEBUG - loaded ${number} rows of table health_indicators for region ${number % 7} in ${number % 50} ms\n`;
}
