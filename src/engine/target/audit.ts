import { CancellationScope, proxyActivities } from '@temporalio/workflow';
import type { Recording, RunActivities, Stop } from '../../activities/served-by-worker/runs.ts';
import type { TargetActivities } from '../../activities/served-by-worker/target.ts';
import { targetQueue } from '../../config/queues.ts';
import type { Who } from '../../config/border/who.ts';
import type { AuditEvent } from '../../state/audit-log.ts';
import { placePolicy, quick, UNTAKEN_LIMIT } from '../run/activity-policies.ts';
import { reasonOf } from '../run/ending.ts';
import { type Call, wrongPlaceOf } from '../systems/systems.ts';

interface AuditContext {
  readonly run: string;
  readonly target: string;
  readonly call: Call;
  readonly notify: (...sentences: string[]) => Promise<void>;
  /** A plan changes nothing, and leaves nothing. */
  readonly silent: boolean;
}

type Happening = Omit<AuditEvent, 'run'>;

/**
 * Brings what happens to a run into the target's audit, and its report beside it. The start comes there with the claim and
 * the end with the report, so that a run to which nobody does anything costs one activity. What cannot be written is reported,
 * tried again with what comes next, and never stops a run.
 */
export function openAudit({ run, target, call, notify, silent }: AuditContext) {
  /** In order: what the file does not have yet. */
  let unwritten: AuditEvent[] = [];
  /** What could not be written waits for the next event: a full disk must not delay every step. */
  const tried = new Set<AuditEvent>();
  /** One after the other: whoever asks returns when what others began is in the file, too. */
  let flushed = Promise.resolve();

  const note = ({ at, ...rest }: Happening): void => {
    if (!silent) unwritten.push({ at, run, ...rest });
  };

  const written = (events: readonly AuditEvent[]): void => {
    unwritten = unwritten.filter((event) => !events.includes(event));
  };

  return {
    note,

    /** Whoever started the run is known now, and an event of them that is not in the file yet says so. */
    identified(who: Who): void {
      unwritten = unwritten.map((event) =>
        event.what === 'started' ? { ...event, by: who.name, who } : event,
      );
    },

    /** For an activity that is called anyway: it answers as text why it could not write them. */
    async carried<Answer extends { readonly unaudited?: string }>(
      carry: (events: readonly AuditEvent[]) => Promise<Answer>,
    ): Promise<Answer> {
      const events = [...unwritten];
      const answer = await carry(events);
      for (const event of events) tried.add(event);
      if (answer.unaudited) await notify(unwritable(answer.unaudited));
      else written(events);
      return answer;
    },

    flush,

    /** What people answered is in the file before the run goes on. */
    async after<Answer>(answer: Promise<Answer>): Promise<Answer> {
      try {
        return await answer;
      } finally {
        await flush();
      }
    },

    /** `held`: the target's worker has to come anyway, and is waited for. Answers who stopped the run. */
    async record(
      recording: Omit<Recording, 'events'>,
      { held }: { readonly held: boolean },
    ): Promise<Stop | undefined> {
      if (silent) return undefined;
      try {
        const write = () => recorded({ ...recording, events: unwritten }, held);
        return (await CancellationScope.nonCancellable(write)).stop;
      } catch (error) {
        await notify(`Cannot write the report of this run: ${reasonOf(error).message}`);
        return undefined;
      }
    },
  };

  async function recorded(recording: Recording, held: boolean): Promise<{ stop?: Stop }> {
    const type = 'runs.record' satisfies keyof RunActivities;
    const options = { ...quick, summary: 'Write the report' };
    if (held) return (await call(type, [recording], options)) as { stop?: Stop };
    const worker = {
      taskQueue: targetQueue(target),
      scheduleToStartTimeout: UNTAKEN_LIMIT,
    } as const;
    const record = proxyActivities<RunActivities>({ ...options, ...worker })[type];
    const { 'target.locate': locate } = proxyActivities<TargetActivities>({
      ...placePolicy,
      ...worker,
      scheduleToCloseTimeout: UNTAKEN_LIMIT,
      summary: 'Find the place',
    });
    for (;;) {
      try {
        return await record(recording);
      } catch (error) {
        if (wrongPlaceOf(error) === undefined) throw error;
        await locate(type);
      }
    }
  }

  /** Returns when all that was noted is in the file. */
  function flush(): Promise<void> {
    flushed = flushed.then(writeNew);
    return flushed;
  }

  async function writeNew(): Promise<void> {
    const events = [...unwritten];
    if (events.every((event) => tried.has(event))) return;
    for (const event of events) tried.add(event);
    const options = { ...quick, summary: 'Write the audit' };
    try {
      await CancellationScope.nonCancellable(() =>
        call('runs.audit' satisfies keyof RunActivities, [events], options),
      );
      written(events);
    } catch (error) {
      await notify(unwritable(reasonOf(error).message));
    }
  }

  function unwritable(why: string): string {
    return `Cannot write the audit: ${why}`;
  }
}
