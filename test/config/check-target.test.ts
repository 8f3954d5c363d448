import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { checkTarget } from '../../src/config/load/check-target.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'check-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

describe('checkTarget', () => {
  test('tells what is looked after, and what will run when', async () => {
    const file = await write(`
enabled: false
backups: { copy: second }
maintenance: { window: { calendar: first FRIDAY, start: '02:00', duration: 2h, timezone: Asia/Riyadh } }
schedules: { daily-backup: '01:00', performance-check: hourly, maintenance-window: window }`);

    const { target, faults, summary } = checkTarget(file);

    expect(target?.name).toBe('shop');
    expect(faults).toEqual([]);
    expect(summary).toEqual([
      `shop: not enabled, served only by name, in ${directory}`,
      `database ${directory}/shop.db, backups in ${directory}/backups and ${directory}/second`,
      'daily-backup: 01:00 UTC',
      'performance-check: hourly',
      'maintenance-window: first FRIDAY 02:00 Asia/Riyadh',
    ]);
  });

  test('warns of pages that nobody hears', async () => {
    const file = await write(`
contacts:
  operations: { email: ops@example.com }
  development: { slack: '#dev' }
escalation: [{ level: 1, to: operations }, { level: 2, to: development, after: 15m }]
channels: { email: { kind: smtp, url: env:SMTP_URL } }`);

    expect(await warningsOf(file)).toEqual([
      'Contact "development" is reached by no channel of "channels"',
      'sev1 reaches no channel that rings: none of "channels" is a "pagerduty" or has "rings: true"',
    ]);
  });

  test('warns when nobody is paged at all', async () => {
    const file = await write('');

    expect(await warningsOf(file)).toContain('Nobody is paged: "escalation" is empty');
  });

  test('warns of a drill that asks for the image of a process', async () => {
    const file = await write("drill: { command: [docker, run, '-p{port}:80', '{image}'] }");

    expect(await warningsOf(file)).toContain(
      '"{image}" in "drill.command" is that of a container, and "runtime" is a process',
    );
  });

  test('is content with a pager that rings', async () => {
    const file = await write(`
contacts: { operations: { members: [ops-1] } }
escalation: [{ level: 1, to: operations }]
channels: { pager: { kind: webhook, url: env:PAGER, rings: true } }`);

    expect(await warningsOf(file)).toEqual([]);
  });

  test('refuses an approval that only the one who asks could give', async () => {
    const file = await write(`
contacts: { operations: { members: [ops-1] } }
approvals: { by: [operations] }`);

    expect(checkTarget(file).faults).toEqual([
      '"approvals" needs 1 besides the one who asks, and operations has 1 person: name another one, or say "beforehand: allow", and start with --approve <step> --because "..."',
    ]);
  });

  test.each([
    ['members: [ops-1, ops-2]', 'by: [operations]'],
    ['members: [ops-1]', 'by: [operations], beforehand: allow'],
    ['logins: [ana]', 'by: [operations], beforehand: allow'],
    ['members: [ops-1]', 'by: []'],
  ])('finds no fault in an approval that can come: %s, %s', async (contact, approvals) => {
    const file = await write(`
contacts: { operations: { ${contact} } }
approvals: { ${approvals} }`);

    expect(checkTarget(file).faults).toEqual([]);
  });

  test('warns of paths that are not there, and only of the directory when that is missing', async () => {
    const file = await write('logs: [{ file: logs/shop.log }]');
    const elsewhere = await write('logs: [{ file: logs/shop.log }]', 'nowhere');

    expect(checkTarget(elsewhere).warnings[0]).toBe(
      `"directory" does not exist here: "${directory}/nowhere"`,
    );
    expect(checkTarget(elsewhere).warnings).not.toContain(expect.stringContaining('database'));
    await write('logs: [{ file: logs/shop.log }]');
    expect(checkTarget(file).warnings.slice(0, 2)).toEqual([
      `"database.file" does not exist here: "${directory}/shop.db"`,
      `"logs.0.file" does not exist here: "${directory}/logs/shop.log"`,
    ]);
  });

  test('warns of a second disk that is the first directory by another name', async () => {
    await mkdir(join(directory, 'backups'));
    await symlink(join(directory, 'backups'), join(directory, 'second'));
    const file = await write('backups: { copy: second }');

    expect(await warningsOf(file)).toContain(
      `"backups.copy" is "backups.directory" by another name, and no second disk: "${directory}/second"`,
    );
  });

  test('finds a fault in what would start by itself and fail, once it knows the runbooks', async () => {
    const runbooks = new Map([
      ['daily-backup', { input: z.object({ full: z.boolean().default(false) }) }],
      ['contain', { input: z.object({ reason: z.string() }) }],
    ]);
    const file = await write(`
schedules: { daily-bakup: '01:00', daily-backup: { at: '02:00', input: { full: soon } } }
alerts: [{ runbook: contain }, { runbook: contian }, { runbook: daily-backup }, {}]
maintenance:
  window: { calendar: first FRIDAY, start: '02:00', duration: 2h }
  chores: [tidy]`);
    const before = await warningsOf(file);

    const { faults } = checkTarget(file, runbooks);

    expect(faults).toEqual([
      'Cannot find runbook "daily-bakup" of "schedules": did you mean "daily-backup"?',
      expect.stringMatching(
        /^Runbook "daily-backup" of "schedules" would fail, its input is refused: full: .*boolean/,
      ),
      expect.stringMatching(
        /^Runbook "contain" of "alerts" would fail, its input is refused: reason: /,
      ),
      'Cannot find runbook "contian" of "alerts": did you mean "contain"?',
      'Cannot find runbook "tidy" of "maintenance.chores"',
    ]);
    expect(before.join()).not.toContain('daily-bakup');
  });

  test('tells the faults, and nothing else, of a file that cannot be served', async () => {
    const file = await write('databse: {}');

    expect(checkTarget(file)).toEqual({
      faults: [`Unknown key "databse" in ${file}:6: did you mean "database"?`],
      warnings: [],
      summary: [],
    });
    expect(checkTarget('/nowhere/x.yaml').faults).toEqual(['Cannot find "/nowhere/x.yaml"']);
  });
});

async function write(more: string, at = '.'): Promise<string> {
  const file = join(directory, 'shop.yaml');
  const text = `name: shop
directory: ${at}
runtime: { kind: process, command: [shop] }
app: { url: http://localhost/, health: http://localhost/health }
database: { kind: sqlite, file: shop.db, keyTable: orders }
${more}
`;
  await writeFile(file, text);
  return file;
}

/** With everything in its place on disk. */
async function warningsOf(file: string): Promise<string[]> {
  await mkdir(join(directory, 'backups'), { recursive: true });
  await writeFile(join(directory, 'shop.db'), '');
  return checkTarget(file).warnings;
}
