import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { permanent } from '../../../os/failure.ts';
import { commandOf, type ProcessEntry, processTable } from '../../../os/process/process-table.ts';

/** It reads names of hosts and certificates first, and tries for 2.5 s to get a port that is taken. */
const WITHIN = 20_000;
const PAUSE = 50;
/** Behind these it runs on this host all the same. */
const AS_ANOTHER = new Set(['sudo', 'doas']);

/**
 * What tells whether nginx takes its configuration: `nginx -s reload` succeeds as soon as the signal is sent, and one that cannot be taken, as
 * with a port that somebody else has, leaves the old one in force without a word. Called before the signal; what it answers, after it. Error:
 * `ProxyRefused`. Where its processes are not seen, as in a container, nothing is demanded.
 */
export function watchTaking(command: readonly string[], shown: string): () => Promise<void> {
  const master = isHere(command) ? masterOf(shown) : undefined;
  if (master === undefined) return async () => {};
  const before = new Set(childrenOf(master).map(keyOf));
  if (before.size === 0) return async () => {};
  return async () => {
    // Those that know the new one are begun before the old ones are told to go.
    for (const end = performance.now() + WITHIN; performance.now() < end; await sleep(PAUSE))
      if (childrenOf(master).some((child) => !before.has(keyOf(child)))) return;
    throw permanent(
      'ProxyRefused',
      `The proxy was told to read its configuration anew, and goes on with the old one after ${WITHIN / 1000} s: its error log says why`,
    );
  };
}

function isHere(command: readonly string[]): boolean {
  const [program] = command.map((word) => basename(word)).filter((word) => !AS_ANOTHER.has(word));
  return program === 'nginx';
}

/** By the file that its configuration names, not one that a comment has. */
function masterOf(shown: string): number | undefined {
  const said = shown.replaceAll(/^\s*#.*$/gm, '');
  const file = /(?:^|[;{}\s])pid\s+"?(\/[^\s;"]+)"?\s*;/.exec(said)?.[1];
  try {
    const pid = Number(readFileSync(file ?? '/run/nginx.pid', 'utf8'));
    return commandOf(pid)?.startsWith('nginx: master process') ? pid : undefined;
  } catch {
    return undefined;
  }
}

function keyOf({ pid, startTime }: ProcessEntry): string {
  return `${pid} ${startTime}`;
}

function childrenOf(master: number): ProcessEntry[] {
  return processTable().filter(({ parent, alive }) => parent === master && alive);
}
