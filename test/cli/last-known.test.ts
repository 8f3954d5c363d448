import { describe, expect } from 'vitest';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import { fingerprintOf } from '../../src/config/fingerprint.ts';
import type { Status } from '../../src/cli/local/status/status-of.ts';
import { type StatusFile, writeStatusFile } from '../../src/state/figures/status-file.ts';
import { test } from '../support/target.ts';
import { runbook } from './support/runbook.ts';
import { targetsIn } from './support/targets-in.ts';

const MINUTE = 60_000;

describe('status while Temporal does not answer', () => {
  test('tells which runs and incidents were open when it answered last, with that time, and nothing of it as well', async ({
    directory,
    target,
  }) => {
    const env = targetsIn(directory, target);
    const at = new Date(Date.now() - 4 * MINUTE).toISOString();
    writeStatusFile(target, saidBy(target, at));

    const { stdout } = await runbook(['status', target.name, '--json'], env);
    const local = await runbook(['status', target.name, '--json', '--local'], env);

    const { lines } = JSON.parse(stdout) as Status;
    const when = expect.stringMatching(
      /^at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC, 4 min \d\d s ago: /,
    );
    const from = lines.findIndex(({ subject }) => subject === 'temporal');
    expect(lines.slice(from)).toEqual([
      {
        subject: 'temporal',
        verdict: 'unknown',
        text: expect.any(String),
        hint: expect.any(String),
      },
      { subject: 'run', verdict: 'warning', text: when, hint: 'runbook explain r' },
      { subject: 'incident', verdict: 'unknown', text: when },
    ]);
    expect(lines.at(-1)!.text).toMatch(/ago: none is open$/);
    expect((JSON.parse(local.stdout) as Status).lines.some(({ text }) => /ago: /.test(text))).toBe(
      false,
    );
  });

  test('tells nothing of a day ago', async ({ directory, target }) => {
    const env = targetsIn(directory, target);
    const at = new Date(Date.now() - 25 * 60 * MINUTE).toISOString();
    writeStatusFile(target, saidBy(target, at));

    const { stdout } = await runbook(['status', target.name, '--json'], env);

    expect((JSON.parse(stdout) as Status).lines.at(-1)).toMatchObject({ subject: 'temporal' });
  });
});

describe('status while its worker has asked Temporal of late', () => {
  const SUBJECTS = ['worker', 'run', 'incident', 'temporal'];

  test('tells what the worker was told, with its age, and asks nobody', async ({
    directory,
    target,
  }) => {
    const env = targetsIn(directory, target);
    const ago = new Date(Date.now() - 20_000).toISOString();
    writeStatusFile(target, saidBy(target, ago, 20_000));

    const { stdout } = await runbook(['status', target.name, '--json'], env);
    const top = await runbook(['top', target.name, '--once'], env);

    const { lines, ages } = JSON.parse(stdout) as Status;
    expect(lines.slice(-4).map(({ subject }) => subject)).toEqual(SUBJECTS);
    expect(lines.at(-1)).toEqual({
      subject: 'temporal',
      verdict: 'ok',
      text: expect.stringMatching(
        /^asked by the worker 2\d\.\d s ago; now: runbook status \S+ --ask$/,
      ),
    });
    expect(ages.temporal).toBeGreaterThanOrEqual(20);
    expect(top.stdout).toMatch(/Temporal asked 2\d s ago/);
    expect(top.stdout).toContain('r: Waiting for');
  });

  test.for([
    ['--ask wants it anew', (target: SqliteTarget) => saidBy(target, now(20), 20_000), ['--ask']],
    ['it is older than 90 s', (target: SqliteTarget) => saidBy(target, now(95), 95_000), []],
    [
      'Temporal did not answer the worker since',
      (target: SqliteTarget) => saidBy(target, now(40)),
      [],
    ],
    [
      'its worker serves another policy than lies here',
      (target: SqliteTarget) => saidBy({ ...target, enabled: false }, now(20), 20_000),
      [],
    ],
  ] as const)('asks again when %s', async ([, said, flags], { directory, target }) => {
    const env = targetsIn(directory, target);
    writeStatusFile(target, said(target));

    const { stdout } = await runbook(['status', target.name, '--json', ...flags], env);

    const { lines } = JSON.parse(stdout) as Status;
    expect(lines.find(({ subject }) => subject === 'temporal')).toMatchObject({
      verdict: 'unknown',
    });
  });
});

function now(secondsAgo: number): string {
  return new Date(Date.now() - secondsAgo * 1000).toISOString();
}

function saidBy(target: SqliteTarget, at: string, age = 0): Omit<StatusFile, 'version'> {
  return {
    target: target.name,
    at: new Date(Date.now() - age).toISOString(),
    every: MINUTE,
    verdict: 'unknown',
    lines: [{ subject: 'temporal', verdict: 'unknown', text: 'away' }],
    figures: [],
    asked: {
      at,
      policy: fingerprintOf(target),
      lines: [
        { subject: 'worker', verdict: 'ok', text: 'process 1' },
        { subject: 'run', verdict: 'warning', text: 'r: Waiting for', hint: 'runbook explain r' },
        { subject: 'incident', verdict: 'ok', text: 'none is open' },
      ],
    },
  };
}
