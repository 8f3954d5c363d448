import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, vi } from 'vitest';
import { explainRun } from '../../src/client/runs/explain-run.ts';
import { test as base } from '../support/run.ts';
import { canMount, fillDisk, mountDisk, NO_DISK } from '../support/small-disk.ts';
import { TIMEOUT } from '../support/timeouts.ts';

const test = base.extend({ escalation: [{ level: 1, to: 'operations', after: '0s' }] });

describe('a run whose state directory is on a full disk', () => {
  test('says so where people look, notifies them once, and goes on when there is space', async ({
    world,
    directory,
    runs,
    skip,
  }) => {
    skip(!canMount, NO_DISK);
    const { state } = world;
    const small = join(directory, 'small');
    const pages = join(directory, 'pages.jsonl');
    const unmount = mountDisk(small, 4);
    const filler = fillDisk(small);
    Object.assign(world, { state: small, channels: { book: { kind: 'log', file: pages } } });
    const worker = await runs.serve();
    const reason = /Cannot write ".*claim\.db", in which a run takes its target: .*no space left/;
    try {
      const run = await runs.start('log-rotation');

      await vi.waitFor(async () => {
        const { sentence, retrying, view } = await explainRun(runs.client, run);
        expect(sentence).toMatch(/^Before step 1, "Inspect the logs": /);
        expect(sentence).toMatch(reason);
        expect(view.ledger?.[0]).toMatchObject({
          state: 'pending',
          note: expect.stringMatching(reason),
        });
        // It is tried again, and again.
        expect(retrying).toMatchObject([{ activity: 'target.take' }]);
        expect(retrying[0]!.message).toMatch(reason);
      }, TIMEOUT);
      await vi.waitFor(
        () => expect(readFileSync(pages, 'utf8')).toContain('no space left'),
        TIMEOUT,
      );
      rmSync(filler);
      await runs.client.workflow.getHandle(run).result();

      const { view } = await explainRun(runs.client, run);
      expect(view.ending).toMatchObject({ outcome: 'done', left: [] });
      expect(view.ledger?.[0]?.note).not.toMatch(reason);
      expect(view.ending?.notices.map(({ message }) => message)).toEqual([
        expect.stringMatching(reason),
      ]);
    } finally {
      await worker.stop();
      Object.assign(world, { state });
      unmount();
    }
  });
});
