import { join } from 'node:path';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import { SAMPLE_TABLE } from '../../src/dev/demo/sample-database.ts';
import { reservedPort } from '../support/reserved-port.ts';
import { targetIn } from '../support/target.ts';

/** What `createDemoWorld` makes a target of: a sample application that nobody is there to decide about. */
export async function sampleTarget(
  directory: string,
  overrides: Parameters<typeof targetIn>[1],
): Promise<SqliteTarget> {
  const url = `http://127.0.0.1:${await reservedPort()}`;
  return targetIn(directory, {
    decisions: { wait: '0s', waitWhileDown: '0s' },
    app: {
      kind: 'web',
      url,
      health: `${url}/_stcore/health`,
      timeout: '5s',
      ready: { within: '20s', every: '1s' },
    },
    database: {
      kind: 'sqlite',
      file: join(directory, 'demo.db'),
      keyTable: SAMPLE_TABLE,
      mode: '600',
    },
    ...overrides,
  });
}
