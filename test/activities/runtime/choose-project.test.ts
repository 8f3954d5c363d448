import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { chooseProject, type Row } from '../../../src/activities/runtime/compose/choose-project.ts';
import type { ComposeRuntime } from '../../../src/config/schema/runtime.ts';
import { test as base } from '../../support/target.ts';

interface Chosen {
  /** The directory of a target, `shop`, and one of another project. */
  shop: string;
  elsewhere: string;
  /** Which of these containers are the target's, by their ids. */
  ours: (rows: readonly Row[], runtime?: Partial<ComposeRuntime>) => readonly string[];
}

const test = base.extend<Chosen>({
  shop: async ({ directory }, use) => {
    const shop = join(directory, 'shop');
    mkdirSync(shop);
    await use(shop);
  },
  elsewhere: async ({ directory }, use) => {
    const elsewhere = join(directory, 'other', 'shop');
    mkdirSync(elsewhere, { recursive: true });
    await use(elsewhere);
  },
  ours: async ({ shop }, use) => {
    await use((rows, more) =>
      chooseProject(rows, shop, { ...RUNTIME, ...more }).rows.map(({ id }) => id),
    );
  },
});

const RUNTIME: ComposeRuntime = {
  kind: 'compose',
  service: 'app',
  stopGrace: '5s',
  environment: [],
  profiles: [],
};

const row = (id: string, project: string, workingDirectory?: string): Row => ({
  id,
  project,
  service: 'app',
  workingDirectory,
  oneOff: 'False',
});

describe('the containers of a target', () => {
  test('are those of its directory, when another project has its name', ({
    shop,
    elsewhere,
    ours,
  }) => {
    const rows = [row('mine', 'shop', shop), row('stranger', 'shop', elsewhere)];

    expect(ours(rows)).toEqual(['mine']);
    expect(ours(rows.slice(1))).toEqual([]);
  });

  test('may have been made where the directory has another path, or by an old Compose', ({
    ours,
  }) => {
    expect(ours([row('path', 'shop', '/on/the/host/shop'), row('old', 'shop')])).toEqual([
      'path',
      'old',
    ]);
  });

  test('are found through a link', ({ directory, shop, ours }) => {
    const link = join(directory, 'link');
    symlinkSync(shop, link);

    expect(ours([row('linked', 'shop', link)])).toEqual(['linked']);
  });

  test('are found by their directory when the file that named the project is gone or spoilt', ({
    shop,
    ours,
  }) => {
    const rows = [row('named', 'production', shop), row('stranger', 'production', '/srv')];

    expect(ours(rows)).toEqual(['named']);
    writeFileSync(join(shop, 'docker-compose.yml'), '\0: [');
    writeFileSync(join(shop, '.env'), Buffer.from([0xff, 0xfe, 0]));
    expect(ours(rows)).toEqual(['named']);
  });

  test.for([
    ['.env', 'COMPOSE_PROJECT_NAME=Production\n'],
    ['docker-compose.yml', 'name: production\nservices: {}\n'],
  ])('have the name that %s gives them', ([file, content], { shop, ours }) => {
    writeFileSync(join(shop, file!), content!);
    const rows = [row('named', 'production', shop), row('staging', 'shop', shop)];

    expect(ours(rows)).toEqual(['named']);
  });

  test.for([
    ['_Shop.x', '_shopx'],
    ['_Shop.x', 'shopx'],
    ['Shop 2', 'shop2'],
  ])(
    'of directory %j may be called "%s" by Compose 1.29 or 2',
    ([name, project], { directory }) => {
      const place = join(directory, name!);
      mkdirSync(place);
      const rows = [row('named', project!, place), row('staging', 'staging', place)];

      const chosen = chooseProject(rows, place, RUNTIME);

      expect(chosen.rows.map(({ id }) => id)).toEqual(['named']);
    },
  );

  test('are refused when the directory has several projects and none has the name', ({
    shop,
    ours,
  }) => {
    const rows = [row('one', 'blue', shop), row('two', 'green', shop)];

    expect(() => ours(rows)).toThrow(
      expect.objectContaining({
        type: 'ProjectUnclear',
        message: expect.stringContaining('"blue" and "green"'),
      }),
    );
    expect(ours(rows, { project: 'green' })).toEqual(['two']);
  });

  test('are named when they may be meant, and are not counted', ({ shop, elsewhere }) => {
    const { rows, notes } = chooseProject([row('stranger', 'shop', elsewhere)], shop, RUNTIME);

    expect(rows).toEqual([]);
    expect(notes).toEqual([expect.stringContaining(`also runs from "${elsewhere}"`)]);
  });
});
