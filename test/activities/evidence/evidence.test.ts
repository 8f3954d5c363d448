import {
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { evidenceActivities } from '../../../src/activities/evidence/evidence-activities.ts';
import { runtimeActivities } from '../../../src/activities/runtime/runtime-activities.ts';
import { appendToAudit } from '../../../src/state/audit-log.ts';
import { lastChanges } from '../../../src/state/last-changes.ts';
import { targetIn, test } from '../../support/target.ts';

const RUN = 'application-down/test/20260105_020000';

describe('evidence.keep', () => {
  test('writes down findings, state, changes and last lines, without a password', async ({
    directory,
  }) => {
    const target = targetIn(directory, {
      backups: {
        directory: join(directory, 'backups'),
        daily: { files: ['.env', 'missing.conf'] },
      },
    });
    mkdirSync(target.state);
    writeFileSync(join(directory, 'app.log'), 'Cannot open redis://me:hunter2@cache/0\n');
    writeFileSync(join(directory, '.env'), 'API_TOKEN=hunter2\n');
    utimesSync(join(directory, '.env'), new Date(), new Date('2026-01-05T01:30:00Z'));
    const run = 'maintenance-window/test/20260105_010000';
    const event = { run, by: 'ops-1', at: '2026-01-05T01:00:00.000Z', what: 'started' };
    const end = { ...event, at: '2026-01-05T01:45:00.000Z', what: 'ended', outcome: 'done' };
    const own = [RUN, `${RUN}/database`].map((one) => ({ ...event, run: one, at: end.at }));
    appendToAudit(target, [event, end, ...own]);

    const { changes, evidence } = await evidenceActivities(target, RUN).keep(['Disk full']);

    expect(changes).toEqual([
      '".env" was changed at 2026-01-05T01:30:00.000Z',
      `"${run}" ended done at 2026-01-05T01:45:00.000Z`,
      `"${run}" was started by ops-1 at 2026-01-05T01:00:00.000Z`,
    ]);
    const { file } = evidence[0]!;
    const text = readFileSync(file, 'utf8');
    expect(text).not.toContain(RUN);
    expect(text).toMatch(/^Found\n {2}Disk full\n\nState\n {2}Not running\n/);
    expect(text).toContain('Cannot open redis://***@cache/0');
    expect(text).not.toContain('hunter2');
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('says first what is another one than when it was known to be good, and follows no link', async ({
    directory,
  }) => {
    const files = ['app.conf', 'gone.conf', 'link.conf'];
    const backups = { directory: join(directory, 'backups'), daily: { files } };
    const target = targetIn(directory, { backups });
    const at = (name: string) => join(directory, name);
    for (const name of files.slice(0, 2)) writeFileSync(at(name), 'one');
    symlinkSync('/dev/zero', at('link.conf'));
    const { note } = await runtimeActivities(target, 'start-application/test/1').noteKnownGood();
    writeFileSync(at('app.conf'), 'another one');
    rmSync(at('gone.conf'));
    writeFileSync(at('.env'), 'NEW=1');

    const { changes } = await evidenceActivities(target, RUN).keep([]);

    expect(note).toBe('3 files of configuration');
    expect(changes.slice(0, 3).map((one) => one.replace(/ \(2.*\)$/, ''))).toEqual([
      `"${at('app.conf')}" was changed since it was known to be good`,
      `"${at('gone.conf')}" is gone since it was known to be good`,
      `"${at('.env')}" is new since it was known to be good`,
    ]);
  });

  test('shows some of many changed files, and some of many runs', ({ directory }) => {
    const files = Array.from({ length: 20 }, (_, index) => `${index}.conf`);
    const backups = { directory: join(directory, 'backups'), daily: { files } };
    const target = targetIn(directory, { backups });
    mkdirSync(target.state);
    for (const file of files) writeFileSync(join(directory, file), '');
    const starts = files.map((_, index) => ({
      run: `daily-backup/test/${index}`,
      by: 'schedule',
      at: '2026-01-05T01:00:00.000Z',
      what: 'started',
    }));

    const alone = lastChanges(target, RUN, 5);
    appendToAudit(target, starts);
    const both = lastChanges(target, RUN, 5);

    const kinds = both.map((text) => (text.includes('was changed') ? 'file' : 'run'));
    expect(alone).toHaveLength(5);
    expect(kinds).toEqual(['file', 'file', 'file', 'run', 'run']);
  });

  test('keeps what there is when the runtime does not answer', async ({ directory }) => {
    const runtime = { kind: 'compose', service: 'app', file: join(directory, 'gone.yml') } as const;
    const target = targetIn(directory, { runtime });

    const { evidence } = await evidenceActivities(target, RUN).keep(['It is down']);

    expect(readFileSync(evidence[0]!.file, 'utf8')).toMatch(/State\n {2}Not to be had: .+/);
  });
});
