import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { describe, expect } from 'vitest';
import { whileLocked } from '../activities/database/support/while-locked.ts';
import { test } from '../support/run.ts';

describe('a long activity', () => {
  test('is heard of every 2 s, so that 10 s of silence are no slow machine', async ({
    world,
    runs,
  }) => {
    const { database } = world;
    Object.assign(database, { locks: { ...database.locks, wait: '15s' } });
    const heard = new Set<string>();
    const meanwhile = async (run: string, client: Client) => {
      for (const until = Date.now() + 15_000; Date.now() < until; await sleep(200))
        for (const time of await heartbeatsOf(client, run)) heard.add(time);
    };

    await whileLocked(world, { program: 'rsync' }, () =>
      runs.run('database-locked', {}, { meanwhile }),
    );

    expect(heard.size).toBeGreaterThanOrEqual(3);
  });
});

async function heartbeatsOf(client: Client, run: string): Promise<string[]> {
  const { raw } = await client.workflow.getHandle(run).describe();
  return (raw.pendingActivities ?? [])
    .filter(({ activityType }) => activityType?.name === 'database.awaitUnlocked')
    .flatMap(({ lastHeartbeatTime: at }) => (at ? [`${String(at.seconds)}.${at.nanos}`] : []));
}
