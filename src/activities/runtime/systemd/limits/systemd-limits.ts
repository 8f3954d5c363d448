import type { SystemdRuntime } from '../../../../config/schema/runtime.ts';
import type { Target } from '../../../../config/schema/target.ts';
import type { Stamp } from '../../../../config/time/stamp.ts';
import { passing, permanent } from '../../../../os/failure.ts';
import { inMebibytes } from '../../../../os/files/disk-space.ts';
import { memoryOf } from '../../../../os/process/memory-of.ts';
import { hasLimits, type Limits, limitsText } from '../../compose/compare/limits.ts';
import { expectFeasible } from '../../compose/limits/feasible.ts';
import type { FoundLimits } from '../../compose/limits/find-limits.ts';
import type { WentBack } from '../../compose/limits/go-back.ts';
import { systemctl } from '../systemctl.ts';
import { knownUnit } from '../unit.ts';
import { processesOf } from '../unit-processes.ts';
import {
  type ControlFiles,
  readControlFiles,
  removeRuntimeFiles,
  restoreControlFiles,
} from './control-files.ts';
import { forgetControls, keepControls, readKeptControls } from './kept-controls.ts';
import { asProperties, kernelLimit, limitsOfUnit, machine } from './unit-limits.ts';

/**
 * Limits of a unit, by `systemctl set-property`, which needs no restart. systemd counts its unit as changed after each of them: that is why
 * it reads its files again, and why nobody else's change may wait there.
 */
export function systemdLimits(target: Target, { unit: name }: SystemdRuntime) {
  return {
    async find(wanted: Limits): Promise<FoundLimits> {
      const unit = await knownUnit(name);
      expectSettable(unit.load, unit.isTransient);
      if (unit.isStale && !isForNow())
        throw permanent(
          'CannotCheck',
          `The files of unit "${name}" were changed since systemd has read them, and to set limits would make that count. Look at it, then: systemctl daemon-reload`,
        );
      const pids = processesOf(unit).map(({ pid }) => pid);
      const held = pids.length === 0 ? 0 : memoryOf(pids);
      const now = limitsOfUnit(unit);
      const live = { memory: now.memory ?? 0, swap: -1, nanoCpus: (now.cpus ?? 0) * 1e9 };
      expectFeasible({ wanted, machine, live, held });
      return {
        // What holds until the machine starts anew is none that stays.
        same: hasLimits(now, wanted) && !isForNow(),
        note: [
          `It may use ${limitsText(now)}`,
          held === undefined
            ? 'What it uses cannot be seen from here'
            : `It uses ${inMebibytes(held)}`,
          `Its machine has ${limitsText(machine)}`,
          ...throttleText(unit.raw.get('MemoryHigh')?.[0], wanted),
        ].join('. '),
      };
    },

    async set(stamp: Stamp, wanted: Limits): Promise<{ readonly changed: boolean }> {
      const now = limitsOfUnit(await knownUnit(name));
      if (!readKeptControls(target, stamp))
        keepControls(target, { stamp, live: asProperties(now), files: readControlFiles(name) });
      if (hasLimits(now, wanted)) return { changed: false };
      await setProperties(['--runtime'], wanted);
      return { changed: true };
    },

    async persist(stamp: Stamp, wanted: Limits) {
      const kept = readKeptControls(target, stamp);
      if (!kept) throw permanent('StateUnusable', 'Nobody knows what the limits were before');
      await setProperties([], wanted);
      removeRuntimeFiles(name);
      keepControls(target, { ...kept, written: readControlFiles(name) });
      await systemctl(['daemon-reload']);
      return { changed: true, file: `/etc/systemd/system.control/${name}.d` };
    },

    async expectSet(wanted: Limits): Promise<{ readonly note: string }> {
      const unit = await knownUnit(name);
      const now = limitsOfUnit(unit);
      if (!hasLimits(now, wanted))
        throw passing('LimitsDiffer', `By systemd unit "${name}" may use ${limitsText(now)}`);
      if (unit.isStale)
        throw passing('LimitsDiffer', `systemd has not read the files of unit "${name}" again`);
      const kernel = kernelLimit(unit);
      // The kernel counts in pages.
      if (
        wanted.memory !== undefined &&
        kernel !== undefined &&
        Math.abs(kernel - wanted.memory) > 2 ** 16
      )
        throw passing('LimitsDiffer', `Its kernel lets it use ${limitsText({ memory: kernel })}`);
      const unseen =
        wanted.memory !== undefined && kernel === undefined && processesOf(unit).length > 0;
      return {
        note: [
          `It may use ${limitsText(now)}, and so after each start`,
          ...(unseen ? ['That the kernel holds it to that cannot be seen on this machine'] : []),
        ].join('. '),
      };
    },

    async goBack(stamp: Stamp): Promise<WentBack> {
      const kept = readKeptControls(target, stamp);
      if (!kept) return { changed: false };
      const { live, files, written } = kept;
      if (written && isOthers(written, files)) {
        forgetControls(target);
        return {
          changed: true,
          stays: `Limits of unit "${name}" were set by somebody else since: look which ones hold, systemctl show -p MemoryMax,CPUQuotaPerSecUSec ${name}`,
        };
      }
      // First live: then nothing but files is left, which a try after a crash puts back.
      await systemctl([
        'set-property',
        '--runtime',
        '--',
        name,
        `MemoryMax=${live.memory}`,
        `CPUQuota=${live.cpus}`,
      ]);
      restoreControlFiles(files);
      await systemctl(['daemon-reload']);
      forgetControls(target);
      return { changed: true };
    },
  };

  /** Each file is as the run has left it, or back already by a try that was killed. What holds for now only, that try has changed first. */
  function isOthers(written: ControlFiles, before: ControlFiles): boolean {
    const files = Object.entries(readControlFiles(name));
    return files.some(
      ([path, text]) =>
        !path.startsWith('/run/') && text !== written[path] && text !== before[path],
    );
  }

  /** Set until the machine starts anew: by a run that has not come to its end, or by hand. What systemd has not read is that, then. */
  function isForNow(): boolean {
    const files = Object.entries(readControlFiles(name));
    return files.some(([path, text]) => text !== null && path.startsWith('/run/'));
  }

  async function setProperties(flags: readonly string[], { memory, cpus }: Limits): Promise<void> {
    const properties = asProperties({
      ...(memory !== undefined && { memory }),
      ...(cpus !== undefined && { cpus }),
    });
    await systemctl([
      'set-property',
      ...flags,
      '--',
      name,
      ...(memory === undefined ? [] : [`MemoryMax=${properties.memory}`]),
      ...(cpus === undefined ? [] : [`CPUQuota=${properties.cpus}`]),
    ]);
  }

  function expectSettable(load: string, isTransient: boolean): void {
    if (load !== 'loaded')
      throw permanent('NotReady', `systemd has no unit "${name}" that it could limit: ${load}`);
    if (isTransient)
      throw permanent(
        'NotApplicable',
        `Unit "${name}" was made by "systemd-run", and is gone with its end: no limit of it stays`,
      );
  }
}

/** The kernel slows it down from there on, whatever it may use. */
function throttleText(high: string | undefined, { memory }: Limits): string[] {
  const at = Number(high);
  return memory !== undefined && Number.isFinite(at) && at < memory
    ? [`Its MemoryHigh slows it down from ${inMebibytes(at)} on, and stays`]
    : [];
}
