import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Target } from '../../../../src/config/schema/target.ts';
import { OVERRIDE } from './limited.ts';

interface Asking {
  readonly stop: () => Promise<{ readonly refused: string[]; readonly by: ReadonlySet<string> }>;
}

/** Users who ask through the proxy all the time, each by a connection of its own: a proxy that reloads closes those that are idle. */
export function ask({ proxy }: Pick<Target, 'proxy'>): Asking {
  const refused: string[] = [];
  const by = new Set<string>();
  const asked = { over: false };
  const asking = (async () => {
    while (!asked.over) {
      const answer = await fetch(proxy!.url, { headers: { connection: 'close' } }).catch(
        (error: Error) => error,
      );
      const text =
        answer instanceof Error
          ? `${answer.message}: ${String(answer.cause)}`
          : await answer.text();
      if (answer instanceof Error || !answer.ok) refused.push(text);
      else by.add(text.split(' ')[0]!);
      await sleep(20);
    }
  })();
  return {
    async stop() {
      asked.over = true;
      await asking;
      return { refused, by };
    },
  };
}

export function overrideIn({ directory }: Pick<Target, 'directory'>): string | undefined {
  const file = join(directory, OVERRIDE);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
