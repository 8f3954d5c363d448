import { execFileSync } from 'node:child_process';
import { realpathSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SqliteTarget } from '../../../../src/config/schema/target.ts';
import { IMAGE } from './compose-project.ts';
import { docker } from './docker-daemon.ts';

const repository = fileURLToPath(new URL('../../../../', import.meta.url));
export const COMPOSE_FILE = 'docker-compose.yml';

/** What the target's files hold while nothing is spoilt. */
function writeProject({ directory }: Pick<SqliteTarget, 'directory'>, command: readonly string[]) {
  const shared = ['/usr:/usr:ro', '/usr/lib:/lib:ro', '/usr/lib64:/lib64:ro'];
  // Where it runs from another tree, its packages may lie outside.
  const packages = realpathSync(join(repository, 'node_modules'));
  const ours = [repository, packages].map((one) => `${one}:${one}:ro`);
  const app = {
    image: '${APP_IMAGE:?needed}',
    network_mode: 'host',
    // It looks whether the test still runs.
    pid: 'host',
    command,
    volumes: [...shared, ...ours, `${directory}:${directory}`],
  };
  const other = { image: IMAGE, network_mode: 'host', command: ['sleep', '600'] };
  writeFileSync(join(directory, COMPOSE_FILE), JSON.stringify({ services: { app, other } }));
  writeFileSync(join(directory, '.env'), `APP_IMAGE=${IMAGE}\n`);
}

/** The sample application in a container of Compose, whose project bears the name of its directory. */
export function inCompose(target: SqliteTarget): SqliteTarget {
  if (target.runtime.kind !== 'process') throw new Error('Expected the demo');
  writeProject(target, target.runtime.command);
  const { drill: _, ...rest } = target;
  return {
    ...rest,
    runtime: {
      kind: 'compose',
      service: 'app',
      stopGrace: '10s',
      environment: [],
      profiles: [],
    },
  };
}

/** Whatever Compose has made in that directory. */
export function removeContainers({ directory }: Pick<SqliteTarget, 'directory'>): void {
  const filter = `label=com.docker.compose.project=${basename(directory)}`;
  const ids = execFileSync(docker!, ['ps', '-aq', '--filter', filter], { encoding: 'utf8' });
  const all = ids.split('\n').filter(Boolean);
  if (all.length > 0) execFileSync(docker!, ['rm', '-f', ...all]);
}
