import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect } from 'vitest';
import { damageDatabase } from '../../../src/dev/demo/sample-database.ts';
import { addForeignIndex } from '../../support/foreign-schema.ts';
import { stateOf } from '../../support/locked.ts';
import { addMark, readMarks } from '../../support/marks.ts';
import { answer, waiting } from '../../support/people.ts';
import { backUp, pidOf } from '../../support/recovery.ts';
import { test } from '../../support/run.ts';

describe.concurrent('database-issue', () => {
  test('holds a damaged database still, keeps it raw, and recovers it once people approve', async ({
    world,
    systems,
    runs,
  }) => {
    await backUp(runs);
    addMark(world, 'written after the backup');
    damageDatabase(world.database.file, 30);
    const pid = (await pidOf(systems))!;
    let held = '';
    let lying: string[] = [];

    const { run, ending } = await runs.run(
      'database-issue',
      {},
      {
        meanwhile: async (run, client) => {
          const handle = await waiting(client, run, 'recover');
          held = stateOfProcess(pid);
          lying = ['', '-wal'].map((suffix) => sha256(`${world.database.file}${suffix}`));
          await answer(handle, 'approve', { step: 'recover', by: 'ops-2' });
        },
      },
    );

    expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
    expect(held).toBe('T');
    expect(ending.output).toMatchObject({ verdict: 'damaged', helped: 'database-recovery' });
    const quarantine = ending.ledger.find(({ id }) => id === 'quarantine')!;
    const names = quarantine.evidence!.map(({ file }) => basename(file));
    expect(names).toEqual(['demo.db', 'demo.db-wal', 'demo.db-shm']);
    expect(quarantine.evidence!.slice(0, 2).map(({ sha256 }) => sha256)).toEqual(lying);
    expect(quarantine.evidence!.map(({ file }) => sha256(file))).toEqual(
      quarantine.evidence!.map(({ sha256 }) => sha256),
    );
    expect(ending.ledger.find(({ id }) => id === 'recover')?.runs).toEqual([`${run}/recover`]);
    expect(readMarks(world)).toEqual([]);
    expect((await systems.app.prove()).rows).toBeGreaterThan(0);
  });

  test('touches nothing of one that cannot be judged here, whatever it may overwrite', async ({
    world,
    systems,
    runs,
  }) => {
    await backUp(runs);
    addMark(world, 'written after the backup');
    addForeignIndex(world.database.file);
    const before = await systems.runtime.describe();

    const { ending } = await runs.run('database-issue', { overwrite: 'yes' });

    expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
    expect(ending.output).toMatchObject({
      verdict: 'unclear',
      helped: '',
      diagnosis: expect.stringMatching(
        /no such collation sequence: de_phone.*name what loads its functions in "database.extensions"/,
      ),
    });
    expect(stateOf(ending, 'contain', 'recover', 'unlock')).toEqual([
      'omitted',
      'omitted',
      'omitted',
    ]);
    expect(ending.notices).toEqual([]);
    expect(readMarks(world)).toEqual(['written after the backup']);
    expect(await systems.runtime.describe()).toEqual(before);
  });
});

function stateOfProcess(pid: number): string {
  return /\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))![1]!;
}

function sha256(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
