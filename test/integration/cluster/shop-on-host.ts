import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { createSampleDatabase, SAMPLE_TABLE } from '../../../src/dev/demo/sample-database.ts';
import { built } from '../../support/built.ts';
import { targetIn } from '../../support/target.ts';
import type { Host } from './hosts.ts';

/** Of the loopback of each host. */
const PORT = 8501;

/** What the disk of a host has of target `shop`: the same paths on each of them. `mount`: where its disk is on it. */
export function makeDisk({ disk }: Host, mount: string, trust?: { signers: string[] }): void {
  const url = `http://127.0.0.1:${PORT}`;
  const file = join(mount, 'shop.db');
  const target = targetIn(mount, {
    name: 'shop',
    runsAs: { user: 'root' },
    decisions: { wait: '0s', waitWhileDown: '0s' },
    escalation: [],
    figures: { every: 'off' },
    runtime: {
      kind: 'process',
      command: [process.execPath, built('src/dev/demo/sample-app.ts'), file, `${PORT}`, '1'],
    },
    app: {
      kind: 'web',
      url,
      health: `${url}/_stcore/health`,
      port: PORT,
      timeout: '5s',
      ready: { within: '30s', every: '1s' },
    },
    database: { kind: 'sqlite', file, keyTable: SAMPLE_TABLE, mode: '600' },
    backups: { directory: join(mount, 'backups'), ...(trust && { trust }) },
  });
  for (const name of ['targets', 'backups']) mkdirSync(join(disk, name), { recursive: true });
  const database = join(disk, 'shop.db');
  if (!existsSync(database)) createSampleDatabase(database, { rows: 2000 });
  writeFileSync(join(disk, 'targets/shop.yaml'), stringify(target));
}

/** In the database of its application, as that says it. */
export async function rowsOn({ inside }: Host): Promise<number> {
  const code = `fetch('http://127.0.0.1:${PORT}/metrics').then((r) => r.text()).then((t) => console.log(t))`;
  const [file, ...words] = [...inside, process.execPath, '-e', code];
  const { stdout } = await promisify(execFile)(file, words);
  return Number(/^measurements_rows (\d+)$/m.exec(stdout)?.[1]);
}
