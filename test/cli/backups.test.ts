import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { stringify } from 'yaml';
import { listBackups } from '../../src/activities/support/backups/backup-store.ts';
import type { PlaceRetention } from '../../src/activities/support/backups/prune.ts';
import { test } from '../support/target.ts';
import { ageBackups } from '../activities/sqlite-support/aged-backups.ts';
import { backUp } from '../activities/sqlite-support/fixtures.ts';
import { runbook } from './support/runbook.ts';

/** What needs no server: so it must be possible when there is none. */
describe('backups', () => {
  test('are pinned, judged and proven without Temporal', async ({ target, directory }) => {
    const targets = join(directory, 'targets');
    mkdirSync(targets);
    writeFileSync(join(targets, `${target.name}.yaml`), stringify(target));
    const env = { RUNBOOK_TARGETS: targets, TEMPORAL_ADDRESS: '127.0.0.1:1' };
    const now = new Date().toISOString();
    const { id } = await backUp(target);
    const [expired, older] = ageBackups(target, id, [42, 43, 1], { now });

    const pinned = await runbook(['backups', 'pin', expired!, '--reason', 'a test'], env);
    const plan = await runbook(['backups', 'prune', '--plan', '--json'], env);
    const proven = await runbook(['backups', 'verify'], env);

    expect(pinned).toMatchObject({ exitCode: 0, stdout: `${expired} stays until it is unpinned` });
    const [place] = JSON.parse(plan.stdout) as PlaceRetention[];
    expect(place!.remove.map((one) => one.id)).toEqual([older]);
    expect(place!.keep.find((one) => one.id === expired)?.reason).toMatch(/ because a test$/);
    expect(proven).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('proven') });
    expect(listBackups(target.backups.directory)).toHaveLength(4);
  });
});
