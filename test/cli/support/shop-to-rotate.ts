import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { vi } from 'vitest';
import { stringify } from 'yaml';
import { createSystems } from '../../../src/activities/index.ts';
import type { Target } from '../../../src/config/schema/target.ts';
import { createDemoWorld } from '../../../src/dev/demo/demo-target.ts';
import { SAMPLE_TABLE } from '../../../src/dev/demo/sample-database.ts';
import { findOnPath } from '../../../src/dev/server/find-on-path.ts';
import { giveSecret } from '../../runbooks/rotate-secrets/with-secret.ts';
import { reservedPort } from '../../support/reserved-port.ts';
import { targetIn } from '../../support/target.ts';
import { TIMEOUT } from '../../support/timeouts.ts';

/** Why there is none here. */
export const whyNoShop =
  findOnPath('redis-server') && findOnPath('redis-cli') ? undefined : 'needs redis-server';

/** An application that runs, whose secret can be replaced after one of two people has approved it. `logins` of both. */
export async function openShop(
  directory: string,
  name: string,
  logins: Readonly<Record<'Ana' | 'Ben', string>>,
) {
  chmodSync(directory, 0o755);
  const template = targetIn(directory, {
    name,
    approvals: { by: ['operations'], quorum: 1, within: '30m', unproven: 'refuse' },
    contacts: {
      operations: { members: ['Ana', 'Ben'], logins: { Ana: [logins.Ana], Ben: [logins.Ben] } },
    },
    cache: {
      kind: 'redis',
      url: `redis://127.0.0.1:${await reservedPort()}`,
      scope: 'prefix:demo:',
    },
    app: {
      kind: 'web',
      url: `http://127.0.0.1:${await reservedPort()}`,
      health: 'http://127.0.0.1:1/_stcore/health',
      timeout: '5s',
      ready: { within: '15s', every: '1s' },
    },
    database: {
      kind: 'sqlite',
      file: join(directory, 'demo.db'),
      keyTable: SAMPLE_TABLE,
      mode: '600',
    },
  });
  const { target, redis } = await createDemoWorld(template, join(directory, 'app'), { rows: 500 });
  // Redis listens a moment after its start.
  await vi.waitFor(() => giveSecret(target), TIMEOUT);
  const { runtime, http } = createSystems(target, 'test');
  await runtime.start();
  await http.expectReady();
  const targets = join(directory, 'targets');
  mkdirSync(targets);
  writeFileSync(join(targets, `${name}.yaml`), stringify(target));
  return {
    target: target as Target,
    targets,
    async close() {
      await runtime.stop();
      await redis?.stop();
    },
  };
}
