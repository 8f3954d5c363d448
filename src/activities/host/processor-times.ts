import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** Milliseconds of all processors since the start of the machine. */
export interface Times {
  readonly all: number;
  /** With what they waited for disks: a machine whose disk is slow is not one whose processors are busy. */
  readonly idle: number;
}

/** USER_HZ is 100 on every Linux there is: https://man7.org/linux/man-pages/man5/proc_stat.5.html */
const TICK = 10;

export function processorTimes(file = '/proc/stat'): Times {
  return timesIn(file) ?? timesOfNode();
}

/** `cpu user nice system idle iowait irq softirq steal guest guest_nice`: guests are among users already. */
function timesIn(file: string): Times | undefined {
  try {
    const numbers = /^cpu +(.*)$/m.exec(readFileSync(file, 'utf8'))?.[1]?.trim().split(/\s+/);
    if (!numbers || numbers.length < 4) return undefined;
    const ticks = numbers.slice(0, 8).map(Number);
    const [, , , idle = 0, iowait = 0] = ticks;
    const all = ticks.reduce((sum, one) => sum + one, 0);
    return Number.isFinite(all) ? { all: TICK * all, idle: TICK * (idle + iowait) } : undefined;
  } catch {
    return undefined;
  }
}

/** Without Linux: Node says nothing of waiting. */
function timesOfNode(): Times {
  const each = cpus().map(({ times: { user, nice, sys, idle, irq } }) => ({
    all: user + nice + sys + idle + irq,
    idle,
  }));
  return each.reduce((sum, one) => ({ all: sum.all + one.all, idle: sum.idle + one.idle }), {
    all: 0,
    idle: 0,
  });
}
