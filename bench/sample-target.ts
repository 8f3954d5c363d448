import { join } from 'node:path';
import type { z } from 'zod';
import { type SqliteTarget, Target } from '../src/config/schema/target.ts';
import { SAMPLE_TABLE } from '../src/dev/demo/sample-database.ts';
import { freePort } from '../src/dev/server/free-port.ts';

/** The sample application, on a port from `port` on, whose state has a directory of its own. */
export async function sampleTarget(
  directory: string,
  port: number,
  more: Partial<z.input<typeof Target>> = {},
): Promise<SqliteTarget> {
  const url = `http://127.0.0.1:${await freePort(port)}`;
  return Target.parse({
    name: 'bench',
    directory,
    state: join(directory, 'measured'),
    runtime: { kind: 'process', command: ['false'] },
    app: { kind: 'web', url, health: `${url}/_stcore/health` },
    database: { kind: 'sqlite', file: join(directory, 'bench.db'), keyTable: SAMPLE_TABLE },
    backups: { directory: join(directory, 'backups') },
    ...more,
  }) as SqliteTarget;
}
