import { execFileSync } from 'node:child_process';
import { appendFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect } from 'vitest';
import { slowStatements } from '../../../src/activities/troubleshoot/slow-statements.ts';
import { LogFile } from '../../../src/config/schema/logs.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { test } from '../../support/target.ts';

function logged(target: SqliteTarget, ...lines: string[]): void {
  const file = join(target.directory, 'slow.log');
  appendFileSync(file, lines.map((line) => `${line}\n`).join(''));
  target.logs = [LogFile.parse({ file })];
}

describe('troubleshoot.slowStatements', () => {
  test('reads the documented line and what comes near to it, the worst first', async ({
    target,
  }) => {
    logged(
      target,
      '2026-11-30 03:00:00,123 WARNING app: SLOW QUERY 128 ms: select a from t where b = 1',
      '2026-11-30 03:00:01,123 WARNING app: SLOW QUERY 400.5 ms: select a from t where b = 2;',
      '{"level":"warning","message":"SLOW QUERY [2.5s] SELECT * FROM t WHERE c = \'x\'"}',
      'SLOW QUERY of the day',
      'SLOW QUERY 12 ms: delete from t',
    );

    const { statements } = await slowStatements(target);

    expect(statements).toEqual([
      { sql: 'SELECT * FROM t WHERE c = ?', times: 1, milliseconds: 2500 },
      { sql: 'select a from t where b = ?', times: 2, milliseconds: 400.5 },
    ]);
  });

  test('gives no value away, and keeps the names of the schema', async ({ target }) => {
    const db = new Database(target.database.file);
    db.exec('create table "my t" (d, mail, n, v, w)');
    db.close();
    logged(
      target,
      `SLOW QUERY 1 ms: select strftime('%Y', d) from "my t" where "mail" = 'o''neil@example.com' and n in (1, -2.5, 'x') and v > -47.5 and w between 3 and 4 and n = "Eve" limit 10`,
    );

    const { statements } = await slowStatements(target);

    expect(statements[0]?.sql).toBe(
      `select strftime(?, d) from "my t" where "mail" = ? and n in (?) and v > -? and w between ? and ? and n = ? limit ?`,
    );
  });

  test('lets no value out by what a terminal obeys, a NUL or a quote without an end', async ({
    target,
  }) => {
    logged(
      target,
      // ESC and a quote are one for a terminal: without them the rest would be outside of it.
      "SLOW QUERY 9 ms: select a from t where b = 'Eve\u001b' and c = 'Secret' and d = '",
      "SLOW QUERY 8 ms: select a from t where b = 'Eve\u0000' and c = 'Secret\u009b ' and d = 'x' limit 1",
      'SLOW QUERY 7 ms: select a from u where b = "Eve\u001b" and c = "Secret"',
      `{"message":"SLOW QUERY 6 ms: select a from v where b = 'Eve\\u001b' and c = 'Secret'"}`,
      "SLOW QUERY 5 ms: select a from w where b = ? [parameters: ('Eve', 'Secret')]",
    );

    const { statements, note } = await slowStatements(target);

    expect(statements).toHaveLength(5);
    expect(JSON.stringify([statements, note])).not.toMatch(/Eve|Secret|\\u00/i);
  });

  test('obeys nothing that stands in a line, and follows no link and no pipe', async ({
    target,
  }) => {
    const at = (name: string) => join(target.directory, name);
    logged(
      target,
      'SLOW QUERY 5 ms: \u001b[31mselect\u001b[0m a\u0000\u202e from t',
      'x'.repeat(3_000_000),
    );
    writeFileSync(at('secret'), 'SLOW QUERY 9 ms: select secret from t\n');
    symlinkSync(at('secret'), at('link'));
    execFileSync('mkfifo', [at('pipe')]);
    const others = ['link', 'pipe', '.', 'gone'].map((name) => LogFile.parse({ file: at(name) }));
    target.logs.push(...others);

    const { statements, unread } = await slowStatements(target);

    // oxlint-disable-next-line no-control-regex
    expect(statements[0]?.sql).not.toMatch(/[\u0000-\u001f\u202e]/);
    expect(statements.map(({ sql }) => sql).join()).not.toContain('secret');
    expect(unread).toEqual([
      expect.stringMatching(/is a link, and is not followed$/),
      expect.stringMatching(/pipe" is no file$/),
      expect.stringMatching(/" is no file$/),
      expect.stringMatching(/gone" is missing$/),
    ]);
  });
});
