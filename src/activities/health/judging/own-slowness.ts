import { readFileSync } from 'node:fs';

/** Above this share of the last 10 s in which something waited, times say more of this machine than of the application. */
const MAX_PRESSURE = 50;

/** Why times that are measured now say nothing of the application. Undefined: they do. See proc_pressure(5). */
export function ownSlowness(directory = '/proc/pressure'): string | undefined {
  for (const [resource, word] of [
    ['cpu', 'processors'],
    ['io', 'disks'],
  ] as const) {
    const waited = pressureOf(`${directory}/${resource}`);
    if (waited !== undefined && waited > MAX_PRESSURE)
      return `this machine waits for its ${word} itself (${Math.round(waited)} % of the last 10 s)`;
  }
  return undefined;
}

function pressureOf(file: string): number | undefined {
  try {
    const found = /^some avg10=([\d.]+)/m.exec(readFileSync(file, 'utf8'))?.[1];
    return found === undefined ? undefined : Number(found);
  } catch {
    return undefined;
  }
}
