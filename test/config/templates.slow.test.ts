import { databaseFiles } from '../../src/config/load/database-text.ts';
import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { isMap, isScalar, parseDocument, visit } from 'yaml';
import { loadTarget, loadTargets } from '../../src/config/load/load.ts';
import type { Target } from '../../src/config/schema/target.ts';
import { faultsOf, test } from './small-target.ts';

const TEMPLATES = join(import.meta.dirname, '../../targets');

describe('the templates', () => {
  test('load, and none of them is served unasked', () => {
    const targets = loadTargets(TEMPLATES);

    expect(targets.map(({ name, enabled }) => [name, enabled])).toEqual([
      ['ahgd', false],
      ['analytics-hub', false],
      ['analytics-hub-development', false],
      ['analytics-hub-staging', false],
      ['demo', false],
      ['postgres', false],
      ['systemd-unit', false],
    ]);
  });

  test('keep the figures of their manuals apart', () => {
    const a = loadTarget('ahgd', TEMPLATES);
    const b = loadTarget('analytics-hub', TEMPLATES);

    expect([a.backups.daily.keep, b.backups.daily.keep]).toEqual(['30d', '7d']);
    expect(a.metrics).toEqual({
      responseTime: { warning: '2s' },
      errorRate: { warning: '1%' },
      cpu: { warning: '80%' },
      memory: { warning: '80%', critical: '90%' },
      disk: { critical: '90%' },
      queryTime: { warning: '100ms' },
      errorsInLog: { warning: 1 },
    });
    expect(b.metrics).toEqual({
      responseTime: { warning: '2s', critical: '5s' },
      errorRate: { warning: '1%', critical: '5%' },
      memory: { warning: '70%', critical: '90%' },
      disk: { warning: '80%', critical: '95%' },
      databaseSize: { warning: '500MB', critical: '1GB' },
    });
    expect([a.severity.sev4.respond, b.severity.sev4.respond]).toEqual([
      'next-business-day',
      '24h',
    ]);
    expect(a.escalation[1]).toEqual({ level: 2, to: 'development', after: '15m' });
    expect(b.escalation[1]!.after).toEqual({ sev1: '30m', sev2: '2h', sev3: '8h', sev4: '48h' });
    expect([a.calendar.timezone, b.calendar.timezone]).toEqual(['UTC', 'Asia/Riyadh']);
    expect([a.cache?.scope, b.cache]).toEqual(['prefix:ahgd:', undefined]);
  });

  test('practise a recovery on their own image, and leave to the application what it rotates itself', () => {
    const [a, b] = [loadTarget('ahgd', TEMPLATES), loadTarget('analytics-hub', TEMPLATES)];

    for (const { drill } of [a, b]) expect(drill?.command.at(-1)).toBe('{image}');
    expect(a.logs.map(({ rotate }) => rotate?.by)).toEqual(['copytruncate']);
    expect(b.logs.map(({ rotate }) => rotate?.by)).toEqual(Array(4).fill('application'));
    // The manual's upgrade, with something to go back to.
    expect(a.maintenance?.dependencies).toMatchObject({
      lock: 'uv.lock',
      update: ['uv', 'sync', '--upgrade'],
      restore: ['uv', 'sync', '--frozen'],
    });
  });

  test('show a unit of systemd, whose application needs no container', () => {
    const { runtime, drill, cache, logs } = loadTarget('systemd-unit', TEMPLATES);

    expect(runtime).toMatchObject({ kind: 'systemd', unit: 'shop.service' });
    expect(drill?.command).not.toContain('docker');
    expect(cache).toBeUndefined();
    // What it prints is in the journal: nobody rotates that but systemd.
    expect(logs.map(({ rotate }) => rotate?.by)).toEqual(['copytruncate']);
  });

  test('are extended by examples, which share no place with them', () => {
    const [production, staging, development] = ['', '-staging', '-development'].map((name) =>
      loadTarget(`analytics-hub${name}`, TEMPLATES),
    );

    for (const one of [staging!, development!]) {
      expect(one.metrics).toEqual(production!.metrics);
      expect(one.database.keyTable).toBe(production!.database.keyTable);
      for (const place of [
        one.directory,
        one.state,
        ...databaseFiles(one.database),
        one.backups.directory,
      ])
        expect(placesOf(production!)).not.toContain(place);
    }
    expect(staging!.runtime).toEqual(production!.runtime);
    expect(Object.keys(staging!.channels)).toEqual(['email']);
    expect([development!.runtime.kind, development!.schedules, development!.escalation]).toEqual([
      'process',
      {},
      [],
    ]);
  });

  test('name the right key wherever one is misspelt', async ({ directory }) => {
    const typos = (await readdir(TEMPLATES)).map((file) => misspeltKeys(file));
    const seen: string[] = [];
    for (const file of await readdir(TEMPLATES))
      await copyFile(join(TEMPLATES, file), join(directory, file));

    for (const { file, name, line, key, misspelt, text } of (await Promise.all(typos)).flat()) {
      await writeFile(join(directory, file), text);
      const [first] = faultsOf(directory, name);
      await copyFile(join(TEMPLATES, file), join(directory, file));
      if (
        !new RegExp(
          `^Unknown key "(.+\\.)?${misspelt}" in .+:${line}: did you mean "${key}"\\?$`,
        ).test(first!)
      )
        seen.push(`${file}:${line} "${misspelt}": ${first}`);
    }

    expect(seen).toEqual([]);
  });
});

function placesOf({ directory, state, database, backups }: Target): string[] {
  return [directory, state, ...databaseFiles(database), backups.directory];
}

/** Their keys are names that people give. */
const NAMED = ['channels', 'contacts', 'environment', 'match', 'schedules'];

/** For each key that the schema names, the file with the key's last letter doubled. */
async function misspeltKeys(file: string) {
  const text = await readFile(join(TEMPLATES, file), 'utf8');
  const keys: { key: string; end: number; line: number }[] = [];
  visit(parseDocument(text), {
    Pair(_, { key, value }, above) {
      const map = above.at(-1);
      const parent = above.at(-2);
      const around =
        parent && 'key' in parent && isScalar(parent.key) ? String(parent.key.value) : '';
      // What is left empty takes away what another file has: it may be no key here.
      if (isScalar(value) && value.value === null) return;
      if (!isMap(map) || NAMED.includes(around)) return;
      if (!isScalar(key) || !key.range) return;
      const line = text.slice(0, key.range[0]).split('\n').length;
      keys.push({ key: String(key.value), end: key.range[1], line });
    },
  });
  return keys.map(({ key, end, line }) => ({
    file,
    name: file.replace('.yaml', ''),
    key,
    line,
    misspelt: key + key.at(-1),
    text: text.slice(0, end) + key.at(-1) + text.slice(end),
  }));
}
