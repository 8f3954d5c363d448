import { readFileSync } from 'node:fs';
import { onTestFinished } from 'vitest';
import { environmentOf, familyOf, processTable } from '../../../src/os/process/process-table.ts';

const INTERVAL = 25;

/**
 * Looks at the arguments and the environment of every process that the tests have started, directly or not, again and again, until `end`, which
 * answers where one of the words stood. `except`: processes that are known to have them, by a part of their arguments.
 */
export function watchProcesses(words: () => readonly string[], except: readonly string[] = []) {
  const found = new Set<string>();
  const looked = new Set<string>();
  // Once seen, it is ours, also when its parent has ended.
  const ours = new Set<string>();
  let looks = 0;
  const look = (): void => {
    looks += 1;
    const table = processTable();
    // The runner of the tests has started this process and the Temporal server.
    const family = new Set(familyOf(process.ppid, table));
    const inherited = new Set(
      table.filter(({ pid, startTime }) => ours.has(`${pid} ${startTime}`)).map(({ pid }) => pid),
    );
    for (const { pid, parent, startTime, alive } of table) {
      if (!alive || pid === process.pid || pid === process.ppid) continue;
      if (!family.has(pid) && !inherited.has(pid) && !inherited.has(parent)) continue;
      ours.add(`${pid} ${startTime}`);
      const command = readOr(`/proc/${pid}/cmdline`);
      if (command === '' || except.some((part) => command.includes(part))) continue;
      looked.add(`${pid} ${command}`);
      const text = [command, ...environmentOf(pid)].join('\n');
      for (const word of words())
        if (text.includes(word))
          found.add(`${word} in ${command.split('\0').join(' ').slice(0, 200)}`);
    }
  };
  const timer = setInterval(look, INTERVAL);
  onTestFinished(() => clearInterval(timer));
  return {
    /** `seen`: the command lines that it looked at. */
    end(): {
      readonly found: readonly string[];
      readonly looks: number;
      readonly seen: readonly string[];
    } {
      clearInterval(timer);
      look();
      return { found: [...found], looks, seen: [...looked] };
    },
  };
}

/** It may have ended. */
function readOr(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
