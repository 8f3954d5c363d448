import { databaseFiles } from '../../config/load/database-text.ts';
import { isIP } from 'node:net';
import { cpus, loadavg } from 'node:os';
import { dirname } from 'node:path';
import { countText } from '../../config/text/count-text.ts';
import type { Target } from '../../config/schema/target.ts';
import { asRatio } from '../../config/schema/values/quantities.ts';
import { inMebibytes } from '../../os/files/disk-space.ts';
import { processTable } from '../../os/process/process-table.ts';
import { programOf } from '../../os/process/program-of.ts';
import { applicationPids } from '../database/sqlite/locks/lock-holders.ts';
import { cpuShare } from './cpu.ts';
import type { SeenDisk } from './disk-of.ts';
import { disksOf, diskText, hungText, isFull } from './disks.ts';
import { largestProcesses } from './largest-processes.ts';
import { listenersOn } from './listeners.ts';
import { memory } from './memory.ts';

export interface Resources {
  /** One sentence for each figure. */
  readonly notes: readonly string[];
  /** Those above the target's limits. */
  readonly concerns: readonly string[];
}

export interface PortFinding {
  /** Who listens on the application's port, and is none of it. */
  readonly stranger?: string;
  /** Somebody does, be it the application. Missing: nobody can tell. */
  readonly listens?: boolean;
  readonly note: string;
}

/** Containers publish their ports by it: behind it may be the application. */
const PROXIES = new Set(['docker-proxy', 'rootlessport']);

/** The machine on which the target lies. Everything here only reads. */
export function hostActivities(target: Target) {
  const { metrics, app } = target;

  return {
    /** Every disk on which the target lies, once. `hung`: those of the application that do not answer, if there are any. */
    async disks(): Promise<{ full: string[]; hung?: string[]; note: string }> {
      const { seen, hung } = await disksOf(target);
      const needed = [target.directory, ...databaseFiles(target.database).map(dirname)];
      const silent = hung.filter((place) => needed.includes(place)).map(hungText);
      return {
        full: seen.filter(isFull).map(diskText),
        ...(silent.length > 0 && { hung: silent }),
        note: [...seen.map(diskText), ...hung.map(hungText)].join('; '),
      };
    },

    /** CPU, memory and disks, judged by the target's `metrics`. */
    async resources(): Promise<Resources> {
      const cpu = await cpuShare();
      const { bytes, available } = memory();
      const inUse = 1 - available / bytes;
      const { seen, hung } = await disksOf(target);
      const [load = 0] = loadavg();
      const figures = [
        {
          what: 'cpu' as const,
          share: cpu,
          more: `, load ${load.toFixed(1)} on ${countText(cpus().length, 'core')}`,
        },
        {
          what: 'memory' as const,
          share: inUse,
          more: `, ${inMebibytes(available)} available; most have ${largestProcesses(3).join(', ')}`,
        },
        ...seen.map(({ place, used, available: left }: SeenDisk) => ({
          what: 'disk' as const,
          share: used,
          more: `, ${inMebibytes(left)} left in "${place}"`,
        })),
      ];
      const concerns = figures.flatMap(({ what, share, more }) => {
        const over = overLimit(metrics[what], share);
        return over === undefined ? [] : `${what} ${percent(share)}${more}: ${over}`;
      });
      const inodes = seen
        .filter((disk) => isFull(disk) || disk.inodes > 0.95)
        .map((disk) => `disk ${diskText(disk)}`);
      const silent = hung.map(hungText);
      return {
        notes: [
          ...figures.map(({ what, share, more }) => `${what} ${percent(share)}${more}`),
          ...silent,
        ],
        concerns: [...concerns, ...inodes, ...silent],
      };
    },

    /** Who has the application's port, when that is not the application. */
    async port(): Promise<PortFinding> {
      const { hostname, port: named, protocol } = new URL(app.url);
      const port = app.port ?? Number(named || (protocol === 'https:' ? 443 : 80));
      if (!isHere(hostname))
        return { note: `Port ${port} of "${hostname}" is not of this machine` };
      const listeners = listenersOn(port);
      if (!listeners) return { note: `Port ${port}: unknown, this system has no /proc` };
      // Of another user, or in another container: it may be the application itself.
      if (listeners.includes(0))
        return {
          listens: true,
          note: `Port ${port} is open, and by whom is unknown: that process cannot be seen from here`,
        };
      const own = await applicationPids(target, processTable());
      const others = listeners
        .filter((pid) => !own.has(pid))
        .map((pid) => ({ pid, program: programOf(String(pid)) }))
        .filter(({ program }) => !PROXIES.has(program));
      if (others[0]) {
        const { pid, program } = others[0];
        const who = `${program} (process ${pid})`;
        return { stranger: who, listens: true, note: `Port ${port} is taken by ${who}` };
      }
      const listens = listeners.length > 0;
      return { listens, note: `Port ${port} is ${listens ? 'open' : 'free'}` };
    },
  };
}

function isHere(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '');
  return bare === 'localhost' || bare === '::1' || (isIP(bare) === 4 && /^(127|0)\./.test(bare));
}

function overLimit(
  limits:
    | { readonly warning?: string | undefined; readonly critical?: string | undefined }
    | undefined,
  share: number,
): string | undefined {
  for (const level of ['critical', 'warning'] as const) {
    const limit = limits?.[level];
    if (limit !== undefined && share > asRatio(limit)) return `${level} above ${limit}`;
  }
  return undefined;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
