import type { Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openClaim } from '../../src/state/claim.ts';
import { TIMEOUT } from '../support/timeouts.ts';
import { others, request } from './support/claim.ts';
import { openServed, type Served } from './support/served.ts';

let served: Served;
/** One run of each kind, by how it ended. */
const runs: Record<string, string> = {};

beforeAll(async () => {
  served = await openServed('search');
  const { target, client } = served;
  runs['done'] = await started('daily-backup');
  await served.type('follow', runs['done']);
  await client.workflow.start('never', {
    workflowId: 'holder',
    taskQueue: 'nobody',
  });
  const claim = openClaim(target);
  await claim.take('holder', request, others);
  runs['failed'] = await started('daily-backup', '--no-wait');
  await served.type('follow', runs['failed']);
  runs['stopped'] = await started('repair');
  await served.type('stop', runs['stopped']);
  await served.type('follow', runs['stopped']);
  runs['terminated'] = await started('repair');
  await client.workflow.getHandle(runs['terminated']).terminate('a test');
  runs['running'] = await started('repair');
  await vi.waitFor(
    async () => expect(await found('--state', 'running')).toEqual([runs['running']]),
    TIMEOUT,
  );
}, 180_000);
afterAll(() => served.close());

describe('runs', () => {
  for (const state of ['done', 'failed', 'stopped', 'terminated', 'running'])
    test(`are found as ${state}, whether or not they were ever let in to their target`, async () => {
      expect(await found('--state', state)).toEqual([runs[state]]);
      expect(await found('--outcome', state)).toEqual([runs[state]]);
    });

  test('are found by target, runbook, family, severity, time and person, all at once', async () => {
    const all = ['--target', 'search', '--family', 'recovery', '--severity', 'sev1'];

    expect(await found(...all)).toEqual([runs['running'], runs['terminated'], runs['stopped']]);
    expect(await found(...all, '--state', 'stopped,terminated', '--since', '1h')).toEqual([
      runs['terminated'],
      runs['stopped'],
    ]);
    expect(await found(...all, '--by', 'nobody')).toEqual([]);
    expect(await found('--runbook', 'daily-backup', '--since', '2026-01-01')).toEqual([
      runs['failed'],
      runs['done'],
    ]);
    expect(await found('--since', '2999-01-01')).toEqual([]);
    expect(await found('--target', 'searc')).toEqual([]);
    expect(await found('--by', process.env['USER'] ?? 'root')).toHaveLength(5);
  });

  test('that are more than the limit are mentioned', async () => {
    const { stdout, stderr } = await served.type('runs', '--limit', '2');

    expect(stdout.split('\n')).toHaveLength(2);
    expect(stderr).toBe('There are more than these 2');
  });

  test('of a target that was mistyped are none, and the nearest name is shown', async () => {
    const { exitCode, stderr } = await served.type('runs', '--target', 'saerch');

    expect([exitCode, stderr]).toEqual([0, 'No runs with --target saerch: did you mean "search"?']);
  });

  test('that wait for a person are not taken for none when no worker answers', async () => {
    await served.stopWorker();

    const { stdout, stderr } = await served.type('runs', '--state', 'waiting', '--json');
    const answered = await served.type('approve', runs['running']!);

    await served.startWorker();
    expect(answered.exitCode).toBe(4);
    expect(answered.stderr).toMatch(/^Error: No worker answers for .*\nTry: runbook worker/);
    expect([stdout, stderr]).toEqual([
      '[]',
      'No worker answers for 1 open run: whether a person is waited for is not known',
    ]);
  });

  test('that wait for a person are found, and no others', async () => {
    await served.type('pause', runs['running']!);
    await served.client.workflow.getHandle('holder').terminate();

    await vi.waitFor(
      async () => expect(await found('--state', 'waiting')).toEqual([runs['running']]),
      TIMEOUT,
    );
    const open = await found('--state', 'running');
    await served.type('resume', runs['running']!);
    const { exitCode } = await served.type('follow', runs['running']!);

    expect(open).toEqual([runs['running']]);
    expect(exitCode).toBe(0);
  });

  test('are found the same where the namespace has no search attributes', async () => {
    const states = ['done', 'failed', 'stopped', 'failed,stopped,done'];
    await vi.waitFor(async () => expect(await found('--state', 'done')).toHaveLength(2), TIMEOUT);
    const before = await Promise.all(states.map((state) => found('--state', state)));
    const { operatorService } = served.client.connection as Connection;
    const { namespace } = served.client.options;
    await operatorService.removeSearchAttributes({ namespace, searchAttributes: ['State'] });
    await vi.waitFor(() => expect(isRefused("State = 'done'")).resolves.toBe(true), TIMEOUT);

    const after = await Promise.all(states.map((state) => found('--state', state)));

    expect(after).toEqual(before);
  });
});

async function started(...args: string[]): Promise<string> {
  const { stdout } = await served.type('start', ...args, '--detach');
  return stdout;
}

async function isRefused(query: string): Promise<boolean> {
  try {
    for await (const _ of served.client.workflow.list({ query })) break;
    return false;
  } catch {
    return true;
  }
}

async function found(...args: string[]): Promise<string[]> {
  const { stdout } = await served.type('runs', ...args, '--json');
  return (JSON.parse(stdout) as { run: string }[]).map(({ run }) => run);
}
