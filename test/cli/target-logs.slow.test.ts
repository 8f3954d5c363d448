import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  renameSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, vi } from 'vitest';
import { stringify } from 'yaml';
import { followLog } from '../../src/activities/logs/follow/follow-log.ts';
import { logTexts } from '../../src/cli/local/log-texts.ts';
import { LogFile } from '../../src/config/schema/logs.ts';
import { test as base } from '../support/target.ts';
import { TIMEOUT } from '../support/timeouts.ts';
import { main, runbook } from './support/runbook.ts';

const now = () => new Date().toISOString();
const test = base.extend<{ app: string; telemetry: string; env: Record<string, string> }>({
  app: async ({ directory }, use) => {
    mkdirSync(join(directory, 'logs'));
    await use(join(directory, 'logs/app.log'));
  },
  telemetry: async ({ directory }, use) => use(join(directory, 'logs/telemetry.jsonl')),
  env: async ({ target, app, telemetry }, use) => {
    const targets = join(target.directory, 'targets');
    mkdirSync(targets);
    const logs = [
      { file: app, format: 'python' },
      { file: telemetry, format: 'json' },
    ];
    writeFileSync(join(targets, `${target.name}.yaml`), stringify({ ...target, logs }));
    await use({ RUNBOOK_TARGETS: targets, RUNBOOK_TARGET: target.name });
  },
});

describe('target logs', () => {
  test('shows the last entries whole, and does nothing to the terminal', async ({ app, env }) => {
    writeFileSync(
      app,
      `${now()} - app - INFO - first\n${now()} - app - ERROR - \u001B[2J\u202Ebad\u0007\nTraceback (most recent call last):\n  File "x"\nKeyError: 1\n`,
    );

    const { stdout, exitCode } = await runbook(['target', 'logs', '--tail', '1'], env);

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /^\S+ - app - ERROR - \uFFFD\uFFFDbad\uFFFD\nTraceback \(most recent call last\):\n {2}File "x"\nKeyError: 1$/,
    );
  });

  test('finds errors, their types and telemetry of the last day, in what was rotated, too', async ({
    app,
    telemetry,
    env,
  }) => {
    const old = new Date(Date.now() - 2 * 86_400_000).toISOString();
    writeFileSync(
      `${app}.20260101_000000`,
      `${old} - a - ERROR - old\n${now()} - a - ERROR - first\nTraceback (most recent call last):\nValueError: x\n`,
    );
    writeFileSync(app, `${now()} - a - INFO - no ERROR\n${now()} - a - ERROR - second\n`);
    writeFileSync(
      telemetry,
      `{"timestamp":"${now()}","event_type":"click"}\n{"timestamp":"${now()}","event_type":"page_view"}\n`,
    );

    const errors = await runbook(['target', 'logs', '--errors', '--json'], env);
    const all = await runbook(['target', 'logs', '--errors', '--since', '72h', '--tail', '1'], env);
    const types = await runbook(['target', 'logs', '--by-type', '--json'], env);
    const views = await runbook(['target', 'logs', '--telemetry', 'page_view', '--json'], env);

    expect(JSON.parse(errors.stdout)).toMatchObject([
      { level: 'error', type: 'ValueError', text: expect.stringContaining('first\nTraceback') },
      { level: 'error', type: 'no exception, of a', text: expect.stringMatching(/second$/) },
    ]);
    expect(all.stdout).toMatch(/second$/);
    expect(all.stderr).toContain('The last 1 of 3: --tail 3 shows all');
    expect(JSON.parse(types.stdout)).toEqual([
      { type: 'ValueError', count: 1 },
      { type: 'no exception, of a', count: 1 },
    ]);
    expect(JSON.parse(views.stdout)).toMatchObject([{ event: 'page_view' }]);
  });

  test('follows a log through a rename and a cut, and ends at an interrupt', async ({
    app,
    env,
  }) => {
    writeFileSync(app, `${now()} - a - INFO - line 0\n`);
    const following = execa(process.execPath, [main, 'target', 'logs', '--follow', '--tail', '1'], {
      env,
      reject: false,
    });
    let seen = '';
    following.stdout.on('data', (text: Buffer) => (seen += text.toString()));
    const sees = (text: string) => vi.waitFor(() => expect(seen).toContain(text), TIMEOUT);
    const write = (text: string, file = app) =>
      appendFileSync(file, `${now()} - a - INFO - ${text}\n`);

    await sees('line 0');
    write('line 1');
    renameSync(app, `${app}.1`);
    write('line 2', `${app}.1`);
    write('line 3');
    await sees('line 3');
    copyFileSync(app, `${app}.2`);
    truncateSync(app);
    for (let line = 4; line < 9; line += 1) write(`line ${line}`);
    await sees('line 8');
    following.kill('SIGINT');
    const { exitCode } = await following;

    expect(exitCode).toBe(0);
    expect(seen.match(/line \d/g)).toEqual(Array.from({ length: 9 }, (_, line) => `line ${line}`));
  });

  test('goes on with what is written to the old file, and reads what was copied before a cut', async ({
    directory,
    target,
  }) => {
    const file = join(directory, 'app.log');
    const line = (number: number) => `${now()} - a - INFO - line ${number}\n`;
    writeFileSync(file, line(0));
    const over = new AbortController();
    let seen = '';
    const log = LogFile.parse({ file, format: 'python' });
    const take = ({ text }: { readonly text: string }) => void (seen += `${text}\n`);
    const following = followLog(target, log, undefined, take, over.signal);
    const sees = (number: number) =>
      vi.waitFor(() => expect(seen).toContain(`line ${number}\n`), TIMEOUT);

    await sees(0);
    // As logrotate does with "create": the application opens it anew only when it is told to.
    renameSync(file, `${file}.1`);
    writeFileSync(file, line(1));
    await sees(1);
    appendFileSync(`${file}.1`, line(2));
    await sees(2);
    appendFileSync(file, line(3));
    await sees(3);
    // Not read yet when it is copied, and cut.
    appendFileSync(file, line(4));
    copyFileSync(file, `${file}.2`);
    truncateSync(file);
    appendFileSync(file, line(5));
    await sees(5);
    over.abort();
    await following;

    expect(seen.match(/line \d/g)).toEqual([0, 1, 2, 3, 4, 5].map((number) => `line ${number}`));
  });

  test('loses nothing of a log that is renamed between what it was and what becomes of it', async ({
    directory,
    target,
  }) => {
    const file = join(directory, 'app.log');
    const line = (number: number) => `${now()} - a - INFO - line ${number}\n`;
    writeFileSync(file, line(0));
    const log = LogFile.parse({ file, format: 'python' });
    const { texts, end } = await logTexts(target, log, { tail: 1, isWanted: () => true });
    appendFileSync(file, line(1));
    renameSync(file, `${file}.1`);
    // As long as what was read: its size tells nothing.
    writeFileSync(file, line(2));
    const over = new AbortController();
    const seen = texts.map(({ text }) => text);
    const following = followLog(target, log, end, ({ text }) => seen.push(text), over.signal);
    await vi.waitFor(() => expect(seen.join()).toContain('line 2'), TIMEOUT);
    appendFileSync(`${file}.1`, line(3));
    await vi.waitFor(() => expect(seen.join()).toContain('line 3'), TIMEOUT);
    over.abort();
    await following;

    expect(seen.map((text) => text.slice(-6))).toEqual(['line 0', 'line 1', 'line 2', 'line 3']);
  });

  test.for([
    [['--file', 'nope'], 'Cannot find log "nope": there are logs/app.log, logs/telemetry.jsonl'],
    [['--since', 'soon'], 'Cannot read --since "soon"'],
    [['--by-type', '--follow'], 'Cannot count by type what is followed'],
    [['--file', 'telemetry.jsonl'], 'is a link: name the file itself in "logs"'],
    [[], 'There is no "'],
  ] as const)('refuses %j with words', async ([flags, why], { telemetry, env }) => {
    symlinkSync('/etc/passwd', telemetry);

    const { exitCode, stdout, stderr } = await runbook(['target', 'logs', ...flags], env);

    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`Error: `);
    expect(stderr).toContain(why);
    expect(stderr).toMatch(/^Try: runbook target logs/m);
  });
});
