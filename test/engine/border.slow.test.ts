import { describe, expect, vi } from 'vitest';
import { catalogue } from '../../src/client/catalogue.ts';
import { hostile } from '../support/hostile.ts';
import { rawMessages } from '../support/raw-messages.ts';
import { test } from '../support/run.ts';
import { TIMEOUT } from '../support/timeouts.ts';

const SEED = Number(process.env['RUNBOOK_SEED'] ?? 14);
/** Messages of each kind. One history takes 50 MB, whoever fills it. */
const MANY = process.env['RUNBOOK_TESTS'] === 'full' ? 80 : 15;

describe('a hostile client', () => {
  test('wedges no run by its signals and updates, and people control it as before', async ({
    runs,
    world,
  }) => {
    const { payloads } = hostile(SEED);
    const raw = rawMessages(runs.client, runs.queue);
    const answer = { step: 'clear', by: 'x', reason: 'y' };
    let stumbles: readonly string[] = ['not asked'];
    let refusals: (string | undefined)[] = [];

    const { ending } = await runs.run(
      'practice',
      { approve: true },
      {
        meanwhile: async (run, client) => {
          const handle = client.workflow.getHandle(run);
          const waits = async (what: RegExp) =>
            vi.waitFor(
              async () => expect(await handle.query<string>('explain')).toMatch(what),
              TIMEOUT,
            );
          await waits(/^Waiting for approval/);
          for (let index = 0; index < MANY; index += 1) {
            const [, , ...said] = await Promise.all([
              raw.signal(run, 'pause', payloads({ by: 'x', reason: 'y' })),
              raw.signal(run, 'resume', payloads({ by: 'x' })),
              // None of these is a name of ours: a legal answer would be taken.
              raw.update(run, 'approve', payloads({ ...answer, step: 'nothing' })),
              raw.update(run, 'reject', payloads({ ...answer, step: 'nothing' })),
              raw.update(run, 'decide', payloads({ ...answer, attempt: 1, choice: 'undo' })),
              raw.update(run, '__proto__', payloads({})),
            ]);
            refusals = [...refusals, ...said];
          }
          await handle.signal('resume', { by: 'ops-1' });
          await handle.executeUpdate('approve', {
            args: [{ step: 'clear', by: 'ops-1', reason: 'it is only practice' }],
          });
          stumbles = await raw.stumbles(run);
        },
      },
    );

    expect(world.name).toBe(ending.target);
    expect(ending.outcome).toBe('done');
    expect(stumbles).toEqual([]);
    expect(refusals).toHaveLength(MANY * 4);
    expect(refusals.filter((why) => why === undefined || why.length > 1100)).toEqual([]);
    expect(ending.interventions.at(-1)).toMatchObject({ what: 'approved', by: 'ops-1' });
  });

  test('wedges no run by what it starts it with', async ({ runs, world }) => {
    const { payloads } = hostile(SEED);
    const raw = rawMessages(runs.client, runs.queue);
    const worker = await runs.serve();
    try {
      const types = [...catalogue.keys()];
      const ids = await Promise.all(
        types.map(async (type) => {
          const id = `${type}/${world.name}/${crypto.randomUUID()}`;
          await raw.start(type, id, payloads({ by: 'x', because: 'y' }));
          return id;
        }),
      );
      const closed = await Promise.all(
        ids.map((id) =>
          runs.client.workflow
            .getHandle(id)
            .result()
            .then(
              () => 'done',
              (error: unknown) => (error as { readonly cause?: Error }).cause?.message ?? '',
            ),
        ),
      );
      const stumbles = await Promise.all(ids.map((id) => raw.stumbles(id)));

      expect(closed.filter((why: string) => why === 'done' || why === '')).toEqual([]);
      expect(stumbles.flat()).toEqual([]);
    } finally {
      await worker.stop();
    }
  });

  test('wedges no run by long texts, which are kept as far as a person reads them', async ({
    runs,
  }) => {
    const long = 'x'.repeat(900_000);

    const { ending } = await runs.run(
      'practice',
      { approve: true },
      {
        because: 'practice',
        meanwhile: async (run, client) => {
          const handle = client.workflow.getHandle(run);
          await vi.waitFor(
            async () => expect(await handle.query<string>('explain')).toMatch(/^Waiting for app/),
            TIMEOUT,
          );
          for (let index = 0; index < 4; index += 1)
            await handle.signal('pause', {
              by: 'ops-1',
              reason: long.slice(0, index % 2 ? 900_000 : 200_000),
            });
          await handle.signal('resume', { by: 'ops-1', reason: long.slice(0, 200_000) });
          await handle.executeUpdate('approve', {
            args: [{ step: 'clear', by: 'ops-2', reason: long.slice(0, 200_000) }],
          });
        },
      },
    );

    const reasons = ending.interventions.map(({ reason = '' }) => reason);
    expect(ending.outcome).toBe('done');
    expect(reasons.filter((reason) => reason.endsWith('(199000 letters cut)'))).toHaveLength(4);
    expect(Math.max(...reasons.map(({ length }) => length))).toBeLessThan(1100);
  });
});
