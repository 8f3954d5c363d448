import { environment } from '../../../../config/environment.ts';
import { inMilliseconds } from '../../../../config/time/duration.ts';
import type { IndexSpec } from '../../index-results.ts';
import { ownName } from './candidates.ts';

const TIMEOUT = inMilliseconds('20s');

/**
 * What the sqlite3 program's `.expert` proposes: it prepares statements and runs none of them. Its names are random, so ours
 * are given. It is one voice of several: where there is no such program, that is told.
 */
export async function askExpert(
  file: string,
  statements: readonly string[],
): Promise<{ readonly indexes: readonly IndexSpec[]; readonly note?: string }> {
  const { execa } = await import('execa');
  const indexes: IndexSpec[] = [];
  for (const sql of statements) {
    // What begins with a dot is a command of that program, and after a semicolon another statement may come.
    if (!/^(select|with)\b/i.test(sql) || sql.includes(';')) continue;
    const { stdout, code } = await execa(
      'sqlite3',
      ['-init', '/dev/null', '-readonly', file, '.expert', sql],
      {
        // It ends with 1 in any case.
        reject: false,
        timeout: TIMEOUT,
        forceKillAfterDelay: 500,
        stdin: 'ignore',
        maxBuffer: 1024 * 1024,
        env: { LC_ALL: 'C', PATH: environment().path },
        extendEnv: false,
      },
    );
    if (code === 'ENOENT')
      return { indexes, note: 'Not asked for advice: there is no sqlite3 program' };
    indexes.push(...indexesIn(stdout));
  }
  return { indexes };
}

/** Of whole columns: an order, a collation or an expression is left to people. */
function indexesIn(text: string): IndexSpec[] {
  const lines = text.matchAll(
    /^CREATE INDEX \S+ ON (?:'([^']+)'|"([^"]+)"|(\w+))\(([\w, ]+)\);$/gm,
  );
  return [...lines].map(([, single, double, bare, list]) => {
    const table = (single ?? double ?? bare)!;
    const columns = list!.split(',').map((column) => column.trim());
    return { name: ownName(table, columns), table, columns };
  });
}
