import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { createSampleDatabase, SAMPLE_TABLE } from '../../../src/dev/demo/sample-database.ts';
import type { BootedSystemd } from '../../support/systemd/booted-systemd.ts';
import { targetIn } from '../../support/target.ts';

export const NAME = 'shop';

/** A target as docs/install.md lays it out: below /etc, its application in a directory of its user. */
export async function makeShop(
  machine: BootedSystemd,
  shared: string,
  port: number,
): Promise<void> {
  const directory = join(shared, NAME);
  mkdirSync(join(directory, 'backups'), { recursive: true });
  const file = join(directory, 'demo.db');
  createSampleDatabase(file, { rows: 2000 });
  const app = join(shared, 'opt/1/node_modules/durable-runbooks/dist/dev/demo/sample-app.js');
  const url = `http://127.0.0.1:${port}`;
  const target = targetIn(directory, {
    name: NAME,
    decisions: { wait: '0s', waitWhileDown: '0s' },
    escalation: [],
    figures: { every: 'off' },
    watchdog: { to: ['operations'] },
    contacts: { operations: { email: 'operations@example.com' } },
    channels: { email: { kind: 'smtp', url: 'env:SMTP_URL', from: 'shop@example.com' } },
    runtime: {
      kind: 'process',
      command: [join(shared, 'opt/1/node_modules/.bin/node'), app, file, String(port), '1'],
      log: join(directory, 'app.log'),
    },
    app: {
      kind: 'web',
      url,
      health: `${url}/_stcore/health`,
      port,
      timeout: '5s',
      ready: { within: '60s', every: '1s' },
    },
    database: { kind: 'sqlite', file, keyTable: SAMPLE_TABLE, mode: '600' },
  });
  const text = join(shared, `${NAME}.yaml`);
  writeFileSync(text, stringify(target));
  machine.write(`/etc/durable-runbooks/targets/${NAME}.yaml`, readFileSync(text, 'utf8'));
  machine.run('chown', '-R', `${NAME}:`, directory);
}
