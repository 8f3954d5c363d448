import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect } from 'vitest';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import { lookAtTarget } from '../../src/cli/verbs/doctor/look-at-target.ts';
import { permanent } from '../../src/os/failure.ts';
import { openClaim } from '../../src/state/claim.ts';
import { stateTrouble } from '../../src/state/unwritable-state.ts';
import { refusal } from '../activities/database/support/fixtures.ts';
import { canMount, fillDisk, makeReadOnly, mountDisk, NO_DISK } from '../support/small-disk.ts';
import { test } from '../support/target.ts';

const request = {
  stamp: '20260105_020000',
  wait: true,
  preempt: false,
  takeOverIncomplete: false,
  governed: false,
};
const others = { isOpen: async () => true, stop: async () => {} };

describe('a state directory that cannot be written', () => {
  test('that is full refuses a first run, and the next one of a target, with a sentence', async ({
    target,
    directory,
    skip,
  }) => {
    skip(!canMount, NO_DISK);
    const state = join(directory, 'small');
    const unmount = mountDisk(state, 1);
    try {
      const small = { ...target, state };
      const filler = fillDisk(state);
      const first = stateTrouble(await take(small, 'first'), openClaim(small).file, false);
      rmSync(filler);
      await openClaim(small).take('first', request, others);
      await openClaim(small).release('first', { cleanedUp: false });
      fillDisk(state);
      const second = stateTrouble(await take(small, 'second'), openClaim(small).file, true);

      expect(first).toMatchObject({
        type: 'StateUnusable',
        nonRetryable: true,
        message: expect.stringMatching(refusalOf(state, /ENOSPC: no space left on device/)),
      });
      expect(second).toMatchObject({
        type: 'StateUnusable',
        nonRetryable: false,
        message: expect.stringMatching(refusalOf(state, /ENOSPC: no space left on device/)),
      });
    } finally {
      unmount();
    }
  });

  test('that is read-only says so', async ({ target, directory, skip }) => {
    skip(!canMount, NO_DISK);
    const state = join(directory, 'small');
    const unmount = mountDisk(state, 1);
    try {
      makeReadOnly(state);
      const small = { ...target, state };
      const trouble = stateTrouble(await take(small, 'first'), openClaim(small).file, false);

      expect(trouble).toMatchObject({
        type: 'StateUnusable',
        message: expect.stringMatching(refusalOf(state, /EROFS: read-only file system/)),
      });
    } finally {
      unmount();
    }
  });

  test('that is a file says so', async ({ target }) => {
    const odd = { ...target, state: target.database.file };

    const trouble = stateTrouble(await take(odd, 'first'), openClaim(odd).file, false);

    expect(trouble).toMatchObject({
      type: 'StateUnusable',
      message: expect.stringMatching(/ENOTDIR|EEXIST/),
    });
  });
});

describe('a claim that is damaged', () => {
  test('says what to type: no wait mends it', async ({ target }) => {
    const { file } = openClaim(target);
    writeFileSync(file, 'no database '.repeat(1000));

    const told = stateTrouble(await take(target, 'first'), file, true);

    expect(told).toMatchObject({
      type: 'StateUnusable',
      message: expect.stringContaining(`mv "${file}" "${file}.damaged", and restart the worker`),
    });
    expect(await lookAtTarget(target)).toContainEqual({
      subject: `Claim of ${target.name}`,
      state: 'missing',
      finding: `Cannot use "${file}": it is damaged, and no database of SQLite any more`,
      hint: expect.stringContaining(`mv "${file}" "${file}.damaged"`),
    });
  });
});

describe('any other error of the claim', () => {
  test('stays as it is', async () => {
    const locked = permanent('TargetLocked', 'it is held');
    const unreachable = Object.assign(new Error('14 UNAVAILABLE'), { code: 14 });

    expect(stateTrouble(locked, 'claim.db', false)).toBe(locked);
    expect(stateTrouble(unreachable, 'claim.db', false)).toBe(unreachable);
  });

  test('stays as it is when another process has the file for a moment: that calls nobody', async ({
    directory,
  }) => {
    const file = join(directory, 'claim.db');
    const holder = new Database(file);
    holder.exec('begin exclusive');

    const busy = await refusal(
      (async () => new Database(file, { timeout: 0 }).exec('begin immediate'))(),
    );

    expect(busy).toMatchObject({ code: 'SQLITE_BUSY' });
    expect(stateTrouble(busy, file, false)).toBe(busy);
    holder.close();
  });
});

function take(target: SqliteTarget, run: string): Promise<Error> {
  return refusal(openClaim(target).take(run, request, others));
}

function refusalOf(state: string, reason: RegExp): RegExp {
  return new RegExp(
    `^Cannot write "${state}/claim.db", in which a run takes its target: .*${reason.source}`,
  );
}
