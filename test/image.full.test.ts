import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { IMAGE } from './activities/runtime/support/compose-project.ts';
import { canRunDocker, docker } from './activities/runtime/support/docker-daemon.ts';
import { useDockerDaemon } from './activities/runtime/support/use-docker.ts';

const REPOSITORY = resolve(import.meta.dirname, '..');
const CANARY = 'canary-5f1c0b';
/** As they lie about where an image is built. */
const SECRETS = [
  '.env',
  '.env.production',
  '.git/config',
  '.npmrc',
  '.runbook/dev/temporal.db',
  'deploy/id_ed25519',
  'node_modules/left/over.js',
  'src/.env',
  'src/dev/demo/.runbook/claim.db',
  'src/server.key',
  'targets/mine.yaml',
];
/** What the first stage leaves for the last. */
const BUILT = ['app/package.json', 'app/node_modules/x/index.js', 'app/dist/cli/main.js'];

const call = (...args: string[]) =>
  execFileSync(docker!, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

describe.skipIf(!canRunDocker)('our image (needs root, dockerd and busybox)', () => {
  let context: string;

  useDockerDaemon(() => {
    context = mkdtempSync(join(tmpdir(), 'image-context-'));
    for (const name of ['.dockerignore', 'src/cli/main.ts', 'src/dev/temporal/go.sum', 'targets'])
      cpSync(join(REPOSITORY, name), join(context, name), { recursive: true });
    for (const file of SECRETS) write(join(context, file), `SECRET=${CANARY}\n`);
    importBuilt();
  });

  afterAll(() => rmSync(context, { recursive: true, force: true }));

  test('is sent nothing that is secret, and all that it is made of', () => {
    build('context', `FROM ${IMAGE}\nCOPY . /context\n`);

    const files = call('run', '--rm', '--network=none', 'context', 'sh', '-c', LIST).trim();
    expect(files.split('\n').toSorted()).toEqual([
      '/context/src/cli/main.ts',
      '/context/src/dev/temporal/go.sum',
      '/context/targets/ahgd.yaml',
      '/context/targets/analytics-hub-development.yaml',
      '/context/targets/analytics-hub-staging.yaml',
      '/context/targets/analytics-hub.yaml',
      '/context/targets/demo.yaml',
      '/context/targets/systemd-unit.yaml',
    ]);
  });

  test('runs as nobody special, who can change nothing of it', () => {
    build('last', `FROM ${IMAGE}\n${lastStage()}`);

    const script =
      'for file in /app/dist/cli/main.js /app/package.json; do [ -w $file ] && echo $file; done; busybox id -u';
    const run = ['run', '--rm', '--network=none', '--read-only', '--cap-drop=ALL'];
    expect(call(...run, '--entrypoint=sh', 'last', '-c', script)).toBe('1000\n');
  });

  function build(tag: string, dockerfile: string): void {
    const file = join(context, 'src/Dockerfile.of-the-test');
    writeFileSync(file, dockerfile);
    call('build', '--quiet', '--network=none', '--tag', tag, '--file', file, context);
    rmSync(file);
  }

  /** By the name of the stage, so that the last one takes its files from here. */
  function importBuilt(): void {
    const root = mkdtempSync(join(tmpdir(), 'image-built-'));
    for (const file of BUILT) write(join(root, file), '');
    execFileSync('tar', ['-cf', `${root}.tar`, '-C', root, '.']);
    call('import', `${root}.tar`, 'build');
    for (const path of [root, `${root}.tar`]) rmSync(path, { recursive: true });
  }
});

const LIST = 'busybox find /context -type f ! -name Dockerfile.of-the-test';

/** All after its FROM. */
function lastStage(): string {
  return readFileSync(join(REPOSITORY, 'Dockerfile'), 'utf8')
    .split(/^FROM .*$/m)
    .at(-1)!;
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
