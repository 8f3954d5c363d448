import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect } from 'vitest';
import { openRestoreDirectory } from '../../../src/activities/files/restore/restore-directory.ts';
import { recordActivities } from '../../../src/activities/records/records-activities.ts';
import { writeRunReport } from '../../../src/activities/records/run-reports.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { appendToAudit } from '../../../src/state/audit-log.ts';
import { openClaim } from '../../../src/state/claim.ts';
import { keepEvidence } from '../../../src/state/evidence.ts';
import { reported } from '../../report/support/reported.ts';
import { test } from '../../support/target.ts';
import { day } from '../logs/support/world.ts';

const event = { at: '2026-01-05T02:00:00.000Z', run: 'x', what: 'started', by: 'ops-1' };

describe('records.prune', () => {
  test('removes report and evidence of runs that ended too long ago, by what they tell', async ({
    target,
  }) => {
    target.records.keep = '400d';
    report(target, 'old', 401);
    report(target, 'young', 399);
    const runs = join(target.state, 'runs');
    writeFileSync(join(runs, 'notes.json'), '{"mine":true}');
    for (const name of readdirSync(runs)) utimesSync(join(runs, name), 0, 0);
    const { prune } = recordActivities(target);

    const first = await prune(day(0));
    const again = await prune(day(0));

    expect([first, again]).toEqual([
      { changed: true, removed: 1, files: 0 },
      { changed: false, removed: 0, files: 0 },
    ]);
    expect(readdirSync(runs).filter((name) => name !== 'notes.json')).toEqual([
      expect.stringMatching(/young.*\.html$/),
      expect.stringMatching(/young.*\.json$/),
    ]);
    expect(readdirSync(join(target.state, 'evidence'))).toHaveLength(1);
  });

  test('has nothing to do where no run has ended', async ({ target }) => {
    expect(await recordActivities(target).prune(day(0))).toEqual({
      changed: false,
      removed: 0,
      files: 0,
    });
  });

  test('removes the files that old recoveries replaced, but for the newest and what may be needed', async ({
    target,
  }) => {
    target.records.replacedFiles = '90d';
    for (const [days, progress] of [
      [95, 'placed'],
      [96, 'back'],
      [97, 'placing'],
      [98, 'staged'],
      [99, 'placed'],
      [91, 'placed'],
      [100, 'placed'],
    ] as const)
      replaced(target, days, progress);
    // Whoever terminated that run may still want its files.
    await claimAndDie(target, day(-99));
    const gone = join(target.state, `files-${day(-120)}.gone`);
    mkdirSync(gone);
    writeFileSync(join(gone, 'secret'), 'x');
    const { prune } = recordActivities(target);

    const first = await prune(day(0));
    const again = await prune(day(0));
    replaced(target, 88, 'placed');
    replaced(target, 89, 'placed');
    const later = await prune(day(0));

    expect([first.files, again.files, later.files]).toEqual([4, 0, 1]);
    expect(globSync('files-*', { cwd: target.state }).toSorted()).toEqual(
      [-99, -98, -97, -89, -88].map((days) => `files-${day(days)}`),
    );
  });
});

describe('records.rotateAudit', () => {
  test('begins a new file when this one is full, and once a run', async ({ target }) => {
    target.records.auditSize = '1KB';
    const { rotateAudit } = recordActivities(target);
    const write = (runs: number) => {
      for (let run = 0; run < runs; run += 1) appendToAudit(target, [{ ...event, run: `${run}` }]);
    };

    write(2);
    const small = await rotateAudit('20260106_000000');
    write(30);
    const full = await rotateAudit('20260107_000000');
    write(30);
    const again = await rotateAudit('20260107_000000');
    const missing = await recordActivities({ ...target, state: target.directory }).rotateAudit(
      '20260107_000000',
    );

    expect([small, full, again, missing].map(({ changed }) => changed)).toEqual([
      false,
      true,
      false,
      false,
    ]);
    expect(full.file).toBe(join(target.state, 'audit-20260107_000000.jsonl'));
  });

  test('begins a new file with each year', async ({ target }) => {
    const { rotateAudit } = recordActivities(target);
    appendToAudit(target, [{ ...event, at: '2026-12-31T23:59:59.000Z' }]);

    const same = await rotateAudit('20261231_235959');
    const next = await rotateAudit('20270101_003000');

    expect([same.changed, next.changed]).toEqual([false, true]);
  });

  test('keeps an event once that is brought again after the new file was begun', async ({
    target,
  }) => {
    target.records.auditSize = '1KB';
    for (let run = 0; run < 20; run += 1) appendToAudit(target, [{ ...event, run: `${run}` }]);
    await recordActivities(target).rotateAudit('20260106_000000');

    appendToAudit(target, [{ ...event, run: '19' }]);
    appendToAudit(target, [{ ...event, run: '20' }]);

    expect(linesOf(target)).toHaveLength(21);
  });

  test('loses no line that others are appending', async ({ target }) => {
    target.records.auditSize = '1KB';
    const { rotateAudit } = recordActivities(target);
    const script = fileURLToPath(new URL('../logs/support/appender.ts', import.meta.url));
    const appenders = ['one', 'two'].map((name) =>
      spawn(process.execPath, [script, target.state, name, '150'], { stdio: 'inherit' }),
    );
    const ended = Promise.all(appenders.map((appender) => once(appender, 'exit')));
    const state = { running: true };
    void ended.then(() => (state.running = false));
    let files = 0;

    for (let second = 0; state.running; second += 1) {
      const stamp = day(second / 86_400);
      if ((await rotateAudit(`2026${stamp.slice(4)}`)).changed) files += 1;
      await new Promise((resolve) => setImmediate(resolve));
    }

    expect(files).toBeGreaterThan(3);
    const lines = linesOf(target);
    expect(lines.every((line) => JSON.parse(line) as unknown)).toBe(true);
    expect([lines.length, new Set(lines).size]).toEqual([300, 300]);
  });
});

/** What a system recovery that began so many days ago has put aside. */
function replaced(
  target: SqliteTarget,
  days: number,
  progress: 'staged' | 'placing' | 'placed' | 'back',
) {
  const restore = openRestoreDirectory(target, day(-days));
  mkdirSync(restore.old, { recursive: true, mode: 0o700 });
  writeFileSync(join(restore.old, '.env'), 'PASSWORD=old', { mode: 0o600 });
  restore.hasCome(progress);
}

/** A run that has ended without releasing the target, as a next one finds it. */
async function claimAndDie(target: SqliteTarget, stamp: string): Promise<void> {
  const claim = openClaim(target);
  const request = { wait: false, preempt: false, takeOverIncomplete: true, governed: false };
  const others = { isOpen: async () => false, stop: async () => {} };
  await claim.take('system-recovery/x/terminated', { ...request, stamp }, others);
  await claim.take('log-rotation/x/next', { ...request, stamp: day(0) }, others);
}

/** A run that ended so many days ago, with evidence. */
function report(target: SqliteTarget, name: string, days: number): void {
  const endedAt = new Date(Date.now() - days * 86_400_000).toISOString();
  const run = `practice/${target.name}/${name}`;
  writeRunReport(target, { ...reported(), run, startedAt: endedAt, endedAt });
  keepEvidence(target, run, 'lines.txt', 'what was seen');
}

function linesOf({ state }: SqliteTarget): string[] {
  return readdirSync(state)
    .filter((name) => /^audit.*\.jsonl$/.test(name))
    .flatMap((name) => readFileSync(join(state, name), 'utf8').split('\n').filter(Boolean));
}
