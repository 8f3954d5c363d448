import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa, execaSync } from 'execa';

/** What a program finds in a file: its names and values. Undefined: it refuses the file as a whole. */
export type Found = Readonly<Record<string, string>> | undefined;

/** Reads many files at once. */
export type Reader = (files: readonly Buffer[]) => Promise<readonly Found[]>;

/**
 * The programs whose word counts, as they are on this machine. None is imitated. Others by RUNBOOK_ENV_READERS: commands
 * that take files, and print what they find in each, as a list of objects in JSON; null where it refuses the file.
 */
export const readers: Readonly<Record<string, Reader>> = {
  'docker-compose': byCompose,
  'python-dotenv': byPython(
    'import dotenv\ndef read(file): return dict(dotenv.dotenv_values(file))',
  ),
  ...Object.fromEntries(
    (process.env['RUNBOOK_ENV_READERS'] ?? '')
      .split(',')
      .filter(Boolean)
      .map((command) => [command, byCommand(command.split(' '))] as const),
  ),
};

/** Of Compose itself, to know which files it refuses: one of them ends its call for all. */
const COMPOSE =
  'from compose.config.environment import env_vars_from_file\ndef read(file): return env_vars_from_file(file, interpolate=False)';

/** Its YAML breaks lines where that of others does not. */
const AS_JSON = 'import json, sys, yaml\njson.dump(yaml.safe_load(sys.stdin), sys.stdout)';

/** Files in one call: most of its time is its start. */
const BATCH = 1000;

/** `docker-compose config`, with a service for each file: that needs no daemon. */
async function byCompose(files: readonly Buffer[]): Promise<readonly Found[]> {
  return inFiles(files, async (paths, directory) => {
    const accepted = await byPython(COMPOSE)(files);
    const services = paths
      .map((path, index) => [`s${index}`, { image: 'x', env_file: path }] as const)
      .filter((_, index) => accepted[index]);
    const answers: Record<string, { environment?: Record<string, string | null> }> = {};
    for (let at = 0; at < services.length; at += BATCH) {
      const some = Object.fromEntries(services.slice(at, at + BATCH));
      const project = join(directory, `project-${at}.yml`);
      writeFileSync(project, JSON.stringify({ version: '3', services: some }));
      const { stdout } = await execa('docker-compose', ['-f', project, 'config'], CLEAN);
      const json = await execa(python(), ['-c', AS_JSON], { ...CLEAN, input: stdout });
      Object.assign(answers, (JSON.parse(json.stdout) as { services: typeof answers }).services);
    }
    return files.map((_, index) => accepted[index] && (answers[`s${index}`]?.environment ?? {}));
  }).then((all) => all.map((found) => found && defined(found)));
}

function byPython(definition: string): Reader {
  const script = `
import json, logging, sys
logging.disable()
${definition}
found = []
for file in sys.argv[1:]:
    try: found.append(read(file))
    except Exception: found.append(None)
json.dump(found, sys.stdout)`;
  return byCommand([python(), '-c', script]);
}

function byCommand([program, ...given]: readonly string[]): Reader {
  return async (files) =>
    inFiles(files, async (paths) => {
      const found: (Record<string, string | null> | null)[] = [];
      for (let at = 0; at < paths.length; at += BATCH) {
        const some = paths.slice(at, at + BATCH);
        const { stdout } = await execa(program!, [...given, ...some], CLEAN);
        found.push(...(JSON.parse(stdout) as typeof found));
      }
      return found.map((one) => (one === null ? undefined : defined(one)));
    });
}

export const canRead =
  execaSync('docker-compose', ['version'], { reject: false }).exitCode === 0 &&
  execaSync(python(), ['-c', 'import dotenv, compose'], { reject: false }).exitCode === 0;

/** Debian's own: the one that Compose 1.29 runs on. */
function python(): string {
  return existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';
}

/** No variable of ours may get into what is read. */
const CLEAN = { env: { PATH: process.env['PATH'], LANG: 'C.UTF-8' }, extendEnv: false } as const;

/** A key without a value has none. */
function defined(found: Readonly<Record<string, string | null | undefined>>) {
  return Object.fromEntries(
    Object.entries(found).flatMap(([key, value]) =>
      typeof value === 'string' ? [[key, value] as const] : [],
    ),
  );
}

async function inFiles<Answer>(
  files: readonly Buffer[],
  work: (paths: readonly string[], directory: string) => Promise<Answer>,
): Promise<Answer> {
  const directory = mkdtempSync(join(tmpdir(), 'readers-'));
  mkdirSync(join(directory, 'files'));
  try {
    const paths = files.map((content, index) => {
      const path = join(directory, 'files', `${index}.env`);
      writeFileSync(path, content);
      return path;
    });
    return await work(paths, directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
