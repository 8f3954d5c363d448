import { test as replicated } from '../activities/runtime/support/replicated-world.ts';
import { onPostgres } from '../integration/postgres/faults/on-postgres.ts';
import { hasNginx } from '../support/nginx.ts';
import { whyNoPostgres } from '../support/postgres.ts';
import type { PlayedDatabase } from './on-sqlite.ts';
import { type Test, TOLD } from './play-runbook.ts';

/** Why nothing is played with replicas here, if it is not. */
export const whyNotReplicated: string | undefined =
  whyNoPostgres ?? (hasNginx ? undefined : 'nginx is not installed');

/** The application in a container on PostgreSQL, behind nginx, with ports for more of it. It writes all the time. */
export const inReplicas = replicated
  // At any hour.
  .extend({ more: { ...TOLD, calendar: { hours: '00:00-23:59', weekend: [] } } })
  .extend<{ database: PlayedDatabase }>({
    database: ({ world, server }, use) => use(onPostgres(world, server)),
  }) as unknown as Test;
