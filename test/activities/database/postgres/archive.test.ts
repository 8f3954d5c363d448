import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { expectCovered } from '../../../../src/activities/database/postgres/archive/archive-info.ts';
import { isOf } from '../../../../src/activities/database/postgres/archive/copy-from-archive.ts';
import { whyNotRecovered } from '../../../../src/activities/database/postgres/archive/why-not-recovered.ts';
import { test } from '../../../support/target.ts';

const TIME = '2026-01-05T14:00:00Z';

/** A command that answers like pgBackRest of some version. What the real one answers, is put to the test in `archive.full.test.ts`. */
function answering(directory: string, text: string) {
  const file = join(directory, 'pgbackrest.sh');
  writeFileSync(file, `cat <<'END'\n${text}\nEND\n`);
  const command = ['sh', file];
  return { kind: 'pgbackrest' as const, command, stanza: 'main', user: 'root', scratch: directory };
}

describe('an archive', () => {
  test.for([
    'P00  DEBUG: common/lock: not JSON\n[]',
    '',
    '[{"name":"main","backup":[{"label":"x"}],"status":{"code":0,"message":"ok"}}]',
    '{"name":"main"}',
  ])(
    'of which nobody can read what it says is not one without backups: %j',
    async (text, { directory }) => {
      await expect(expectCovered(answering(directory, text), TIME, {})).rejects.toMatchObject({
        type: 'BackupUnreadable',
        message: expect.stringContaining('Cannot read what pgBackRest says of its archive'),
      });
    },
  );

  test('without its stanza says why', async ({ directory }) => {
    const text =
      '[{"backup":[],"name":"main","status":{"code":1,"message":"missing stanza path"}}]';

    await expect(expectCovered(answering(directory, text), TIME, {})).rejects.toThrow(
      'pgBackRest has no backup of stanza "main": missing stanza path',
    );
  });
});

const BACKUP =
  '{"label":"20260105-010000F","timestamp":{"stop":1767574800},"info":{"size":1000},"database":{"id":1,"repo-key":2}}';
const OK = '"name":"main","status":{"code":0,"message":"ok"}';

describe('an archive with a backup', () => {
  test('names it, and its repository, to whoever restores', async ({ directory }) => {
    const text = `[{"backup":[${BACKUP}],${OK}}]`;

    expect(await expectCovered(answering(directory, text), TIME, {})).toEqual({
      bytes: 1000,
      options: ['--set=20260105-010000F', '--repo=2'],
    });
  });

  test('of another server is none of this one', async ({ directory }) => {
    const text = `[{"backup":[${BACKUP}],"db":[{"id":1,"system-id":7715050275227830912}],${OK}}]`;
    const archive = answering(directory, text);

    await expect(expectCovered(archive, TIME, {}, '7715050275227830912')).resolves.toBeDefined();
    await expect(expectCovered(archive, TIME, {}, '7602173405284163801')).rejects.toThrow(
      'Stanza "main" is the archive of another server than the live one',
    );
  });

  test('says of each repository what is wrong there, even in what is no text', async ({
    directory,
  }) => {
    const repositories = [
      '{"key":1,"status":{"code":99,"message":"[FormatError] unable to load info file\\nkey/value {Z^\u0010\u0001"}}',
      '{"key":2,"status":{"code":1,"message":"missing stanza path"}}',
    ];
    const text = `[{"backup":[],"name":"main","repo":[${repositories.join(',')}],"status":{"code":99,"message":"other"}}]`;

    await expect(expectCovered(answering(directory, text), TIME, {})).rejects.toThrow(
      'pgBackRest has no backup of stanza "main": repository 1: [FormatError] unable to load info file; repository 2: missing stanza path',
    );
  });
});

describe('whyNotRecovered', () => {
  const AT = '2026-12-03 12:08:01.354 GMT [31486] ';

  test('tells what failed and how far it read, and not how the server shut down', () => {
    const log = [
      `${AT}LOG:  restored log file "000000010000000000000002" from archive`,
      `${AT}FATAL:  the database system is not yet accepting connections`,
      `${AT}DETAIL:  Consistent recovery state has not been yet reached.`,
      'ERROR: [042]: unable to get 000000010000000000000003:',
      '       repo1: 15-1/03.gz [FormatError] zlib threw error: [-3] data error',
      'ERROR: [042]: unable to get 000000010000000000000003:',
      '       repo1: 15-1/03.gz [FormatError] zlib threw error: [-3] data error',
      `${AT}LOG:  last completed transaction was at log time 2026-12-03 12:07:23.000458+00`,
      `${AT}FATAL:  recovery ended before configured recovery target was reached`,
      `${AT}LOG:  startup process (PID 31489) exited with exit code 1`,
      `${AT}LOG:  terminating any other active server processes`,
      `${AT}LOG:  shutting down due to startup process failure`,
      `${AT}LOG:  database system is shut down`,
    ].join('\n');

    expect(whyNotRecovered(log)?.split('; ')).toEqual([
      'ERROR: [042]: unable to get 000000010000000000000003: repo1: 15-1/03.gz [FormatError] zlib threw error: [-3] data error',
      'FATAL:  recovery ended before configured recovery target was reached',
      'the last of its log that could be read is "000000010000000000000002", its last transaction is of 2026-12-03 12:07:23.000458+00',
    ]);
    expect(whyNotRecovered('it says nothing')).toBeUndefined();
  });
});

describe('what a killed restore has left', () => {
  test('is of its target, and of none whose name begins so', () => {
    const prefix = 'runbook-archive-shop-';

    expect(isOf(prefix, 'runbook-archive-shop-a1B2c3')).toBe(true);
    expect(isOf(prefix, 'runbook-archive-shop-eu-a1B2c3')).toBe(false);
    expect(isOf(prefix, 'runbook-archive-shop-abcdef-a1B2c3')).toBe(false);
    expect(isOf(prefix, 'runbook-archive-shop2-a1B2c3')).toBe(false);
  });
});
