import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { Runtime } from '../../../src/config/schema/runtime.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { DATA, furnish } from '../../support/furnished.ts';
import { refusal } from '../database/support/fixtures.ts';
import { BACKUP } from '../database/support/scenarios.ts';
import { backUp } from './support/back-up.ts';
import { filesOf, play, requestFor, STAMP } from './support/scenario.ts';
import { test } from './support/world.ts';

/** Backs these files up, and has others then. */
async function changed(
  target: SqliteTarget,
  backup: Readonly<Record<string, string | Buffer>>,
  live: Readonly<Record<string, string | Buffer>>,
  secrets: Partial<SqliteTarget['backups']['secrets']> = {},
): Promise<SqliteTarget> {
  furnish(target);
  write(target, backup);
  const files = [...new Set(Object.keys(backup).map((path) => path.split('/')[0]!))];
  const full: SqliteTarget = {
    ...target,
    backups: {
      ...target.backups,
      daily: { files: files.filter((file) => file !== 'data'), keep: '30d' },
      ...(DATA && { weekly: DATA }),
      secrets: { ...target.backups.secrets, ...secrets },
    },
  };
  await backUp(full, BACKUP);
  write(full, live);
  return full;
}

function write(
  { directory }: Pick<SqliteTarget, 'directory'>,
  files: Readonly<Record<string, string | Buffer>>,
): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(directory, path, '..'), { recursive: true });
    writeFileSync(join(directory, path), content);
  }
}

function read({ directory }: Pick<SqliteTarget, 'directory'>, path: string): string {
  return readFileSync(join(directory, path), 'utf8');
}

describe('an environment file', () => {
  // Of public reports: docker/compose#8527, #9509, #9327, Dokploy/dokploy#5107; docker/compose#9938, #7624.
  test.for([
    {
      what: 'a hash in a password',
      backup: 'DB_PASSWORD=spring#2025\nLEVEL=info\n',
      live: 'DB_PASSWORD=spring#2026\nLEVEL=debug\n',
      kept: ['DB_PASSWORD'],
      after: 'DB_PASSWORD=spring#2026\nLEVEL=info\n',
    },
    {
      what: 'a colon, spaces and export',
      backup: 'API_KEY: old\nexport  DB_PASS = "old" # was\nEMPTY=\n',
      live: 'API_KEY: new\nexport  DB_PASS = "new" # is\nEMPTY=\n',
      kept: ['API_KEY', 'DB_PASS'],
      after: 'API_KEY: new\nexport  DB_PASS = "new" # is\nEMPTY=\n',
    },
  ])('keeps a live secret with $what', async ({ backup, live, kept, after }, { target }) => {
    const full = await changed(target, { '.env': backup }, { '.env': live });
    chmodSync(join(full.directory, '.env'), 0o440);
    const files = filesOf(full);

    const compared = await files.compare(await requestFor(files));
    await play(full, 'restore');

    expect(compared.keptKeys).toEqual(kept);
    expect(read(full, '.env')).toBe(after);
    expect(statSync(join(full.directory, '.env')).mode & 0o777).toBe(0o440);
  });

  test('is no reason to refuse where it is as in the backup, whatever it is', async ({
    target,
  }) => {
    const odd = 'TOKEN="open\n; x\nTOKEN\n\0';
    const full = await changed(target, { '.env': odd, 'a.conf': '1' }, { 'a.conf': '2' });
    const files = filesOf(full);

    const { names, same } = await files.compare(await requestFor(files));

    expect(names).toEqual(['a.conf (changed)']);
    expect(same).toBeGreaterThan(0);
  });

  test('is refused with its line, and nothing is staged', async ({ target }) => {
    const full = await changed(
      target,
      { '.env': 'TOKEN=old\n' },
      { '.env': 'A=1\nTOKEN="hush\nB=2\n' },
    );
    const files = filesOf(full);
    const request = await requestFor(files);

    const refused = await refusal(files.compare(request));
    const again = await refusal(files.stage(request, STAMP));

    expect([refused.type, again.type]).toEqual(['EnvUnreadable', 'EnvUnreadable']);
    expect(refused.message).toBe(
      'Cannot bring ".env" of the backup and its live secrets together: in the live file, line 2 has a quote that does not close. Put that right, restore the file whole with "--secrets restore", or leave it with "--configuration keep"',
    );
    expect(read(full, '.env')).toContain('hush');
    expect((await files.compare(await requestFor(files, 'restore'))).changed).toBe(1);
  });

  test('is what the Compose file names so', async ({ target }) => {
    const compose = 'services: { app: { image: x, env_file: [{ path: conf/app.settings }] } }\n';
    const project: SqliteTarget = {
      ...target,
      runtime: Runtime.parse({ kind: 'compose', service: 'app' }),
    };
    const path = 'conf/app.settings';
    const full = await changed(
      project,
      { 'compose.yaml': compose, [path]: 'A_TOKEN=old\n', 'conf/other': 'A_TOKEN=old\n' },
      { [path]: 'A_TOKEN=new\n', 'conf/other': 'A_TOKEN=new\n' },
    );
    const files = filesOf(full);

    const { keptKeys, names } = await files.compare(await requestFor(files));

    expect([keptKeys, names]).toEqual([['A_TOKEN'], ['conf/other (changed)']]);
  });

  test('is read by key under other names, and in the data too', async ({ target }) => {
    const [then, now] = ['A_TOKEN=old\nLEVEL=1\n', 'A_TOKEN=new\nLEVEL=2\n'];
    const paths = ['app.vars', 'data/.env'];
    const all = (content: string) => Object.fromEntries(paths.map((path) => [path, content]));
    const full = await changed(target, all(then), all(now), { environment: ['app.vars'] });
    const files = filesOf(full);

    const { keptKeys } = await files.compare(await requestFor(files));
    await play(full, 'restore');

    expect(keptKeys).toEqual(['A_TOKEN in app.vars', 'A_TOKEN in data/.env']);
    expect(paths.map((path) => read(full, path))).toEqual(
      paths.map(() => 'A_TOKEN=new\nLEVEL=1\n'),
    );
  });
});

describe('a file that is one secret', () => {
  const path = '.streamlit/secrets.toml';

  test('stays as it is live, and is named', async ({ target }) => {
    const full = await changed(target, { [path]: 'key = "old"\n' }, { [path]: 'key = "new"\n' });
    const files = filesOf(full);

    const { leftOut } = await files.compare(await requestFor(files));
    await play(full, 'restore');

    expect(leftOut).toEqual([`"${path}" differs and stays as it is here: it holds secrets`]);
    expect(read(full, path)).toBe('key = "new"\n');
  });

  test('comes back where it is empty, and where secrets are restored', async ({ target }) => {
    const full = await changed(target, { [path]: 'key = "old"\n' }, { [path]: '' });
    const files = filesOf(full);

    const emptied = await files.compare(await requestFor(files));
    write(full, { [path]: 'key = "new"\n' });
    const asked = await files.compare(await requestFor(files, 'restore'));

    expect([emptied.names, asked.names]).toEqual([[`${path} (changed)`], [`${path} (changed)`]]);
  });
});
