import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect } from 'vitest';
import { besideSamples } from '../../src/cli/local/metrics/beside-samples.ts';
import { families } from '../../src/cli/local/metrics/families.ts';
import { metricsText } from '../../src/cli/local/metrics/metrics-text.ts';
import { openRunTally } from '../../src/cli/local/metrics/tally-runs.ts';
import { openBesideReader } from '../../src/cli/serve/metrics/read-beside.ts';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import { findOnPath } from '../../src/dev/server/find-on-path.ts';
import { appendToAudit, rotateAudit } from '../../src/state/audit-log.ts';
import { exclusively } from '../../src/state/claim-database.ts';
import { addDrill } from '../../src/state/drill-history.ts';
import { setAutomationOff } from '../../src/state/governor.ts';
import { targetIn, test } from '../support/target.ts';

const promtool = findOnPath('promtool');

const time = (second: number) => new Date(Date.UTC(2026, 0, 5, 2, 0, second)).toISOString();

function runOf(target: SqliteTarget, runbook: string, second: number, outcome: string): void {
  const run = `${runbook}/${target.name}/20260105_0200${String(second).padStart(2, '0')}`;
  appendToAudit(target, [
    { at: time(second), run, what: 'started', by: 'ops' },
    { at: time(second + 10), run, what: 'ended', by: 'runbook', outcome },
  ]);
}

function textOf(target: SqliteTarget, tally = openRunTally(target.state)): string {
  return metricsText(besideSamples(target, tally, Date.now()).samples);
}

describe('metrics of what lies beside a target', () => {
  test('count the runs of the audit, and go on counting where it is rotated', ({ target }) => {
    const { name } = target;
    const tally = openRunTally(target.state);
    runOf(target, 'daily-backup', 1, 'done');
    runOf(target, 'daily-backup', 20, 'failed');
    const before = textOf(target, tally);
    rotateAudit(target, '20260106_020000', 1);
    runOf(target, 'daily-backup', 40, 'partly');

    const after = textOf(target, tally);

    expect(before).toContain(
      `runbook_runs_total{target="${name}",runbook="daily-backup",outcome="failed"} 1\n`,
    );
    expect(after.split('\n')).toEqual(
      expect.arrayContaining([
        `runbook_runs_total{target="${name}",runbook="daily-backup",outcome="done"} 1`,
        `runbook_runs_total{target="${name}",runbook="daily-backup",outcome="partly"} 1`,
        `runbook_runs_total{target="${name}",runbook="daily-backup",outcome="undone"} 0`,
        `runbook_run_duration_seconds_bucket{target="${name}",runbook="daily-backup",le="5"} 0`,
        `runbook_run_duration_seconds_bucket{target="${name}",runbook="daily-backup",le="15"} 3`,
        `runbook_run_duration_seconds_sum{target="${name}",runbook="daily-backup"} 30`,
        `runbook_last_success_timestamp_seconds{target="${name}",runbook="daily-backup"} ${Date.parse(time(50)) / 1000}`,
      ]),
    );
    // Whoever begins anew tells the same.
    expect(textOf(target)).toBe(after);
  });

  test('count a part of a run by what it was, and nothing that has no end', ({ target }) => {
    const run = `maintenance-window/${target.name}/20260105_020000/backup`;
    appendToAudit(target, [
      { at: time(1), run, what: 'started', by: 'ops' },
      { at: time(2), run, what: 'ended', by: 'runbook', outcome: 'done', runbook: 'daily-backup' },
      { at: time(3), run: 'silences/x', what: 'ended', by: 'ops' },
    ]);
    appendFileSync(join(target.state, 'audit.jsonl'), '{"at":"2026","what":"ended","run":"a/b/c"');

    const tally = openRunTally(target.state)();

    expect(tally).toMatchObject([{ runbook: 'daily-backup', outcomes: { done: 1 }, timed: 1 }]);
  });

  test('begin anew where the audit is another one', ({ target }) => {
    const tally = openRunTally(target.state);
    runOf(target, 'daily-backup', 1, 'done');
    runOf(target, 'daily-backup', 20, 'done');
    tally();
    rmSync(target.state, { recursive: true });
    mkdirSync(target.state);
    runOf(target, 'health-check', 1, 'done');

    expect(tally()).toMatchObject([{ runbook: 'health-check', outcomes: { done: 1 } }]);
  });

  test('say 0 of what there never was, and make nothing', ({ directory }) => {
    const target = targetIn(directory, { schedules: { 'daily-backup': { at: '02:00' } as never } });
    const { name } = target;

    const lines = textOf(target).split('\n');

    expect(lines).toEqual(
      expect.arrayContaining([
        `runbook_backup_last_verified_timestamp_seconds{target="${name}"} 0`,
        `runbook_restore_drill_last_proven_timestamp_seconds{target="${name}"} 0`,
        `runbook_last_success_timestamp_seconds{target="${name}",runbook="daily-backup"} 0`,
        `runbook_state_readable{target="${name}",of="claim"} 1`,
      ]),
    );
    expect(() => readFileSync(join(target.state, 'claim.db'))).toThrow('ENOENT');
  });

  test('tell of drills, of automation that is off, and of a target that was left', async ({
    target,
  }) => {
    const since = new Date(Date.now() - 60_000).toISOString();
    const until = new Date(Date.now() + 60_000).toISOString();
    addDrill(target, {
      run: 'restore-drill/x/1',
      at: time(0),
      verdict: 'proven',
      backup: '20260105_020000',
      rtoMilliseconds: 4200,
      rpoMilliseconds: 1,
      findings: [],
    });
    await exclusively(join(target.state, 'claim.db'), async (db) => {
      setAutomationOff(db, { since, until, by: 'ops', reason: 'a test' });
      db.prepare('insert into unfinished values (?, ?, ?)').run('r', '20260105_020000', since);
    });

    const { samples, claim } = besideSamples(target, openRunTally(target.state), Date.now());

    expect(claim).toEqual({ holders: [], dirty: true, offSince: Date.parse(since) / 1000 });
    expect(samples).toContainEqual(
      expect.objectContaining({ name: 'runbook_restore_drill_duration_seconds', value: 4.2 }),
    );
  });

  test('say what cannot be read, and tell the rest', ({ target }) => {
    const { name } = target;
    runOf(target, 'daily-backup', 1, 'done');
    writeFileSync(
      join(target.state, 'claim.db'),
      'this is no database, and longer than a header'.repeat(9),
    );
    writeFileSync(join(target.state, 'status.json'), '{');

    const lines = textOf(target).split('\n');

    for (const of of ['claim', 'status'])
      expect(lines).toContain(`runbook_state_readable{target="${name}",of="${of}"} 0`);
    expect(lines).toContain(`runbook_state_readable{target="${name}",of="audit"} 1`);
    expect(lines).toContain(
      `runbook_runs_total{target="${name}",runbook="daily-backup",outcome="done"} 1`,
    );
  });

  test('are read by a process of its own, and a target that hangs hides no other', async ({
    target,
    directory,
  }) => {
    const hung = { ...target, name: 'hung', state: join(directory, 'hung') };
    mkdirSync(hung.state);
    // Opening it waits for a writer, as a disk that is gone does.
    await execa('mkfifo', [join(hung.state, 'drills.jsonl')]);
    const reader = openBesideReader(1500);

    const first = await reader.read([target, hung]);
    const again = await reader.read([hung, target]);
    reader.close();

    expect([...first.keys()]).toEqual([target.name]);
    expect(again.get(target.name)?.samples.length).toBeGreaterThan(5);
  }, 15_000);

  test('name no label that the table has not, and no run', ({ target }) => {
    runOf(target, 'daily-backup', 1, 'done');
    const { samples } = besideSamples(target, openRunTally(target.state), Date.now());

    for (const { name, labels, part } of samples) {
      const known = [...families[name].labels, ...(part === '_bucket' ? ['le'] : [])];
      expect([name, Object.keys(labels)]).toEqual([name, known]);
    }
    expect(JSON.stringify(samples)).not.toContain('20260105_0200');
  });
});

describe('metricsText', () => {
  test('escapes what a label holds', () => {
    const value = 'a"b\\c\nd';
    const text = metricsText([
      { name: 'runbook_target_status', labels: { target: value }, value: 0 },
    ]);

    expect(text).toContain('runbook_target_status{target="a\\"b\\\\c\\nd"} 0\n');
  });

  test.skipIf(!promtool)(
    'is what Prometheus reads, by names as it wants them (needs promtool)',
    async ({ target }) => {
      runOf(target, 'daily-backup', 1, 'done');
      const { all, exitCode } = await execa(promtool!, ['check', 'metrics'], {
        input: textOf(target),
        all: true,
        reject: false,
      });

      expect([exitCode, all]).toEqual([0, '']);
    },
  );
});
