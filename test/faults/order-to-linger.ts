import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SqliteTarget } from '../../src/config/schema/target.ts';

// Job processes inherit it; an application does not.
const preload = new URL('linger.ts', import.meta.url).href;
process.env['NODE_OPTIONS'] = `${process.env['NODE_OPTIONS'] ?? ''} --import=${preload}`.trim();

export type LingerWhen = 'working' | 'waiting';

/** Orders the next job of `activity` to linger: while it works, or before it begins to wait for the lock. */
export function orderToLinger({ directory }: SqliteTarget, activity: string, when: LingerWhen) {
  const order = join(directory, '..', 'linger.json');
  rmSync(`${order}.begun`, { force: true });
  writeFileSync(order, JSON.stringify({ activity, when }));

  return {
    /** Resolves when it lingers. */
    async begun(): Promise<void> {
      for (const end = Date.now() + 60_000; !existsSync(`${order}.begun`); await sleep(5))
        if (Date.now() > end) throw new Error(`"${activity}" never lingered: it changes nothing?`);
    },

    end(): void {
      rmSync(order, { force: true });
    },
  };
}
