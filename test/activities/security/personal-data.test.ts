import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect } from 'vitest';
import { personalDataIn } from '../../../src/activities/security/checklist/personal-data.ts';
import { LogFile } from '../../../src/config/schema/logs.ts';
import { test } from '../../support/target.ts';

const PLANTED = {
  'e-mail': (n: number) => `mail from person.${n}@example.com came`,
  phone: (n: number) => `call +61 2 9555 01${String(n).padStart(2, '0')} now`,
  card: () => 'paid with 4111-1111-1111-1111 today',
  password: (n: number) => `login password=hunter${n}hunter ok`,
} as const;

describe('personalDataIn', () => {
  test('finds all of what is planted, 12 of each, wherever pieces that are read begin and end', async ({
    target,
  }) => {
    const file = join(target.directory, 'app.log');
    const filler =
      '2026-01-05 02:00:00,123 - app - INFO - Export 4111111111 of tenant 17 took 900 ms\n';
    writeFileSync(file, '');
    for (let n = 0; n < 12; n += 1)
      for (const plant of Object.values(PLANTED))
        // Each lies elsewhere before the end of a piece of 1 MiB.
        appendFileSync(file, `${filler.repeat(3200)}${'.'.repeat(n * 97)}\n${plant(n)}\n`);
    target.logs = [LogFile.parse({ file, format: 'python' })];

    const found = await personalDataIn(target);

    expect(found.found).toEqual({ 'e-mail': 12, phone: 12, card: 12, password: 12 });
    expect(found.unread).toEqual([]);
    expect(found.places.find(({ kind }) => kind === 'e-mail')).toEqual({
      kind: 'e-mail',
      place: 'app.log:3202',
    });
    expect(JSON.stringify(found)).not.toMatch(/person|hunter|4111|9555/);
  });

  test('finds none where there is none: ids, stamps, masked passwords and cards with a wrong digit', async ({
    target,
  }) => {
    const file = join(target.directory, 'app.log');
    writeFileSync(
      file,
      'id 4111111111111112, 1764600000000123, user@host, +1 2, password=*** pwd: None, 2026-01-05 02:00:00+00:00\n',
    );
    target.logs = [LogFile.parse({ file, format: 'text' })];

    const { found, note } = await personalDataIn(target);

    expect(found).toEqual({ 'e-mail': 0, phone: 0, card: 0, password: 0 });
    expect(note).toMatch(/^None found in/);
  });

  test('reads what was rotated and compressed, and says of what it cannot read that it is not known', async ({
    target,
  }) => {
    const file = join(target.directory, 'app.log');
    writeFileSync(file, '');
    writeFileSync(`${file}.1.gz`, gzipSync('x\nada@example.com\n'));
    const gone = join(target.directory, 'gone.log');
    target.logs = [file, gone].map((one) => LogFile.parse({ file: one, format: 'text' }));

    const { found, places, unread } = await personalDataIn(target);

    expect(found['e-mail']).toBe(1);
    expect(places).toEqual([{ kind: 'e-mail', place: 'app.log.1.gz:2' }]);
    expect(unread).toEqual([`There is no "${gone}"`]);
  });
});
