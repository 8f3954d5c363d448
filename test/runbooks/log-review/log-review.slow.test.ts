import { appendFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { LogFile } from '../../../src/config/schema/logs.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { runHtml } from '../../../src/report/run/html/run-html.ts';
import { runMarkdown } from '../../../src/report/run/run-markdown.ts';
import { runText } from '../../../src/report/run/run-text.ts';
import { test } from '../../support/run.ts';

const HOSTILE = '\u001B[2J\u202Egro.live\u202C <script>alert(1)</script> | **x** \0';

describe('log-review', () => {
  test('tells of the last day what the manual asks for, of each log, and reads no line twice', async ({
    world,
    runs,
  }) => {
    const now = new Date().toISOString();
    const old = new Date(Date.now() - 3 * 86_400_000).toISOString();
    const [app, telemetry] = logsOf(world, { 'app.log': 'python', 'telemetry.jsonl': 'json' });
    writeFileSync(
      app!,
      `${old} - app - ERROR - Of long ago\n` +
        `${now} - app - WARNING - SLOW QUERY: 900 ms\n` +
        `${now} - app - ERROR - Export 17 failed: ${HOSTILE}\n` +
        'Traceback (most recent call last):\n  File "x.py", line 3, in export\nValueError: TIMEOUT\n',
    );
    writeFileSync(telemetry!, `{"timestamp":"${now}","event_type":"page_view"}\n`.repeat(3));

    const first = await runs.run('log-review');
    appendFileSync(app!, `${now} - app - ERROR - Export 18 failed: ${HOSTILE}\n`);
    const { ending, ...view } = await runs.run('log-review');

    expect(first.ending).toMatchObject({ outcome: 'done', notices: [] });
    expect(ending).toMatchObject({ outcome: 'done', notices: [] });
    const notes = Object.fromEntries(ending.ledger.map(({ id, note }) => [id, note]));
    expect(notes).toMatchObject({
      find: 'logs/app.log, logs/telemetry.jsonl',
      errors: '2: logs/app.log 2, logs/telemetry.jsonl 0',
      warnings: '1: logs/app.log 1, logs/telemetry.jsonl 0',
      messages: expect.stringMatching(/^2 x Export <n> failed: /),
      alerts: '1 x SLOW QUERY',
      expect: 'There is nothing',
    });
    expect(ending.output).toMatchObject({
      topMessages: [{ log: 'logs/app.log', count: 2 }],
      errorsByType: [
        { log: 'logs/app.log', name: 'no exception, of app', count: 1 },
        { log: 'logs/app.log', name: 'ValueError', count: 1 },
      ],
      telemetry: [{ log: 'logs/telemetry.jsonl', name: 'page_view', count: 3 }],
    });
    const shown = { ...view, ending };
    for (const text of [runText(shown, process.stdout), runHtml(shown), runMarkdown(shown)]) {
      expect(text).toContain('Export');
      for (const harm of ['\0', '\u001B', '\u202E']) expect(text).not.toContain(harm);
    }
    expect(runHtml(shown)).not.toContain('<script>');
    expect(runMarkdown(shown)).not.toContain('<script>');
    expect(runHtml(shown)).toContain('<td>no exception, of app</td>');
    expect(runMarkdown(shown)).toContain('| logs/telemetry.jsonl | page\\_view | 3 |');
  });

  test('reviews all others when one cannot be read, and says which and why', async ({
    world,
    runs,
  }) => {
    const [linked, , app] = logsOf(world, { 'a.log': 'text', 'gone.log': 'text', 'b.log': 'text' });
    const ahead = new Date(Date.now() + 3_600_000).toISOString();
    symlinkSync('/etc/passwd', linked!);
    writeFileSync(app!, `${ahead} ERROR: it broke\n`);

    const { ending } = await runs.run('log-review');

    expect(ending).toMatchObject({ outcome: 'failed', failure: { type: 'LogsOutOfOrder' } });
    expect(ending.failure?.message).toMatch(
      /^Cannot review 2 logs: logs\/a.log: .* is a link: name the file itself in "logs"; logs\/gone.log: There is no /,
    );
    expect(ending.ledger.find(({ id }) => id === 'errors')?.note).toBe('1');
    expect(JSON.stringify(ending.notices)).toContain('60 min ahead of the clock: its time zone');
  });
});

/** Gives the world logs of these formats, and answers their files. */
function logsOf(world: SqliteTarget, formats: Record<string, LogFile['format']>): string[] {
  mkdirSync(join(world.directory, 'logs'));
  world.logs = Object.entries(formats).map(([name, format]) =>
    LogFile.parse({ file: join(world.directory, 'logs', name), format }),
  );
  return world.logs.map(({ file }) => file);
}
