import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect } from 'vitest';
import { argumentsByType } from '../../src/worker/arguments/arguments-by-type.ts';
import { hostile } from '../support/hostile.ts';
import { test } from '../support/run.ts';

const SEED = Number(process.env['RUNBOOK_SEED'] ?? 14);
const STAMP = '20260105_020000';

describe('a hostile workflow', () => {
  test('that has the target reaches no file outside of it by what it calls activities with', async ({
    runs,
    world,
    directory,
  }) => {
    const victim = join(directory, 'victim');
    mkdirSync(join(victim, 'fresh'), { recursive: true });
    writeFileSync(join(victim, 'precious'), 'precious');
    writeFileSync(join(victim, `precious.staged-${STAMP}`), 'precious');
    writeFileSync(join(victim, 'fresh/precious'), 'precious');
    const before = snapshotOf(victim);
    const up = `/${'../'.repeat(20)}${victim.slice(1)}`;
    const fromState = relative(join(world.state, 'files'), victim);
    const staged = {
      file: join(victim, `precious.staged-${STAMP}`),
      inode: inodeOf(join(victim, `precious.staged-${STAMP}`)),
      bytes: 8,
      sha256: '0'.repeat(64),
      journalMode: 'wal',
      rows: 1,
      checks: [],
      changed: true,
    };
    const request = { files: [], secrets: 'keep' };
    const database = { bytes: 8, sha256: '0'.repeat(64) };
    const attacks = [
      ['files.stage', [], up],
      ['files.stage', request, up],
      ['files.place', up],
      ['files.place', fromState],
      ['files.discard', up],
      ['files.cleanUp', up],
      ['files.stageKept', STAMP, fromState],
      ['backups.discard', up],
      ['backups.snapshot', `../${fromState}`],
      ['drill.clean', up],
      ['dependencies.restore', up],
      ['database.keep', up, { verdict: 'damaged' }],
      ['database.swap', staged],
      ['database.isLive', staged],
      ['database.stage', { id: STAMP, file: join(victim, 'precious'), database }, STAMP],
      ['logs.rotate', join(victim, 'precious'), STAMP],
      ['logs.prune', `${world.directory}/../victim/precious`, STAMP],
      ['files.stage'],
      ['files.place', null],
      ['runs.audit', [{ at: '2026-01-05T02:00:00Z', run: 'another', what: 'ended', by: 'x' }]],
    ] as const;
    const worker = await runs.serve();
    try {
      const answers: string[] = await runs.client.workflow.execute('calling', {
        workflowId: `calling/${world.name}/${STAMP}`,
        taskQueue: runs.queue,
        args: [world.name, attacks],
      });

      // Logs answer what cannot be done, so that others are seen to all the same.
      const taken = answers.flatMap((answer, index) =>
        answer === 'BadArguments' || attacks[index]![0].startsWith('logs.')
          ? []
          : [`${attacks[index]![0]}: ${answer}`],
      );
      expect(taken).toEqual([]);
      expect(snapshotOf(victim)).toEqual(before);
    } finally {
      await worker.stop();
    }
  });

  test('is refused whatever it calls at random, and the worker goes on', async ({
    runs,
    world,
  }) => {
    const { json, among } = hostile(SEED);
    const types = Object.keys(argumentsByType).filter(
      (type) => !/^(incidents|notices|pages|people)\./.test(type),
    );
    // All calls go into one history.
    const calls = types.map((type) => {
      const text = json('nothing');
      const value: unknown = text.length > 5000 ? ['x'.repeat(5000)] : JSON.parse(text);
      return [type, value, among([1, 'x', null]), 'more', 'still more'];
    });
    const worker = await runs.serve();
    try {
      const answers: string[] = await runs.client.workflow.execute('calling', {
        workflowId: `calling/${world.name}/20260105_020001`,
        taskQueue: runs.queue,
        args: [world.name, [...calls, ['runtime.describe']]],
      });

      const taken = answers.flatMap((answer, index) =>
        answer === 'BadArguments' ? [] : [types[index]],
      );
      // The last one is a legal call.
      expect(taken).toEqual([undefined]);
      expect(answers.at(-1)).toBe('done');
    } finally {
      await worker.stop();
    }
  });
});

function inodeOf(file: string): string {
  const { dev, ino } = statSync(file);
  return `${dev}:${ino}`;
}

function snapshotOf(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .map((entry) => {
      const file = join(entry.parentPath, entry.name);
      const { ino, mtimeMs } = statSync(file);
      return `${file} ${ino} ${mtimeMs} ${entry.isFile() ? readFileSync(file, 'utf8') : ''}`;
    })
    .toSorted();
}
