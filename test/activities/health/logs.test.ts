import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { logs } from '../../../src/activities/health/machine/logs.ts';
import { LogFile } from '../../../src/config/schema/logs.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { test } from '../../support/target.ts';
import { sampler } from './support/sampling.ts';

describe('logs', () => {
  test('have the errors of their last 100 lines counted, by the way they are written', async ({
    target,
  }) => {
    const python = put(target, 'app.log', [
      '2026-01-05 02:00:00,000 ERROR long ago',
      ...Array.from({ length: 97 }, () => '2026-01-05 03:00:00,000 INFO 0 errors, error rate 0'),
      '2026-01-05 03:00:00,000 ERROR one',
      '2026-01-05 03:00:01,000 CRITICAL two',
      '2026-01-05 03:00:02,000 INFO The page ERROR was shown',
    ]);
    const json = put(target, 'app.jsonl', ['{"level":"error"}', '{"level":"info","m":"error"}']);
    const access = put(target, 'access.log', [
      '127.0.0.1 - - [05/Jan/2026:03:00:00 +0000] "GET / HTTP/1.1" 500 12',
      '127.0.0.1 - - [05/Jan/2026:03:00:00 +0000] "GET /500 HTTP/1.1" 200 500',
    ]);
    const watched: SqliteTarget = {
      ...target,
      metrics: { errorsInLog: { warning: 2 } },
      logs: [
        LogFile.parse({ file: python, format: 'python' }),
        LogFile.parse({ file: json, format: 'json' }),
        LogFile.parse({ file: access, format: 'access' }),
      ],
    };

    const figures = await sampler(watched)(logs);

    expect(figures[`logs.errors ${python}`]).toMatchObject({
      value: 2,
      verdict: 'warning',
      limit: 'warning from 2',
      note: '2 errors in the last 100 lines',
    });
    expect(figures[`logs.errors ${json}`]).toMatchObject({ value: 1, verdict: 'ok' });
    expect(figures[`logs.errors ${access}`]).toMatchObject({ value: 1, verdict: 'ok' });
  });

  test('are unknown where no plain file lies, and nothing is waited for or followed', async ({
    target,
  }) => {
    const at = (name: string) => join(target.directory, name);
    execFileSync('mkfifo', [at('pipe')]);
    writeFileSync(at('secret'), 'ERROR\n');
    symlinkSync(at('secret'), at('link'));
    mkdirSync(at('folder'));
    const names = ['pipe', 'link', 'folder', 'missing'];
    const watched: SqliteTarget = {
      ...target,
      logs: names.map((name) => LogFile.parse({ file: at(name) })),
    };

    const figures = await sampler(watched)(logs);

    expect(names.map((name) => figures[`logs.errors ${at(name)}`])).toMatchObject([
      { verdict: 'unknown', note: 'The log is no file' },
      { verdict: 'unknown', note: 'The log is a symbolic link, which is not followed' },
      { verdict: 'unknown', note: 'The log is no file' },
      { verdict: 'unknown', note: 'The log is missing' },
    ]);
  });

  test('of any size cost no more than their end', async ({ target }) => {
    const file = put(target, 'huge.log', ['ERROR at the begin']);
    truncateSync(file, 2 ** 40);
    appendFileSync(file, `\n${'ERROR '.repeat(100_000)}\nERROR at the end\n`);
    const watched: SqliteTarget = { ...target, logs: [LogFile.parse({ file })] };
    const begun = performance.now();

    const figures = await sampler(watched)(logs);

    expect(figures[`logs.errors ${file}`]).toMatchObject({ value: 2 });
    expect(performance.now() - begun).toBeLessThan(2000);
  });
});

function put({ directory }: SqliteTarget, name: string, lines: readonly string[]): string {
  const file = join(directory, name);
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}
