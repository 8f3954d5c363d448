import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { isMap, isScalar, parseDocument, visit } from 'yaml';
import { loadTarget, loadTargets } from '../../src/config/load.ts';
import type { UsageError } from '../../src/config/usage-error.ts';

const TEMPLATES = join(import.meta.dirname, '../../targets');

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'targets-'));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(directory, { recursive: true, force: true });
});

describe('the templates', () => {
  test('load, and none of them is served unasked', () => {
    const targets = loadTargets(TEMPLATES);

    expect(targets.map(({ name, enabled }) => [name, enabled])).toEqual([
      ['ahgd', false],
      ['analytics-hub', false],
      ['demo', false],
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

  test('name the right key wherever one is misspelt', async () => {
    const typos = (await readdir(TEMPLATES)).map((file) => misspeltKeys(file));
    const seen: string[] = [];

    for (const { file, name, line, key, misspelt, text } of (await Promise.all(typos)).flat()) {
      await writeFile(join(directory, file), text);
      const [first] = faultsOf(name);
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

describe('loadTarget', () => {
  test('makes paths absolute: the directory from its file, all others from the directory', async () => {
    await write('shop', {
      directory: '../shop',
      runtime: '{ kind: compose, service: app, file: deploy/compose.yml }',
      logs: '[{ file: logs/a.log }, { file: /var/log/b.log }]',
      backups: '{ copy: /mnt/second, daily: { files: [.env] } }',
    });

    const target = loadTarget('shop', directory);

    const shop = join(directory, '../shop');
    expect(target).toMatchObject({
      directory: shop,
      state: join(shop, '.runbook'),
      runtime: { file: join(shop, 'deploy/compose.yml') },
      database: { file: join(shop, 'shop.db') },
      logs: [{ file: join(shop, 'logs/a.log') }, { file: '/var/log/b.log' }],
      backups: {
        directory: join(shop, 'backups'),
        copy: '/mnt/second',
        // As an archive names it.
        daily: { files: ['.env'] },
      },
    });
  });

  test('looks into RUNBOOK_TARGETS when it is told no directory', async () => {
    await write('shop');
    vi.stubEnv('RUNBOOK_TARGETS', directory);

    expect(loadTarget('shop').name).toBe('shop');
  });

  test('fills in what a small target does not say', async () => {
    await write('shop');

    expect(loadTarget('shop', directory)).toMatchObject({
      enabled: true,
      app: { kind: 'web', timeout: '10s', ready: { within: '60s', every: '1s' } },
      database: { mode: '600' },
      backups: { minimum: 2, daily: { files: [], keep: '30d' }, other: { emergency: '90d' } },
      severity: { sev1: { respond: '15m' }, sev4: { respond: 'next-business-day' } },
      decisions: { wait: '15m', waitWhileDown: '0s' },
      approvals: { by: [], quorum: 1, within: '30m' },
      governor: { automatic: '3 per hour' },
      escalation: [],
      schedules: {},
    });
  });

  test('asks for the nearest target when there is none of the name, and lists those there are', async () => {
    await write('shop');
    await write('library');

    expect(errorOf('shpo')).toMatchObject({
      message: `Cannot find target "shpo" in "${directory}": did you mean "shop"?`,
      hint: 'one of library, shop',
    });
    expect(errorOf('../etc/passwd').message).toBe(
      `Cannot find target "../etc/passwd" in "${directory}"`,
    );
  });

  test('says where targets were looked for when the directory is missing', () => {
    const nowhere = join(directory, 'nowhere');

    expect(() => loadTargets(nowhere)).toThrow(`Cannot find the directory of targets "${nowhere}"`);
  });

  test('shows files as people see them from where they are', async () => {
    vi.spyOn(process, 'cwd').mockReturnValue(directory);
    await mkdir(join(directory, 'targets'));
    await writeFile(join(directory, 'targets/shop.yaml'), `${yaml('shop')}\ndatabse: {}\n`);

    expect(() => loadTarget('shop', join(directory, 'targets'))).toThrow(
      'Unknown key "databse" in targets/shop.yaml:6: did you mean "database"?',
    );
    vi.restoreAllMocks();
  });
});

describe('what is wrong in a file', () => {
  test('is told at once, in the order of its lines', async () => {
    await write('shop', {
      runtime: '{ kind: systemd, unit: shop }',
      app: '{ url: here, health: http://localhost/, timeout: ten, ready: { witin: 60s } }',
      database: '{ kind: sqlite, file: shop.db, mode: 600 }',
      logs: '[{ file: a.log, rotate: {} }]',
      metrics: '{ cpu: { warning: 90%, critical: 80% }, disk: { warning: 80 } }',
      schedules: '{ daily-backup: noon, maintenance-window: window }',
      approvals: '{ by: [nobody] }',
      enabeld: 'true',
    });

    expect(faultsOf('shop')).toEqual([
      'Unknown kind "systemd" of "runtime" in FILE:3: known are "process", "compose"',
      'Cannot read "app.url" in FILE:4: Expected a URL, such as "http://localhost:8501", found "here"',
      'Cannot read "app.timeout" in FILE:4: Expected a number and ms, s, m, h or d, such as "30s", found "ten"',
      'Unknown key "app.ready.witin" in FILE:4: did you mean "within"?',
      'Missing key "database.keyTable" in FILE:5',
      'Cannot read "database.mode" in FILE:5: Expected three octal digits in quotes, such as "600", found 600',
      'Cannot read "logs.0.rotate" in FILE:6: Expected "size", "every" or both',
      'Cannot read "metrics.cpu" in FILE:7: Expected "warning" below "critical"',
      'Cannot read "metrics.disk.warning" in FILE:7: Expected a percentage, such as "80%", found 80',
      'Cannot read "schedules.daily-backup" in FILE:8: ' +
        'Expected "hourly", "window", "09:00", "SUNDAY 02:00" or "first SUNDAY 02:00", found "noon"',
      'Cannot read "schedules.maintenance-window" in FILE:8: Cannot find "window" in "maintenance"',
      'Cannot read "approvals.by.0" in FILE:9: Cannot find contact "nobody" in "contacts"',
      'Unknown key "enabeld" in FILE:10: did you mean "enabled"?',
    ]);
  });

  test.each([
    [
      'runtime',
      '{ service: app }',
      'Missing key "runtime.kind" in FILE:3: known are "process", "compose"',
    ],
    [
      'cache',
      '{ kind: reddis, url: x, scope: prefix:x }',
      'Unknown kind "reddis" of "cache" in FILE:6: did you mean "redis"?',
    ],
    ['enabled', 'maybe', 'Cannot read "enabled" in FILE:6: Expected true or false, found "maybe"'],
    ['logs', 'app.log', 'Cannot read "logs" in FILE:6: Expected a list, found "app.log"'],
    [
      'xyzzy',
      '1',
      expect.stringMatching(/^Unknown key "xyzzy" in FILE:6: known are "name", "enabled", /),
    ],
    [
      'severity',
      '{ sev5: { respond: 1d } }',
      'Unknown key "severity.sev5" in FILE:6: did you mean "sev1"?',
    ],
    [
      'severity',
      '{ sev4: { respond: soon } }',
      expect.stringMatching(/"severity.sev4.respond" .*"next-business-day"/),
    ],
    [
      'calendar',
      '{ timezone: Riyadh }',
      expect.stringMatching(/Expected a time zone, such as "UTC"/),
    ],
    [
      'maintenance',
      '{ window: { calendar: daily, start: "02:00", duration: 1h, cutoff: 1h } }',
      'Cannot read "maintenance.window" in FILE:6: Expected "cutoff" below "duration"',
    ],
    [
      'governor',
      '{ automatic: often }',
      expect.stringMatching(/Expected a rate, such as "3 per hour", found "often"$/),
    ],
  ])('is told of %s: %s', async (key, value, fault) => {
    await write('shop', { [key]: value });

    expect(faultsOf('shop')).toEqual([fault]);
  });

  test('never repeats what may be a secret', async () => {
    await write('shop', { channels: '{ mail: { kind: smtp, url: "smtp://me:hunter2@mail" } }' });

    expect(faultsOf('shop')).toEqual([
      'Cannot read "channels.mail.url" in FILE:6: ' +
        'Expected "env:NAME" or "file:PATH": the secret itself does not belong here',
    ]);
  });

  test('includes a key that stands twice, and text that is no YAML', async () => {
    await writeFile(join(directory, 'twice.yaml'), 'name: twice\ndirectory: .\nname: twice\n');
    await writeFile(join(directory, 'broken.yaml'), 'name: broken\napp: { url: [ }\n');
    await writeFile(join(directory, 'empty.yaml'), '# nothing yet\n');

    expect(faultsOf('twice')).toEqual(['Cannot read FILE:3: Map keys must be unique']);
    expect(faultsOf('broken')[0]).toMatch(/^Cannot read FILE:2: /);
    expect(faultsOf('empty')).toEqual(['Cannot read FILE: Expected keys and values']);
  });

  test('includes a name that is not the name of its file', async () => {
    await writeFile(join(directory, 'shop.yaml'), yaml('library'));

    expect(faultsOf('shop')).toEqual([
      'Cannot read "name" in FILE:1: Expected "shop", as the file, found "library"',
    ]);
  });

  test('is found below an anchor', async () => {
    const text = `${yaml('shop')}\nmetrics:\n  cpu: &limits { warnin: 80% }\n  disk: *limits\n`;
    await writeFile(join(directory, 'shop.yaml'), text);

    expect(faultsOf('shop')).toEqual([
      'Unknown key "metrics.cpu.warnin" in FILE:7: did you mean "warning"?',
      'Unknown key "metrics.disk.warnin" in FILE:7: did you mean "warning"?',
    ]);
  });
});

describe('extends', () => {
  test('merges keys at every depth, replaces lists and values, and takes away what is left empty', async () => {
    await write('production', {
      enabled: 'false',
      cache: '{ kind: redis, url: redis://one, scope: prefix:shop }',
      logs: '[{ file: a.log }, { file: b.log }]',
      metrics: '{ cpu: { warning: 80%, critical: 90% }, disk: { warning: 80% } }',
    });
    await writeFile(
      join(directory, 'staging.yaml'),
      'name: staging\nextends: production\ndirectory: /staging\nlogs: [{ file: c.log }]\n' +
        'metrics: { cpu: { warning: 70% } }\ncache:\n',
    );

    const staging = loadTarget('staging', directory);

    expect(staging).toMatchObject({
      name: 'staging',
      // A template's absence from service is its own.
      enabled: true,
      database: { file: '/staging/shop.db' },
      logs: [{ file: '/staging/c.log' }],
      metrics: { cpu: { warning: '70%', critical: '90%' }, disk: { warning: '80%' } },
    });
    expect(staging.cache).toBeUndefined();
  });

  test('goes over several files', async () => {
    await write('one', { state: 'one', governor: '{ automatic: 1 per hour }' });
    await writeFile(join(directory, 'two.yaml'), 'name: two\nextends: one\nstate: two\n');
    await writeFile(join(directory, 'three.yaml'), 'name: three\nextends: two\n');

    expect(loadTarget('three', directory)).toMatchObject({
      state: expect.stringMatching(/two$/),
      governor: { automatic: '1 per hour' },
    });
  });

  test('names the file in which the fault stands, once', async () => {
    await write('production', { metrics: '{ cpu: { warnin: 80% } }' });
    await writeFile(join(directory, 'staging.yaml'), 'name: staging\nextends: production\n');

    const faults = `Unknown key "metrics.cpu.warnin" in ${join(directory, 'production.yaml')}:6: did you mean "warning"?`;

    expect(errorOf('staging').message).toBe(faults);
    expect(() => loadTargets(directory)).toThrow(expect.objectContaining({ message: faults }));
  });

  test('refuses a circle, and a base that is not there', async () => {
    await writeFile(join(directory, 'hen.yaml'), 'name: hen\nextends: egg\n');
    await writeFile(join(directory, 'egg.yaml'), 'name: egg\n\nextends: hen\n');
    await writeFile(join(directory, 'cock.yaml'), 'name: cock\nextends: henn\n');

    expect(errorOf('hen').message).toBe(
      `Cannot extend "hen" in ${directory}/egg.yaml:3: it would extend itself (hen -> egg -> hen)`,
    );
    expect(faultsOf('cock')).toEqual([
      `Cannot extend "henn" in FILE:2: there is no such target in "${directory}", did you mean "hen"?`,
    ]);
  });
});

const SMALL = {
  directory: '.',
  runtime: '{ kind: process, command: [shop] }',
  app: '{ url: http://localhost/, health: http://localhost/health }',
  database: '{ kind: sqlite, file: shop.db, keyTable: orders }',
};

/** A small target of five lines; each further key is one line more. */
function yaml(name: string, keys: Readonly<Record<string, string>> = {}): string {
  return Object.entries({ name, ...SMALL, ...keys })
    .map(([key, value]) => `${key}: ${value}`)
    .join('\n');
}

function write(name: string, keys: Readonly<Record<string, string>> = {}): Promise<void> {
  return writeFile(join(directory, `${name}.yaml`), yaml(name, keys));
}

function errorOf(name: string): UsageError {
  try {
    loadTarget(name, directory);
  } catch (error) {
    return error as UsageError;
  }
  throw new Error(`"${name}" has no fault`);
}

function faultsOf(name: string): string[] {
  const file = join(directory, `${name}.yaml`);
  return errorOf(name).message.replaceAll(file, 'FILE').split('\n');
}

/** For each key that the schema names, the file with the key's last letter doubled. */
async function misspeltKeys(file: string) {
  const text = await readFile(join(TEMPLATES, file), 'utf8');
  const keys: { key: string; end: number; line: number }[] = [];
  visit(parseDocument(text), {
    Pair(_, { key }, above) {
      const map = above.at(-1);
      const parent = above.at(-2);
      const around =
        parent && 'key' in parent && isScalar(parent.key) ? String(parent.key.value) : '';
      // Their keys are names that people give.
      if (!isMap(map) || ['contacts', 'channels', 'schedules'].includes(around)) return;
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
