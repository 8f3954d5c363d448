import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, vi } from 'vitest';
import { loadTarget, loadTargets, readTargets } from '../../src/config/load/load.ts';
import { errorOf, faultsOf, test, write, yaml } from './small-target.ts';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe('loadTarget', () => {
  test('makes paths absolute: the directory from its file, all others from the directory', async ({
    directory,
  }) => {
    await write(directory, 'shop', {
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

  test('reads RUNBOOK_TARGETS when it is given no directory', async ({ directory }) => {
    await write(directory, 'shop');
    vi.stubEnv('RUNBOOK_TARGETS', directory);

    expect(loadTarget('shop').name).toBe('shop');
  });

  test('fills in what a small target does not say', async ({ directory }) => {
    await write(directory, 'shop');

    expect(loadTarget('shop', directory)).toMatchObject({
      enabled: true,
      app: { kind: 'web', timeout: '10s', ready: { within: '60s', every: '1s' } },
      database: { mode: '600' },
      backups: { minimum: 2, daily: { files: [], keep: '30d' }, other: { emergency: '90d' } },
      severity: { sev1: { respond: '15m' }, sev4: { respond: 'next-business-day' } },
      decisions: { wait: '15m', waitWhileDown: '0s' },
      approvals: { by: [], quorum: 1, within: '30m', unproven: 'refuse' },
      governor: { automatic: '3 per hour' },
      escalation: [],
      schedules: {},
    });
  });

  test('asks for the nearest target when there is none of the name, and lists those there are', async ({
    directory,
  }) => {
    await write(directory, 'shop');
    await write(directory, 'library');

    expect(errorOf(directory, 'shpo')).toMatchObject({
      message: `Cannot find target "shpo" in "${directory}": did you mean "shop"?`,
      hint: 'runbook target list',
    });
    expect(errorOf(directory, '../etc/passwd').message).toBe(
      `Cannot find target "../etc/passwd" in "${directory}"`,
    );
  });

  test('names a file whose ending is not the one, and what to type', async ({ directory }) => {
    await write(directory, 'shop');
    await writeFile(join(directory, 'library.yml'), yaml('library'));

    expect(errorOf(directory, 'library')).toMatchObject({
      message: `Cannot take "${directory}/library.yml" for a target: its name must end in .yaml`,
      hint: `mv ${directory}/library.yml ${directory}/library.yaml`,
    });
    expect(readTargets(directory)).toMatchObject({
      targets: [{ name: 'shop' }],
      faults: [expect.stringContaining('library.yml')],
    });
  });

  test('says where targets were looked for when the directory is missing', async ({
    directory,
  }) => {
    const nowhere = join(directory, 'nowhere');

    expect(() => loadTargets(nowhere)).toThrow(`Cannot find the directory of targets "${nowhere}"`);
  });

  test('shows files as people see them from where they are', async ({ directory }) => {
    vi.spyOn(process, 'cwd').mockReturnValue(directory);
    await mkdir(join(directory, 'targets'));
    await writeFile(join(directory, 'targets/shop.yaml'), `${yaml('shop')}\ndatabse: {}\n`);

    expect(() => loadTarget('shop', join(directory, 'targets'))).toThrow(
      'Unknown key "databse" in targets/shop.yaml:6: did you mean "database"?',
    );
  });
});

describe('extends', () => {
  test('merges keys at every depth, replaces lists and values, and takes away what is left empty', async ({
    directory,
  }) => {
    await write(directory, 'production', {
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

  test('goes over several files', async ({ directory }) => {
    await write(directory, 'one', { state: 'one', governor: '{ automatic: 1 per hour }' });
    await writeFile(join(directory, 'two.yaml'), 'name: two\nextends: one\nstate: two\n');
    await writeFile(join(directory, 'three.yaml'), 'name: three\nextends: two\n');

    expect(loadTarget('three', directory)).toMatchObject({
      state: expect.stringMatching(/two$/),
      governor: { automatic: '1 per hour' },
    });
  });

  test('names the file in which the fault stands, once', async ({ directory }) => {
    await write(directory, 'production', { metrics: '{ cpu: { warnin: 80% } }' });
    await writeFile(join(directory, 'staging.yaml'), 'name: staging\nextends: production\n');

    const faults = `Unknown key "metrics.cpu.warnin" in ${join(directory, 'production.yaml')}:6: did you mean "warning"?`;

    expect(errorOf(directory, 'staging').message).toBe(faults);
    expect(() => loadTargets(directory)).toThrow(expect.objectContaining({ message: faults }));
  });

  test('refuses a circle, and a base that is not there', async ({ directory }) => {
    await writeFile(join(directory, 'hen.yaml'), 'name: hen\nextends: egg\n');
    await writeFile(join(directory, 'egg.yaml'), 'name: egg\n\nextends: hen\n');
    await writeFile(join(directory, 'cock.yaml'), 'name: cock\nextends: henn\n');

    expect(errorOf(directory, 'hen').message).toBe(
      `Cannot extend "hen" in ${directory}/egg.yaml:3: it would extend itself (hen -> egg -> hen)`,
    );
    expect(faultsOf(directory, 'cock')).toEqual([
      `Cannot extend "henn" in FILE:2: there is no such target in "${directory}", did you mean "hen"?`,
    ]);
  });
});
