import { readFileSync } from 'node:fs';
import { countText } from '../../../config/text/count-text.ts';
import type { Figure } from '../../../figures/figure.ts';
import { inMebibytes } from '../../../os/files/disk-space.ts';
import { groupMemory } from '../../host/cgroup.ts';
import { hostMemory } from '../../host/memory.ts';
import { limitsOf } from '../judging/judged.ts';
import { measured, notApplicable, type Sampling, unknown } from '../sampling.ts';

/** What each process shares is asked of so many only: it takes the kernel 5 ms a process. */
const MAX_ASKED = 20;

/** `memory.host`, `memory.container`, `memory.application` (what its processes hold), `memory.oomKills` since the last sample. */
export async function memory(sampling: Sampling): Promise<readonly Figure[]> {
  return [host(sampling), container(sampling), application(sampling), kills(sampling)];
}

function host(sampling: Sampling): Figure {
  const { bytes, available } = hostMemory();
  const value = 1 - available / bytes;
  return measured(
    sampling,
    'memory.host',
    {
      value,
      unit: 'ratio',
      source: '/proc/meminfo',
      note: `${Math.round(value * 100)} % of ${inMebibytes(bytes)} used, ${inMebibytes(available)} available`,
    },
    limitsOf(sampling.target, 'memory'),
  );
}

function container(sampling: Sampling): Figure {
  const name = 'memory.container';
  const source = '/proc/<pid>/cgroup';
  const [pid] = sampling.pids;
  const group = pid === undefined ? undefined : groupMemory(pid);
  if (!group)
    return notApplicable(sampling, name, 'ratio', source, 'The application has no limit of memory');
  const { limit, used, version } = group;
  const value = used / limit;
  return measured(
    sampling,
    name,
    {
      value,
      unit: 'ratio',
      source: `${source} (version ${version})`,
      note: `${Math.round(value * 100)} % of ${inMebibytes(limit)} used, without caches`,
    },
    limitsOf(sampling.target, 'memory'),
  );
}

function application(sampling: Sampling): Figure {
  const name = 'memory.application';
  const { pids, stopped } = sampling;
  const source = '/proc/<pid>/smaps_rollup';
  if (stopped !== undefined) return notApplicable(sampling, name, 'bytes', source, stopped);
  if (pids.length === 0)
    return unknown(sampling, name, 'bytes', source, 'No process of the application is seen');
  const held = pids.slice(0, MAX_ASKED).flatMap((pid) => heldBy(pid) ?? []);
  if (held.length === 0)
    return unknown(sampling, name, 'bytes', source, 'Its processes cannot be read from here');
  const value = held.reduce((sum, bytes) => sum + bytes, 0);
  const note = `${inMebibytes(value)} in ${countText(pids.length, 'process', 'processes')}`;
  return measured(sampling, name, { value, unit: 'bytes', source, note });
}

/** Pss counts what is shared once; where only root may see it, the resident set counts it each time. */
export function heldBy(pid: number): number | undefined {
  return (
    kilobytesIn(`/proc/${pid}/smaps_rollup`, /^Pss:\s+(\d+) kB$/m) ??
    kilobytesIn(`/proc/${pid}/status`, /^VmRSS:\s+(\d+) kB$/m)
  );
}

/**
 * Of the group that the application is in, while it is the same process as in the last sample: the usual victim is the application
 * itself, whose group is gone then, or counts from 0 again under the same name. What the machine has counted meanwhile tells it. Seen
 * once: the next sample begins from it.
 */
function kills(sampling: Sampling): Figure {
  const name = 'memory.oomKills';
  const { pids, since } = sampling;
  const [pid] = pids;
  const group = pid === undefined ? undefined : groupMemory(pid)?.kills;
  const machine = numberIn('/proc/vmstat', /^oom_kill (\d+)$/m);
  // Both are kept, whichever is told now.
  const grown = {
    machine: machine === undefined ? undefined : since.grown('oom machine', machine),
    group:
      group === undefined ? undefined : since.grown(`oom group of ${pid} ${startOf(pid!)}`, group),
  };
  const ofGroup = grown.group !== undefined || machine === undefined;
  const source = ofGroup ? "oom_kill of the application's cgroup" : '/proc/vmstat';
  if (group === undefined && machine === undefined)
    return notApplicable(sampling, name, 'count', source, 'This kernel does not count them');
  const value = (ofGroup ? grown.group : grown.machine)?.by ?? 0;
  const where = ofGroup ? '' : ' on this machine';
  return measured(
    sampling,
    name,
    {
      value,
      unit: 'count',
      source,
      note:
        value === 0
          ? `No process${where} was ended for lack of memory since the last sample`
          : `${countText(value, 'process', 'processes')}${where} ended for lack of memory since the last sample`,
    },
    { verdict: value === 0 ? 'ok' : 'warning', limit: 'warning from 1' },
  );
}

/** With its pid it names one process. See proc_pid_stat(5): the 22nd field. */
function startOf(pid: number): number | undefined {
  return numberIn(`/proc/${pid}/stat`, /^.*\) (?:\S+ ){19}(\d+) /s);
}

function kilobytesIn(file: string, pattern: RegExp): number | undefined {
  const found = numberIn(file, pattern);
  return found === undefined ? undefined : found * 1024;
}

function numberIn(file: string, pattern: RegExp): number | undefined {
  try {
    const found = pattern.exec(readFileSync(file, 'utf8'))?.[1];
    return found === undefined ? undefined : Number(found);
  } catch {
    return undefined;
  }
}
