import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { expectCovered } from '../../../../src/activities/database/postgres/archive/archive-info.ts';
import { isOf } from '../../../../src/activities/database/postgres/archive/copy-from-archive.ts';
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

describe('what a killed restore has left', () => {
  test('is of its target, and of none whose name begins so', () => {
    const prefix = 'runbook-archive-shop-';

    expect(isOf(prefix, 'runbook-archive-shop-a1B2c3')).toBe(true);
    expect(isOf(prefix, 'runbook-archive-shop-eu-a1B2c3')).toBe(false);
    expect(isOf(prefix, 'runbook-archive-shop-abcdef-a1B2c3')).toBe(false);
    expect(isOf(prefix, 'runbook-archive-shop2-a1B2c3')).toBe(false);
  });
});
