import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, vi } from 'vitest';
import { readLearned } from '../../../src/activities/procedures/learned.ts';
import { answerIncident } from '../../../src/client/incidents/answer-incident.ts';
import { addSilence, endSilence } from '../../../src/client/incidents/silences.ts';
import type { FollowUp } from '../../../src/incident/beside/follow-up.ts';
import { openEpisode, resolved } from '../../../src/incident/episode.ts';
import { type Runs, useRuns } from '../../support/run.ts';
import { test as base } from '../../support/target.ts';
import { TIMEOUT } from '../../support/timeouts.ts';

/** The worker that stands beside a target, and no application. */
const test = base.extend<{ runs: Runs }>({
  runs: async ({ target }, use) => useRuns({ world: target, closed: true }, use),
});

const login = { user: 'ana', host: 'db1' };

describe('beside its target is kept', () => {
  test('what a review has taught, for the runbooks that were run, by whoever Temporal knows', async ({
    runs,
    target,
  }) => {
    const { client, queue } = runs;
    const worker = await runs.serve();
    const now = new Date().toISOString();
    const report = {
      target: target.name,
      fingerprint: 'daily-backup',
      status: 'firing',
      origin: 'run',
      severity: 'sev2',
      title: 'No backup',
      source: `daily-backup/${target.name}/20260105_010000`,
      at: now,
    } as const;
    const incident = resolved(openEpisode(report, now), 'alert', 'It has stayed away', now);
    const begun: FollowUp = {
      incident,
      owner: 'team-lead',
      due: new Date(Date.now() + 3_600_000).toISOString(),
    };
    const workflowId = `review/${target.name}/daily-backup/${crypto.randomUUID()}`;
    const handle = await client.workflow.start('incident-review', {
      workflowId,
      taskQueue: queue,
      args: [begun],
    });

    await answerIncident(client, workflowId, {
      what: 'review',
      by: 'somebody',
      login,
      id: crypto.randomUUID(),
      text: 'The disk was full, and nobody looked',
      learned: 'Look at the disk before anything else',
    });
    const { done } = (await handle.result()) as FollowUp;
    await worker.stop();

    expect(done).toMatchObject({
      by: 'ana@db1 (login) for "somebody"',
      learned: 'Look at the disk before anything else',
      runbooks: ['daily-backup'],
    });
    expect(readLearned(target)).toEqual([
      {
        at: done!.at,
        incident: `incident/${target.name}/daily-backup`,
        by: 'ana@db1 (login) for "somebody"',
        text: 'Look at the disk before anything else',
        runbooks: ['daily-backup'],
      },
    ]);
  });

  test('who silenced what, and who ended it, in the audit', async ({ runs, target }) => {
    const { client, queue } = runs;
    const worker = await runs.serve();
    const id = crypto.randomUUID();
    const from = new Date().toISOString();
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const match = { alertname: 'DiskFull' };
    await addSilence(
      client,
      target.name,
      { id, match, from, until, reason: 'The disk is being changed', by: 'ana', login },
      queue,
    );
    const audit = () =>
      readFileSync(join(target.state, 'audit.jsonl'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    await vi.waitFor(() => expect(audit()).toHaveLength(1), TIMEOUT);

    await endSilence(client, target.name, id, { by: 'ben', login: { user: 'ben', host: 'db1' } });
    await vi.waitFor(() => expect(audit()).toHaveLength(2), TIMEOUT);
    // Nothing is left to remember.
    await client.workflow.getHandle(`silences/${target.name}`).result();
    await worker.stop();

    const run = `silences/${target.name}`;
    expect(audit()).toMatchObject([
      {
        run,
        what: 'silenced',
        by: 'ana@db1',
        who: { known: 'login' },
        reason: `alertname=DiskFull from ${from} until ${until}: The disk is being changed`,
      },
      {
        run,
        what: 'ended',
        by: 'ben@db1',
        who: { known: 'login' },
        reason: expect.stringMatching(/^the silence of alertname=DiskFull by ana@db1 \(login\)/),
      },
    ]);
  });
});
