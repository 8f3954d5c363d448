import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { describe, expect, inject, vi } from 'vitest';
import { missedRuns } from '../../../src/client/schedules/missed-runs.ts';
import { syncSchedules } from '../../../src/client/schedules/sync-schedules.ts';
import { startTemporal } from '../../../src/dev/server/start-temporal.ts';
import { test } from '../../support/target.ts';
import { TIMEOUT } from '../../support/timeouts.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

describe('a schedule whose Temporal server was down when it was due', () => {
  test(
    'is left out and reported after its catch-up window, and made up for within it',
    { timeout: 6 * MINUTE },
    async ({ target, directory }) => {
      const first = Math.ceil((Date.now() + 30 * SECOND) / MINUTE) * MINUTE;
      const second = first + 2 * MINUTE;
      const minutes = [first, second].map((time) => new Date(time).getUTCMinutes());
      const rule = { cron: `${minutes.join(',')} * * * *`, catchUp: '40s', paused: false };
      const world = { ...target, schedules: { 'daily-backup': rule } };
      const id = `${target.name}/daily-backup`;
      const dataFile = join(directory, 'temporal.db');
      await onServer(dataFile, async (client) => {
        await syncSchedules(client, [world], { queue: 'nobody' });
        await until(first - 15 * SECOND);
      });

      await until(first + 45 * SECOND);
      await onServer(dataFile, async (client) => {
        const info = await infoOnce(client, id, 'numActionsMissedCatchupWindow');
        const now = new Date(Date.now() + 3 * 60 * MINUTE);
        const [missed] = await missedRuns(client, [world], { now });

        expect(info.numActionsTaken).toBe(0);
        expect(missed!.sentence).toMatch(
          /^no daily-backup of \S+ yet: it was due at .*, and none was started, nor at .* UTC/,
        );
        expect(missed!.missing).toContain(new Date(first).toISOString());
        await until(second - 20 * SECOND);
      });

      await until(second + 5 * SECOND);
      await onServer(dataFile, async (client) => {
        const { recentActions } = await infoOnce(client, id, 'numActionsTaken');

        expect(recentActions.map(({ scheduledAt }) => scheduledAt.getTime())).toEqual([second]);
      });
    },
  );
});

/** What a schedule tells once it has counted one. */
async function infoOnce(
  client: Client,
  id: string,
  count: 'numActionsTaken' | 'numActionsMissedCatchupWindow',
) {
  return vi.waitFor(async () => {
    const { info } = await client.schedule.getHandle(id).describe();
    expect(info[count]).toBe(1);
    return info;
  }, TIMEOUT);
}

async function onServer(dataFile: string, work: (client: Client) => Promise<void>): Promise<void> {
  const { path } = inject('temporal');
  const namespace = 'runbooks';
  const server = await startTemporal({ path, dataFile, durability: 'FULL', namespace, ui: false });
  const connection = await Connection.connect({ address: server.address });
  try {
    await work(new Client({ connection, namespace }));
  } finally {
    await connection.close();
    await server.stop();
  }
}

async function until(time: number): Promise<void> {
  await sleep(Math.max(0, time - Date.now()));
}
