import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkTarget } from '../../src/config/load/check-target.ts';
import { activeProfiles, composeFiles } from '../../src/config/load/compose-files.ts';
import { composeInputs } from '../../src/config/load/compose-inputs.ts';
import { Runtime } from '../../src/config/schema/runtime.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'compose-files-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

describe('composeFiles', () => {
  const main = 'docker-compose.yml';
  const override = 'docker-compose.override.yml';
  /** Files that are there, what the target says, which Compose is given by name, and all that count. */
  for (const [what, there, says, named, all] of [
    ['a default file and its override', [main, override], {}, [], [main, override]],
    ['a default one that is named', [main, override], { file: main }, [], [main, override]],
    ['a default one by a path', [main, override], { file: `./${main}` }, [], [main, override]],
    ['compose.yaml', ['compose.yaml'], {}, [], ['compose.yaml']],
    ['no file at all', [], {}, [], [main]],
    ['one of another name', ['app.yml', override], { file: 'app.yml' }, ['app.yml'], ['app.yml']],
    ['a list', [main, 'b.yml'], { file: [main, 'b.yml'] }, [main, 'b.yml'], [main, 'b.yml']],
    [
      'a default name elsewhere',
      [`a/${main}`],
      { file: `a/${main}` },
      [`a/${main}`],
      [`a/${main}`],
    ],
    [
      'the one that is named, of two',
      [main, override, 'compose.yaml'],
      { file: main },
      [main, override],
      [main, override],
    ],
  ] as const)
    test(`knows ${what}`, async () => {
      for (const name of there) await write(name, '');

      const found = composeFiles(directory, runtimeOf(says));

      expect(found.named).toEqual(named.map(at));
      expect(found.all).toEqual(all.map(at));
    });

  for (const [what, there, says, expected] of [
    ['that is there', [main, 'docker-compose.override.yaml'], {}, 'docker-compose.override.yaml'],
    ['that is not there yet', [main], {}, override],
    ['of compose.yaml', ['compose.yaml'], {}, 'compose.override.yml'],
    ['of a default one by its name', [main], { file: main }, override],
    ['for none of another name', ['app.yml', override], { file: 'app.yml' }, undefined],
    ['for no list', [main, override], { file: [main, override] }, undefined],
    ['for none that .env chooses', [main, '.env'], {}, undefined],
  ] as const)
    test(`knows the override ${what}`, async () => {
      for (const name of there) await write(name, name === '.env' ? `COMPOSE_FILE=${main}` : '');

      const found = composeFiles(directory, runtimeOf(says));

      expect(found.override).toBe(expected && at(expected));
    });

  for (const [text, files] of [
    ['COMPOSE_FILE=a.yml:b.yml', ['a.yml', 'b.yml']],
    ['export COMPOSE_FILE="a.yml:b.yml" # both', ['a.yml', 'b.yml']],
    ["COMPOSE_FILE='a.yml'\r\nX=1\r\n", ['a.yml']],
    ['COMPOSE_PATH_SEPARATOR=;\nCOMPOSE_FILE=a.yml;b.yml', ['a.yml', 'b.yml']],
    ['COMPOSE_FILE=a.yml\nCOMPOSE_FILE=b.yml', ['b.yml']],
    ['# COMPOSE_FILE=a.yml', ['docker-compose.yml']],
    ['MY_COMPOSE_FILE=a.yml', ['docker-compose.yml']],
    ['COMPOSE_FILE=', ['docker-compose.yml']],
  ] as const)
    test(`reads ${JSON.stringify(text)} in .env`, async () => {
      await write('.env', text);

      const found = composeFiles(directory, runtimeOf({ file: 'docker-compose.yml' }));

      expect(found).toMatchObject({ named: [], all: files.map(at) });
    });

  test('lets profiles of the target stand for those of .env', async () => {
    await write('.env', 'COMPOSE_PROFILES=a, b\n');

    expect(activeProfiles(directory, runtimeOf({}))).toEqual(['a', 'b']);
    expect(activeProfiles(directory, runtimeOf({ profiles: ['c'] }))).toEqual(['c']);
  });
});

describe('composeInputs', () => {
  test('names every file of which containers are made, and no other', async () => {
    await write(
      'docker-compose.yml',
      `include: [more.yml, { path: [a.yml, b.yml] }]
services:
  app: { image: x, env_file: app.env, volumes: ["./app.conf:/app.conf"] }
  web: { extends: { file: base.yml, service: web }, env_file: [web.env, { path: opt.env, required: false }] }
  odd: 7
`,
    );

    const names = [...composeInputs(directory, runtimeOf({}))].map((one) =>
      one.slice(directory.length + 1),
    );

    expect(names.toSorted()).toEqual(
      [
        '.env',
        'a.yml',
        'app.env',
        'b.yml',
        'base.yml',
        'docker-compose.yml',
        'more.yml',
        'opt.env',
        'web.env',
      ].toSorted(),
    );
  });

  test('names itself and .env when it cannot be read', async () => {
    await write('docker-compose.yml', 'services: [\n');

    expect(composeInputs(directory, runtimeOf({}))).toEqual(
      new Set([at('docker-compose.yml'), at('.env')]),
    );
  });
});

describe('checkTarget', () => {
  test('names each file of Compose that is not there', async () => {
    const warnings = await warningsOf(
      '{ kind: compose, service: app, file: [a.yml, b.yml], envFile: live.env }',
      ['a.yml'],
    );

    expect(warnings).toContain(`"runtime.file" does not exist here: "${at('b.yml')}"`);
    expect(warnings).toContain(`"runtime.envFile" does not exist here: "${at('live.env')}"`);
    expect(warnings.join()).not.toContain('a.yml');
  });

  test('asks which of two default files is meant', async () => {
    const warnings = await warningsOf('{ kind: compose, service: app }', [
      'compose.yaml',
      'docker-compose.yml',
    ]);

    expect(warnings).toContain(
      'Say which is "runtime.file", because Compose 1.29 and 2 choose differently: "compose.yaml", "docker-compose.yml"',
    );
  });

  test('warns of a container that a shell starts without a name', async () => {
    const drill = (command: string) => `drill: { command: [sh, -c, '${command}'] }`;
    const runtime = '{ kind: process, command: [x] }';

    expect((await warningsOf(runtime, [], drill('docker run -p {port}:1 x'))).join()).toContain(
      'A container of "drill.command" may be left over',
    );
    expect(
      (await warningsOf(runtime, [], drill('docker run --name {name} -p {port}:1 x'))).join(),
    ).not.toContain('drill');
  });

  for (const [runtime, fault] of [
    [
      '{ kind: compose, service: app, project: Shop }',
      /Cannot read "runtime.project" .*: Expected small letters/,
    ],
    ['{ kind: compose, service: app, file: [] }', /"runtime.file"/],
    ['{ kind: compose, service: app, profiles: ["--all"] }', /"runtime.profiles.0"/],
    [
      '{ kind: compose, service: app, profile: live }',
      /Unknown key "runtime.profile" .* did you mean "profiles"/,
    ],
  ] as const)
    test(`refuses ${runtime}`, async () => {
      expect(checkTarget(await writeTarget(runtime)).faults.join()).toMatch(fault);
    });
});

type Says = Partial<{ file: string | readonly string[]; profiles: readonly string[] }>;

function runtimeOf(says: Says) {
  const runtime = Runtime.parse({ kind: 'compose', service: 'app', ...says });
  if (runtime.kind !== 'compose') throw new Error('Expected Compose');
  return runtime;
}

function at(name: string): string {
  return join(directory, name);
}

async function write(name: string, text: string): Promise<void> {
  await mkdir(dirname(at(name)), { recursive: true });
  await writeFile(at(name), text);
}

async function writeTarget(runtime: string, more = ''): Promise<string> {
  await write(
    'shop.yaml',
    `name: shop
directory: .
runtime: ${runtime}
app: { url: http://localhost/, health: http://localhost/health }
database: { kind: sqlite, file: shop.db, keyTable: orders }
${more}
`,
  );
  return at('shop.yaml');
}

async function warningsOf(runtime: string, there: readonly string[], more = ''): Promise<string[]> {
  for (const name of there) await write(name, '');
  return checkTarget(await writeTarget(runtime, more)).warnings;
}
