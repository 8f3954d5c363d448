import { appendFileSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { readRunReports, writeRunReport } from '../../../src/activities/records/run-reports.ts';
import { record, type Recording } from '../../../src/activities/served-by-worker/runs.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { unchained } from '../../../src/state/audit/chain.ts';
import { appendToAudit } from '../../../src/state/audit-log.ts';
import { at, reported } from '../../report/support/reported.ts';
import { auditOf } from '../../support/audit.ts';
import { test as targetTest } from '../../support/target.ts';

const test = targetTest.extend<{ target: SqliteTarget }>({
  target: async ({ target }, use) => use({ ...target, name: 'demo' }),
});

const run = 'practice/demo/20260105_020000';
const started = { at: at(0), run, what: 'started', by: 'ops-1', reason: 'a test' };
const ended = { at: at(9), run, what: 'ended', by: 'runbook', outcome: 'done' };

describe('appendToAudit', () => {
  test('writes an event once, however often it is brought', async ({ target }) => {
    appendToAudit(target, [started]);
    appendToAudit(target, [started]);
    appendToAudit(target, [started, ended]);

    expect(auditOf(target)).toEqual([started, ended]);
    expect(statSync(join(target.state, 'audit.jsonl')).mode & 0o777).toBe(0o600);
  });

  test('keeps what stands there, also half a line that a power cut left', async ({ target }) => {
    appendToAudit(target, [started]);
    appendFileSync(join(target.state, 'audit.jsonl'), '{"at":"2026-01-05T02:');

    appendToAudit(target, [ended]);

    const lines = readFileSync(join(target.state, 'audit.jsonl'), 'utf8').split('\n');
    expect(lines.map(unchained)).toEqual([
      JSON.stringify(started),
      '{"at":"2026-01-05T02:',
      JSON.stringify(ended),
      '',
    ]);
  });

  test('keeps a reason of many lines on one', async ({ target }) => {
    appendToAudit(target, [{ ...started, reason: 'a\nb\r\n{"what":"approved"}' }]);

    expect(auditOf(target)).toHaveLength(1);
  });

  test('finds an event again behind a thousand others', async ({ target }) => {
    appendToAudit(target, [started]);
    const others = Array.from({ length: 1000 }, (_, other) => ({
      ...ended,
      run: `${run}/${other}`,
    }));
    appendToAudit(target, others);

    appendToAudit(target, [started]);

    expect(auditOf(target)).toHaveLength(1001);
  });
});

describe('record', () => {
  test('leaves the same files when its retry does it again', async ({ target }) => {
    const recording = recordingOf(target);

    record(target, recording);
    const before = contentOf(target);
    record(target, recording);

    expect(contentOf(target)).toEqual(before);
    expect(Object.keys(before)).toEqual([
      'practice-20260105_020000.html',
      'practice-20260105_020000.json',
    ]);
    expect(auditOf(target)).toEqual([started, ended]);
  });

  test('tells who stopped the run, in the audit and in the report', async ({ target }) => {
    const stop = { by: 'ops-2', reason: 'not now', at: at(5) };

    record(target, recordingOf(target), stop);

    const stopped = { run, what: 'stopped', ...stop };
    expect(auditOf(target)).toEqual(
      [started, stopped, ended].map((e) => expect.objectContaining(e)),
    );
    expect(readRunReports(target, run)[0]?.ending?.interventions).toContainEqual(stopped);
  });

  test('rejects when it cannot be written', async ({ target }) => {
    appendFileSync(join(target.state, 'runs'), 'in the way');

    expect(() => record(target, recordingOf(target))).toThrow(/EEXIST|ENOTDIR/);
  });
});

describe('readRunReports', () => {
  test('finds a run by any part of its id, and none where none was written', async ({ target }) => {
    expect(readRunReports(target, run)).toEqual([]);
    record(target, recordingOf(target));

    expect(readRunReports(target, '20260105')).toMatchObject([{ run, endedAt: at(9) }]);
    expect(readRunReports(target, 'other')).toEqual([]);
  });

  test('keeps runs apart whose ids differ in what no file may have in its name', async ({
    target,
  }) => {
    const ids = ['a/demo/1', 'a/demo/1/x', 'a/demo/1.x', 'a/demo/1:x', '../../a', 'a/b/c'];
    for (const id of ids) writeRunReport(target, { ...reported(), run: id });
    appendFileSync(join(target.state, 'runs', 'strange.json'), 'not ours');

    expect(
      readRunReports(target, '')
        .map((view) => view.run)
        .toSorted(),
    ).toEqual(ids.toSorted());
    for (const id of ids) expect(readRunReports(target, id).map((view) => view.run)).toEqual([id]);
  });

  test('may be read by its owner only', async ({ target }) => {
    const { html } = writeRunReport(target, reported());

    expect(statSync(html).mode & 0o777).toBe(0o600);
  });
});

function recordingOf(target: SqliteTarget): Recording {
  const { ending } = reported();
  return {
    ending: { ...ending!, run, runbook: 'practice', target: target.name },
    startedAt: at(0),
    endedAt: at(9),
    stopped: false,
    events: [started, ended],
  };
}

function contentOf({ state }: SqliteTarget): Record<string, string> {
  const directory = join(state, 'runs');
  return Object.fromEntries(
    readdirSync(directory).map((name) => [name, readFileSync(join(directory, name), 'utf8')]),
  );
}
