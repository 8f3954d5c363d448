import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { readOffsiteRecords } from '../../../src/activities/backups/offsite/offsite-records.ts';
import { viewRun } from '../../../src/client/runs/view-run.ts';
import type { SqliteTarget, Target } from '../../../src/config/schema/target.ts';
import type { Ending } from '../../../src/engine/run/ending.ts';
import { offsiteBackups } from '../../activities/offsite/support/offsite-backups.ts';
import { fillWithNoise } from '../../activities/offsite/support/offsite-target.ts';
import { startRelay } from '../../activities/offsite/support/relay.ts';
import { endingOf } from '../../support/ending-of.ts';
import { test as base } from '../../support/run.ts';
import {
  type BucketServer,
  hasVersitygw,
  NEEDS_VERSITYGW,
  startBucketServer,
} from '../../support/s3/bucket-server.ts';

const MEGABYTES = 200;

const test = base.extend<{ server: BucketServer; backups: Partial<Target['backups']> }>({
  server: async ({}, use) => {
    const server = await startBucketServer();
    await use(server);
    await server.stop();
  },
  backups: async ({ directory, server }, use) => {
    const backups = await offsiteBackups(directory, { server, offsite: { part: '5MB' } });
    await use({ ...backups, compression: 'none' } as Partial<Target['backups']>);
  },
});

describe.skipIf(!hasVersitygw)(`send-offsite (${NEEDS_VERSITYGW})`, () => {
  test(
    `a recovery neither waits for ${MEGABYTES} MB that are sent slowly, nor stops them`,
    { timeout: 240_000 },
    async ({ world, runs, server }) => {
      fillWithNoise(world.database.file, MEGABYTES);
      const gate = Promise.withResolvers<void>();
      const relay = await startRelay(server.endpoint, {
        onPart: async (number, bytes) => {
          if (number > 2) await gate.promise;
          return bytes;
        },
      });
      world.backups.offsite!.endpoint = relay.endpoint;
      const worker = await runs.serve();
      try {
        const backup = await runs.start('daily-backup');
        const made = await endingOf(runs, backup);
        const sending = begunBy(made);
        while (relay.parts.length < 2) await sleep(50);

        const recovery = await runs.start('database-recovery', { backup: 'latest' });
        const recovered = await endingOf(runs, recovery);
        const meanwhile = await viewRun(runs.client, sending);
        gate.resolve();
        const sent = await endingOf(runs, sending);

        expect([made.outcome, recovered.outcome]).toEqual(['done', 'done']);
        expect([meanwhile.status, sent.outcome]).toEqual(['RUNNING', 'done']);
        const id = (made.output as { backup: string }).backup;
        expect(sent.output).toMatchObject({ backups: [id] });
        expect(relay.parts.toSorted((one, other) => one - other)).toEqual(
          Array.from({ length: relay.parts.length }, (_, at) => at + 1),
        );
        expect(readOffsiteRecords(world)).toMatchObject([{ id }]);
      } finally {
        gate.resolve();
        await worker.stop();
        await relay.stop();
      }
    },
  );

  test('a second run leaves its backup to the one that sends, which takes it along', async ({
    world,
    runs,
    server,
  }) => {
    fillWithNoise(world.database.file, 12);
    const gate = Promise.withResolvers<void>();
    const relay = await startRelay(server.endpoint, {
      onPart: async (_, bytes) => {
        await gate.promise;
        return bytes;
      },
    });
    world.backups.offsite!.endpoint = relay.endpoint;
    const worker = await runs.serve();
    try {
      const first = await endingOf(runs, await runs.start('daily-backup'));
      while (!isSending(world)) await sleep(50);
      const second = await endingOf(runs, await runs.start('daily-backup'));
      const left = await endingOf(runs, begunBy(second));
      gate.resolve();
      const sent = await endingOf(runs, begunBy(first));

      expect(left).toMatchObject({ outcome: 'done', output: { backups: [] } });
      expect(left.ledger[0]!.note).toMatch(/^"send-offsite\/.*" sends, and takes along/);
      const ids = [first, second].map(({ output }) => (output as { backup: string }).backup);
      expect(sent.output).toMatchObject({ backups: ids });
    } finally {
      gate.resolve();
      await worker.stop();
      await relay.stop();
    }
  });

  test('sends again by itself what a server that was away has not taken, and asks nobody', async ({
    runs,
    server,
    world,
  }) => {
    server.kill();
    const worker = await runs.serve();
    try {
      const made = await endingOf(runs, await runs.start('daily-backup'));
      await sleep(3000);
      expect(readOffsiteRecords(world)).toEqual([]);
      await server.start();
      const sent = await endingOf(runs, begunBy(made));

      expect([made.notices, sent.outcome, sent.notices]).toEqual([[], 'done', []]);
      expect(readOffsiteRecords(world)).toHaveLength(1);
    } finally {
      await worker.stop();
    }
  });
});

function begunBy({ ledger }: Ending): string {
  return ledger.find(({ id }) => id === 'offsite')!.runs![0]!;
}

function isSending({ state }: SqliteTarget): boolean {
  return existsSync(`${state}/offsite/sending.run`);
}
