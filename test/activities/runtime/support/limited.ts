import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { SqliteTarget } from '../../../../src/config/schema/target.ts';
import { docker } from './docker-daemon.ts';
import { COMPOSE_FILE } from './in-compose.ts';

export const OVERRIDE = 'docker-compose.override.yml';
/** More than the sample application needs, and less than machines have. */
export const MEMORY = { g: '1g', bytes: 2 ** 30 } as const;

/** Of its one container, as Docker keeps them: bytes of memory, of memory and swap, and processors. 0 is no limit. */
export function limitsIn({ directory }: Pick<SqliteTarget, 'directory'>) {
  const project = `label=com.docker.compose.project=${basename(directory)}`;
  const service = 'label=com.docker.compose.service=app';
  const list = ['ps', '-aq', '--no-trunc', '--filter', project, '--filter', service];
  const id = execFileSync(docker!, list, { encoding: 'utf8' }).trim();
  const text = execFileSync(docker!, ['inspect', id], { encoding: 'utf8' });
  const [{ HostConfig, State }] = JSON.parse(text);
  const { Memory: memory, MemorySwap: swap, NanoCpus } = HostConfig;
  return { id, pid: State.Pid as number, memory, swap, cpus: NanoCpus / 1e9 } as const;
}

/** Undefined: it is not there. */
export function overrideIn({ directory }: Pick<SqliteTarget, 'directory'>): string | undefined {
  const file = join(directory, OVERRIDE);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

export function changeService(
  { directory }: Pick<SqliteTarget, 'directory'>,
  change: object,
): void {
  const file = join(directory, COMPOSE_FILE);
  const { services } = JSON.parse(readFileSync(file, 'utf8'));
  Object.assign(services.app, change);
  writeFileSync(file, JSON.stringify({ services }));
}
