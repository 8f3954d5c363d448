import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, vi } from 'vitest';
import { readRunReports } from '../../src/activities/records/run-reports.ts';
import { stopRun } from '../../src/client/runs/answer-run.ts';
import type { AuditEvent } from '../../src/state/audit-log.ts';
import { auditOf } from '../support/audit.ts';
import { answer, decide, failing, waiting } from '../support/people.ts';
import { test } from '../support/run.ts';
import { TIMEOUT } from '../support/timeouts.ts';

const asking = test.extend({ decisions: { wait: '5m', waitWhileDown: '0s' } });

describe.concurrent('a run', () => {
  asking(
    'leaves its report, and every answer in the audit before it goes on',
    async ({ world, runs }) => {
      const known: AuditEvent[][] = [];
      const broken = failing('http.isReady', 1);

      const { ending, run, endedAt } = await runs.run(
        'practice',
        { approve: true },
        {
          around: async (activity, work, args) => {
            // The approved step acts, and later the decided one: what does the audit know by then?
            if (activity === 'redis.clearPrefix' || activity === 'http.isReady')
              known.push(auditOf(world));
            return broken(activity, work, args);
          },
          meanwhile: async (run, client) => {
            const approved = await waiting(client, run, 'clear');
            await answer(approved, 'approve', {
              step: 'clear',
              by: 'ops-1',
              reason: 'looked at it',
            });
            const decided = await waiting(client, run, 'check');
            await decide(decided, { step: 'check', attempt: 1, choice: 'retry', by: 'ops-2' });
          },
        },
      );

      const approved = ['started', 'approved'];
      const whatKnown = known.map((events) => events.map(({ what }) => what));
      expect(whatKnown).toEqual([approved, approved, [...approved, 'decided']]);
      expect(auditOf(world)).toMatchObject([
        { run, what: 'started', by: 'test' },
        { run, what: 'approved', step: 'clear', by: 'ops-1', reason: 'looked at it' },
        { run, what: 'decided', step: 'check', choice: 'retry', by: 'ops-2' },
        { run, what: 'ended', outcome: 'done' },
      ]);
      const [recorded] = readRunReports(world, run);
      expect(recorded).toMatchObject({ run, status: 'COMPLETED', source: 'run' });
      expect(recorded?.ending).toEqual(JSON.parse(JSON.stringify(ending)));
      expect(Date.parse(endedAt!) - Date.parse(recorded!.endedAt!)).toBeLessThan(60_000);
      const page = readFileSync(join(world.state, 'runs', pageOf(run)), 'utf8');
      expect(page).toContain('<h1>Practice of ');
      expect(page).toContain('looked at it');
    },
  );

  test('tells who stopped it and why, though a cancel says nothing to it', async ({
    world,
    runs,
  }) => {
    const { ending } = await runs.run(
      'practice',
      {},
      {
        around: async (activity, work) => {
          if (activity === 'redis.clearPrefix')
            await new Promise((settle) => setTimeout(settle, 500));
          return work();
        },
        meanwhile: async (run, client) => {
          await vi.waitFor(async () => expect(auditOf(world)).toHaveLength(1), TIMEOUT);
          await stopRun(client, run, { by: 'ops-1', reason: 'not now' });
        },
      },
    );

    const stopped = { what: 'stopped', by: 'ops-1', reason: 'not now' };
    expect(ending).toMatchObject({ outcome: 'stopped', interventions: [stopped] });
    expect(auditOf(world)).toMatchObject([
      { what: 'started' },
      stopped,
      { what: 'ended', outcome: 'stopped' },
    ]);
  });

  test('that only plans leaves nothing', async ({ world, runs }) => {
    const { ending } = await runs.run('practice', {}, { mode: 'plan' });

    expect(ending.mode).toBe('plan');
    expect(readRunReports(world, '')).toEqual([]);
    expect(() => auditOf(world)).toThrow(/ENOENT/);
  });
});

function pageOf(run: string): string {
  const [runbook, , stamp] = run.split('/');
  return `${runbook}-${stamp}.html`;
}
