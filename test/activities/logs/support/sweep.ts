import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { z } from 'zod';
import { LogFile } from '../../../../src/config/schema/logs.ts';
import type { SqliteTarget } from '../../../../src/config/schema/target.ts';
import { everyMoment } from '../../../support/every-moment.ts';
import { type Power, withPlace } from '../../../support/power-cut.ts';
import { killedAt } from '../../../support/strace.ts';
import { targetIn } from '../../../support/target.ts';
import { rotateLogs } from './rotate-logs.ts';
import { day } from './world.ts';
import { built } from '../../../support/built.ts';

type Rotate = z.input<typeof LogFile>['rotate'];

export interface Sweep {
  readonly rotate: Rotate;
  /** Default: on. */
  readonly power?: Power;
  /** Kills at system calls of this name, wherever they come from. */
  readonly call?: string;
  /** Takes every so manieth change only. Default 1. */
  readonly stride?: number;
  /** False on a file system without hard links. */
  readonly links?: false;
  /** Makes the log and its past. */
  readonly arrange: (live: string, target: SqliteTarget) => Promise<void> | void;
  /** What holds while the process is dead. */
  readonly meanwhile?: (live: string, n: number) => void;
  /** What holds when the same run has tried again, and when the next run comes instead. */
  readonly afterwards: (live: string, n: number) => void;
}

/** Kills the run of day 1 before its first change, then its second, and so on, each in a fresh world. Tells how many there were. */
export async function killEverywhere(sweep: Sweep): Promise<number> {
  const changes = await everyMoment(sweep.stride ?? 1, (n) => killAt(n, sweep));
  process.stdout.write(`${changes} changes${sweep.call ? ` by ${sweep.call}` : ''}\n`);
  return changes;
}

async function killAt(
  n: number,
  { power = 'on', arrange, meanwhile, afterwards, ...sweep }: Sweep,
) {
  let killed = false;
  for (const again of [1, 2]) {
    await withPlace(power, async ({ directory, settle, cut }) => {
      const live = join(directory, 'app.log');
      const log = LogFile.parse({ file: live, rotate: sweep.rotate });
      const target = targetIn(directory, { logs: [log] });
      mkdirSync(target.state);
      await arrange(live, target);
      settle();
      killed = await playKilled(target, n, sweep);
      cut();
      if (killed) meanwhile?.(live, n);
      await rotateLogs(target, day(again));
      afterwards(live, n);
    });
    if (!killed) break;
  }
  return killed;
}

async function playKilled(
  target: SqliteTarget,
  n: number,
  { call, links }: Pick<Sweep, 'call' | 'links'>,
) {
  const script = [built('test/activities/logs/support/act.ts'), JSON.stringify(target), day(1)];
  const preload = links === false ? ['--import', sqlite('no-links.ts')] : [];
  const { signal, exitCode, stderr } = call
    ? await execa(...killedAt(call, n, process.execPath, ...preload, ...script), { reject: false })
    : await execa(process.execPath, [...preload, '--import', sqlite('die-at-call.ts'), ...script], {
        env: { DIE_AT: `${n}`, DIE_IN: target.directory, DIE_AT_OPEN: '1' },
        reject: false,
      });
  if (signal !== 'SIGKILL' && exitCode !== 0) throw new Error(stderr);
  return signal === 'SIGKILL';
}

function here(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

function sqlite(name: string): string {
  return here(`../../database/support/${name}`);
}
