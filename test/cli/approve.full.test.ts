import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { login, me } from '../../src/cli/input/me.ts';
import { answerRun } from '../../src/client/runs/answer-run.ts';
import { startRun } from '../../src/client/runs/start-run.ts';
import { waiting } from '../support/people.ts';
import { openServed, type Served } from './support/served.ts';

let served: Served;

beforeAll(async () => {
  served = await openServed(
    'approve',
    { approvals: { by: [], quorum: 1, within: '10m', unproven: 'refuse' } },
    true,
  );
});
afterAll(() => served.close());

describe('runbook start --approve', () => {
  test('refuses a step that there is not, and an approval without a reason', async () => {
    const start = ['start', 'database-locked', '-t', 'approve'];

    const unknown = await served.type(...start, '--approve', 'clar', '--because', 'alone');
    const unfounded = await served.type(...start, '--approve', 'inspect');

    expect([unknown.exitCode, unfounded.exitCode]).toEqual([2, 2]);
    expect(unknown.stderr).toMatch(/Error: Cannot find step "clar" in "database-locked"/);
    expect(unknown.stderr).toMatch(/Try: --approve with one of \w+, /);
    expect(unfounded.stderr).toContain(
      'Error: An approval that is given beforehand needs a reason',
    );
  });
});

describe('runbook approve', () => {
  test('is refused to whoever started the run, under any name; report and audit say who did', async () => {
    const { client, target } = served;
    const run = await startRun(client, {
      runbook: 'practice',
      target: target.name,
      input: { approve: true },
      by: me(),
      login: login(),
    });
    await waiting(client, run, 'clear');

    const own = await served.type('approve', run);
    const another = await served.type('approve', run, '--by', 'another');
    await answerRun(client, run, {
      word: 'approve',
      message: { step: 'clear', by: 'ben@db1', login: { user: 'ben', host: 'db1' } },
    });
    await client.workflow.getHandle(run).result();
    const report = await served.type('report', run);
    const shown = await served.type('audit', 'show', '-t', 'approve');

    expect([own.exitCode, another.exitCode]).toEqual([2, 2]);
    expect(own.stderr).toContain(`${me()} (login) started this run, and cannot answer for it`);
    expect(another.stderr).toContain(
      `${me()} (login) for "another" started this run, and cannot answer for it`,
    );
    expect(another.stderr).toContain(`Try: runbook explain ${run}`);
    expect(report.stdout).toContain(`by ${me()} (login)`);
    expect(report.stdout).toMatch(/approved "clear" by ben@db1 \(login\)/);
    expect(shown.stdout).toMatch(/ben@db1 \(login\): approved "clear", practice/);
  });

  test('leaves an audit that is proven, until somebody alters a byte', async () => {
    const file = join(served.target.state, 'audit.jsonl');

    const proven = await served.type('audit', 'verify', '-t', 'approve');
    writeFileSync(file, readFileSync(file, 'utf8').replace('ben@db1', 'bob@db1'));
    const altered = await served.type('audit', 'verify', '-t', 'approve');

    expect(proven.exitCode).toBe(0);
    expect(proven.stdout).toMatch(/\d lines of "approve", each as it was written/);
    expect(proven.stderr).toContain('ssh-keygen -Y verify');
    expect(altered.exitCode).toBe(1);
    expect(altered.stdout).toMatch(/fault: audit.jsonl, line \d+ was altered/);
  });
});
