import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { fingerprintOf } from '../../config/fingerprint.ts';
import { targetFile } from '../../config/load/load.ts';
import type { Target } from '../../config/schema/target.ts';
import { workerIdentity } from '../../config/version.ts';
import { appendToAudit } from '../../state/audit-log.ts';
import type { RunningWorker } from '../../worker.ts';
import { say, sayOf } from '../output/say.ts';
import type { KnownTargets } from './known-targets.ts';
import type { Registration } from './place/registration.ts';
import { reportTrouble, reportTroubleOver } from './report-trouble.ts';
import { schedulesAtStart } from './schedules-at-start.ts';
import { judgeFile } from './take-over-file.ts';
import { watchDirectory } from './watch-directory.ts';

const INTERVAL_MILLISECONDS = 1000;
/** Somebody may be just editing it. */
const REPORT_MILLISECONDS = 5 * 60_000;

interface Watch {
  readonly client: Client;
  readonly targets: readonly Target[];
  readonly worker: Pick<RunningWorker, 'change'>;
  readonly registration: Registration;
  readonly known: KnownTargets;
  /** False: schedules stay as they are. */
  readonly schedules: boolean;
}

/** What keeps a file from being taken over, and since when. */
interface Trouble {
  readonly why: string;
  readonly since: number;
  isReported: boolean;
}

/**
 * Takes changes of targets' files over while they are served: runs that begin from then on do by the new policy, others go on by
 * theirs. A file that cannot be served leaves the old policy in force, and is told.
 */
export function watchTargets(watch: Watch): { stop(): Promise<void> } {
  const { client, registration, known, worker, schedules } = watch;
  const served = new Map(watch.targets.map((target) => [target.name, target]));
  const troubles = new Map<string, Trouble>();
  const over = new AbortController();
  const ended = loop(dirname(targetFile('any')));

  return {
    async stop() {
      over.abort();
      await ended;
    },
  };

  async function loop(directory: string): Promise<void> {
    const files = watchDirectory(directory);
    while (!over.signal.aborted) {
      await attempt(() => inspect(files));
      await attempt(report);
      await sleep(INTERVAL_MILLISECONDS, undefined, { signal: over.signal }).catch(() => {});
    }
  }

  async function inspect(files: ReturnType<typeof watchDirectory>): Promise<void> {
    const now = performance.now();
    if (!files.isAtRest(now)) return;
    const all = [...served.values()];
    const ready = all.filter(({ name }) => !files.isUnended(targetFile(name), now));
    if (ready.length === all.length) files.settled();
    for (const target of ready) await attempt(() => judge(target));
    known.refresh([...served.values()]);
  }

  async function judge(before: Target): Promise<void> {
    const { name } = before;
    const verdict = judgeFile(targetFile(name), before);
    if (verdict.what === 'trouble') return keep(before, verdict.why);
    const wasTrouble = troubles.get(name);
    troubles.delete(name);
    const now = verdict.what === 'changed' ? verdict.target : before;
    if (verdict.what === 'changed') {
      take(before, now, verdict.parts);
      if (schedules) await schedulesAtStart(client, [now]);
    } else if (wasTrouble) sayOf({ target: name }, `"${name}" is served as its file says again`);
    if (verdict.what === 'changed' || wasTrouble) await registration.change(now);
    if (wasTrouble?.isReported) await reportTroubleOver(client, now);
  }

  function take(before: Target, target: Target, parts: readonly string[]): void {
    const { name } = target;
    const policy = fingerprintOf(target);
    worker.change(target);
    served.set(name, target);
    sayOf(
      { target: name },
      `Took "${targetFile(name)}" over as policy ${policy}, in place of ${fingerprintOf(before)}: ${parts.join(', ')} changed. Runs that go on keep theirs`,
    );
    note(target, {
      run: `policy ${policy}`,
      what: 'took over',
      from: `policy ${fingerprintOf(before)}`,
      reason: `changed: ${parts.join(', ')}`,
    });
  }

  async function keep(target: Target, why: string): Promise<void> {
    const { name } = target;
    const known = troubles.get(name);
    if (known?.why === why) return;
    const { since = performance.now(), isReported = false } = known ?? {};
    troubles.set(name, { why, since, isReported });
    const policy = fingerprintOf(target);
    sayOf({ target: name }, `Warning: "${name}" goes on by policy ${policy}, read before: ${why}`);
    note(target, { run: `policy ${policy}`, what: 'kept', reason: why });
    await registration.change(target, why.slice(0, 4000));
  }

  /** People hear of what is not put right soon. */
  async function report(): Promise<void> {
    const late = performance.now() - REPORT_MILLISECONDS;
    for (const [name, trouble] of troubles) {
      if (trouble.isReported || trouble.since > late) continue;
      await reportTrouble(client, served.get(name)!, trouble.why);
      trouble.isReported = true;
    }
  }
}

type Event = Omit<Parameters<typeof appendToAudit>[1][number], 'at' | 'by'>;

/** A state directory that cannot be written is reported by the run that takes the target. */
function note(target: Target, event: Event): void {
  try {
    appendToAudit(target, [{ at: new Date().toISOString(), by: workerIdentity(), ...event }]);
  } catch (error) {
    sayOf({ target: target.name }, `Warning: Cannot write the audit: ${(error as Error).message}`);
  }
}

/** What goes wrong with one target, or with Temporal, ends no watch. */
async function attempt(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    say(`Warning: Cannot watch the files of targets: ${(error as Error).message}`);
  }
}
