import {
  chmodSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { execa, execaSync } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { verbs } from '../../src/cli/verbs/index.ts';
import { main, runbook } from './support/runbook.ts';

const TEMPORAL_ADDRESS = '127.0.0.1:1';
/** What only serves, only talks to Temporal, or only acts on a target: most of what there is. */
const heavy =
  /node_modules\/(@temporalio\/(client|worker|core-bridge|proto|testing)|@grpc|protobufjs|better-sqlite3|ioredis|execa|fastify|nodemailer|tar|markdown-it)\//;
/** The package has several modules in one file: only the sources tell which these are. */
const sources = join(import.meta.dirname, '../../src/cli/main.ts');
let scratch: string;

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'start-up-'));
});
afterAll(() => rmSync(scratch, { recursive: true }));

/** The files that a command loads, and those that lie in files of the built package, with its exit code first. */
async function loadedBy(command: string, program?: string): Promise<string[]> {
  const spy = `import { registerHooks } from 'node:module';
    registerHooks({ load(url, context, next) { process.stderr.write('loaded ' + url + '\\n'); return next(url, context); } });`;
  const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(spy)}`;
  const env = { NODE_OPTIONS, TEMPORAL_ADDRESS };
  const { exitCode, stderr } = await runbook(command.split(' '), env, { program });
  const urls = [...stderr.matchAll(/^loaded (.*)$/gm)].map(([, url]) => url!);
  const within = urls
    .filter((url) => url.startsWith('file:') && url.includes('/dist/'))
    .map((url) => new URL(`${url}.map`))
    .filter((map) => existsSync(map))
    .flatMap((map) => (JSON.parse(readFileSync(map, 'utf8')) as { sources: string[] }).sources);
  return [`exit ${exitCode}`, ...urls, ...within];
}

describe('a command', () => {
  test.concurrent.for([
    '--help',
    'list',
    // A target of another host: of one that lies here, its database is looked at.
    'target check targets/ahgd.yaml',
    'target list',
    'backups list --target ahgd',
    'start daily-backup --help',
  ])('"%s" loads no client of Temporal, and nothing that acts', async (command, { expect }) => {
    const [exit, ...loaded] = await loadedBy(command);

    expect(exit).toBe('exit 0');
    expect(loaded.length).toBeGreaterThan(5);
    expect(loaded.filter((url) => heavy.test(url))).toEqual([]);
  });

  test.concurrent('that lists runs loads the client, and neither a worker nor a database', async ({
    expect,
  }) => {
    const [exit, ...loaded] = await loadedBy('runs');
    const packages = loaded.flatMap((url) => heavy.exec(url)?.[1] ?? []);

    expect(exit).toBe('exit 4');
    expect([...new Set(packages)].toSorted()).toEqual([
      '@grpc',
      '@temporalio/client',
      '@temporalio/proto',
      'protobufjs',
    ]);
  });

  test.concurrent('loads no other verb than its own', async ({ expect }) => {
    const loaded = await loadedBy('list', sources);
    const verbFiles = loaded.flatMap((url) => url.split('/src/cli/verbs/')[1] ?? []);

    expect(verbFiles).toEqual(['index.ts', 'list.ts']);
  });

  test.for(Object.keys(verbs))('"%s" is made of the file that the index names', async (verb) => {
    const program = await createProgram([verb]);

    expect(program.commands.map((command) => command.name())).toEqual([verb]);
  });

  test.concurrent('is compiled once, and read from the cache from then on', async ({ expect }) => {
    const env = { RUNBOOK_CACHE: join(scratch, 'cache'), NODE_COMPILE_CACHE: undefined };
    const kept = () => globSync('compiled/*/*', { cwd: env.RUNBOOK_CACHE });

    const first = await runbook(['list'], env);
    const compiled = kept();
    const second = await runbook(['list'], env);

    expect(compiled.length).toBeGreaterThan(5);
    expect(kept()).toEqual(compiled);
    expect(second).toEqual(first);
  });

  test.concurrent('starts as well where its cache cannot be written', async ({ expect }) => {
    const env = { RUNBOOK_CACHE: '/dev/null/cache', NODE_COMPILE_CACHE: undefined };
    const { exitCode, stdout, stderr } = await runbook(['list'], env);

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^daily-backup +backup/m);
    expect(stderr).toBe('');
  });
});

describe('help', () => {
  test.concurrent('for what is no command is refused with the nearest', async ({ expect }) => {
    const { exitCode, stdout, stderr } = await runbook(['help', 'star']);

    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toBe(
      'Error: Cannot find command "star": did you mean "start"?\nTry: runbook --help',
    );
  });
});

describe('a clone', () => {
  test.concurrent('has the command line itself, from anywhere and by a link, with nothing else on stdout', async ({
    expect,
  }) => {
    const link = join(scratch, 'linked');
    symlinkSync(resolve(import.meta.dirname, '../../runbook'), link);

    const { exitCode, stdout, stderr } = await execa(link, ['list', '--json'], { cwd: scratch });

    expect([exitCode, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toContainEqual(expect.objectContaining({ name: 'daily-backup' }));
  });
});

/** As a machine has it on PATH. Undefined: none is older than what the code runs on. */
const oldNode = (process.env['PATH'] ?? '')
  .split(delimiter)
  .map((directory) => join(directory, 'node'))
  .find(
    (file) =>
      existsSync(file) &&
      Number.parseInt(execaSync(file, ['-p', 'process.versions.node']).stdout, 10) < 24,
  );

describe('a Node.js that is too old', () => {
  test.skipIf(oldNode === undefined)('is told so in a sentence, with what to type', async () => {
    const { exitCode, stdout, stderr } = await execa(oldNode!, [main, 'demo'], { reject: false });

    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^Error: Expected Node\.js 24 or newer, found \d+\.\d+\.\d+\nTry: .*$/);
  });
});

describe('the compile cache', () => {
  test.concurrent('is done without where its directory cannot be made', async ({ expect }) => {
    const RUNBOOK_CACHE = '/proc/nowhere';
    // With a cache of the test run's own it would not be asked for.
    const { exitCode } = await runbook(['list'], { RUNBOOK_CACHE, NODE_COMPILE_CACHE: undefined });

    expect(exitCode).toBe(0);
  });

  test.concurrent('is not read from, nor written to, where others may write', async ({
    expect,
  }) => {
    const RUNBOOK_CACHE = join(scratch, 'shared');
    const directory = join(RUNBOOK_CACHE, 'compiled');
    mkdirSync(directory, { recursive: true });
    chmodSync(directory, 0o777);

    const { exitCode } = await runbook(['list'], { RUNBOOK_CACHE, NODE_COMPILE_CACHE: undefined });

    expect(exitCode).toBe(0);
    expect(readdirSync(directory)).toEqual([]);
  });
});
