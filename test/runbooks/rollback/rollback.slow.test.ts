import { describe, expect } from 'vitest';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { backUpAll, DATA, FILES, furnish, furniture, SPOILT } from '../../support/furnished.ts';
import { addMark, readMarks } from '../../support/marks.ts';
import { onOneWorker } from '../../support/on-one-worker.ts';
import { leftovers } from '../../support/recovery.ts';
import { test as base } from '../../support/run.ts';

const test = base.extend<{ backups: Partial<SqliteTarget['backups']> }>({
  backups: async ({}, use) => use({ daily: { files: FILES, keep: '30d' }, weekly: DATA }),
});
const LIVE = { ...SPOILT, '.env': 'API_TOKEN=now\nLEVEL=9\n', 'app.conf': 'workers = 8\n' };

interface Output {
  readonly rollbackPoint?: string;
}

describe.concurrent('rollback', () => {
  test('brings database and files back that a system recovery replaced, and can be gone back from', async ({
    world,
    systems,
    runs,
  }) => {
    await backUpAll(world, runs);
    addMark(world, 'since the backup');
    furnish(world, LIVE);
    const before = furniture(world);

    const seen = await onOneWorker(runs, async (play) => {
      const recovered = await play('system-recovery', {});
      const between = [readMarks(world), furniture(world)];
      const point = (recovered.output as Output).rollbackPoint!;
      const back = await play('rollback', { run: recovered.run });
      const after = [readMarks(world), furniture(world)];
      const again = await play('rollback', { run: back.run });
      return { recovered, point, between, back, after, again };
    });

    expect(seen.recovered.output).toMatchObject({ replaced: ['database', 'files'] });
    expect(seen.between[0]).toEqual([]);
    expect(seen.back).toMatchObject({ outcome: 'done', left: [], output: { files: 2 } });
    expect(seen.after).toEqual([['since the backup'], before]);
    expect(seen.again).toMatchObject({ outcome: 'done' });
    expect([readMarks(world), furniture(world)]).toEqual(seen.between);
    expect(leftovers(world)).toEqual([]);
    await systems.http.expectReady();
  });
});
