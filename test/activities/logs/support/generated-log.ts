import { NOW } from './review-at.ts';
import { randomOf } from './written-log.ts';

const LOGGERS = ['app.data', 'sqlalchemy.engine', 'app.auth', 'é.ü'];
const CLASSES = ['ValueError', 'KeyError', 'sqlite3.OperationalError'];
const WORDS = [
  'ERROR',
  'WARNING',
  'SLOW QUERY',
  'TIMEOUT',
  'QUERY',
  'login',
  'engine',
  '\u0000',
  'é',
];

/** Lines of whatever is in a log, of more bytes than are read at once; the same for the same seed. */
export function generatedLog(format: 'python' | 'json' | 'access', seed: number): string[] {
  const random = randomOf(seed);
  const below = (most: number) => Math.floor(random() * most);
  const one = <Item>(items: readonly Item[]) => items[below(items.length)]!;
  const lineAt = { python: pythonLines, json: jsonLines, access: accessLines }[format];
  return Array.from({ length: 6000 }, (_, number) =>
    lineAt(NOW - 60_000 * 60 + number * 500),
  ).flat();

  function pythonLines(at: number): string[] {
    const head = `${new Date(at).toISOString().slice(0, 23).replace('T', ' ').replace('.', ',')} - ${one(LOGGERS)}`;
    const trace = [
      'Traceback (most recent call last):',
      `  File "ERROR.py", line ${below(99)}, in load`,
      `${one(CLASSES)}: ${one(WORDS)} ${below(1e6)}`,
    ];
    switch (below(14)) {
      case 0:
        return [`${head} - ERROR - Query ${below(1e6)} failed for 'u${below(99)}'`, ...trace];
      case 1:
        return [`${head} - CRITICAL - Export ${one(WORDS)} ended after ${below(1e4)},5 ms`];
      case 2:
        return [`${head} - WARNING - SLOW QUERY: ${below(5000)} ms, no ${one(WORDS)}`];
      case 3:
        return [`${head} - INFO - HIGH MEMORY at ${below(100)}%, then a TIMEOUT`];
      case 4:
        return [
          `${head} - ${one(['INFO', 'WARNING'])} - Failed login for ann from 10.0.0.${below(8)}`,
        ];
      case 9:
        return [
          `${head} - WARNING - ${one(['invalid password', 'Authentication FAILED', 'login failed', 'invalid credentials', 'no login'])} from 10.0.1.1`,
        ];
      case 5:
        return [`${head} - INFO - Uncaught`, ...trace];
      case 6:
        return [`${head} - INFO - ${'x'.repeat(below(6000))} ERROR TIMEOUT Failed login`];
      case 7:
        return below(400) > 0 ? [''] : [`${head} - ERROR - ${'y'.repeat(2_000_000)} WARNING`];
      case 8:
        return [`${head} - WARNING - HIGH MEMORY, SLOW QUERY, SLOW QUERY of ${one(WORDS)}`];
      default:
        return [`${head} - DEBUG - ${one(WORDS)} and ${one(WORDS)} of table ${below(1e9)}`];
    }
  }

  function jsonLines(at: number): string[] {
    const timestamp = new Date(at).toISOString();
    const level = one(['info', 'error', 'warning', 'CRITICAL']);
    if (below(50) === 0) return ['{"half": '];
    if (below(5) === 0) return [JSON.stringify({ timestamp, event_type: one(['view', 'export']) })];
    const error = below(2) === 0 && { error_type: one(CLASSES) };
    return [JSON.stringify({ timestamp, level, message: `${one(WORDS)} ${below(1e6)}`, ...error })];
  }

  function accessLines(at: number): string[] {
    const stamp = new Date(at)
      .toUTCString()
      .replace(/^\w+, (\d+) (\w+) (\d+) (.*) GMT$/, '$1/$2/$3:$4 +0000');
    const status = one([200, 200, 304, 401, 404, 500, 503]);
    if (below(50) === 0) return ['\u0016\u0003\u0001'];
    return [
      `10.0.0.${below(5)} - - [${stamp}] "GET /${one(['map', 'table'])}?q=${encodeURIComponent(one(WORDS))} HTTP/1.1" ${status} ${below(9999)} "-" "x"`,
    ];
  }
}
