import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { inspect } from '../../activities/runtime/support/changed-project.ts';
import { COMPOSE_FILE } from '../../activities/runtime/support/compose-world.ts';
import { docker } from '../../activities/runtime/support/docker-daemon.ts';
import { CONFIGURATION } from './served-shop.ts';

export const AS_BACKED_UP = { workers: 'workers = 4\n', level: undefined };

/** What its people changed since the backup: a file, and how Compose makes the container. */
export function changeProject({ directory }: SqliteTarget): void {
  writeFileSync(join(directory, CONFIGURATION), 'workers = 8\n');
  const file = join(directory, COMPOSE_FILE);
  const { services } = JSON.parse(readFileSync(file, 'utf8'));
  services.app.environment = { LEVEL: '2' };
  writeFileSync(file, JSON.stringify({ services }));
}

export function stateOf({ directory }: SqliteTarget) {
  return {
    workers: readFileSync(join(directory, CONFIGURATION), 'utf8'),
    level: inspect('app').environment.find((one) => one.startsWith('LEVEL=')),
  };
}

/** Another text when its container was made or started anew. */
export function startsOf(service: string): string {
  const args = ['inspect', '-f', '{{.Id}} {{.State.StartedAt}}', inspect(service).id];
  return execFileSync(docker!, args, { encoding: 'utf8' });
}

/** A window of two hours that begins in so many hours, or has just begun. */
export function windowIn(
  hours: number,
  chores: string[],
): NonNullable<SqliteTarget['maintenance']> {
  const start = new Date(Date.now() + hours * 3_600_000 - 60_000).toISOString().slice(11, 16);
  const window = {
    calendar: 'daily',
    start,
    duration: '2h',
    cutoff: '30m',
    timezone: 'UTC',
  } as const;
  return { window, chores };
}
