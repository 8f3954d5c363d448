import { activityInfo, cancellationSignal, getClient, heartbeat } from '@temporalio/activity';
import { givesWay } from '../../client/runs/gives-way.ts';
import { isOpenRun } from '../../client/runs/is-open-run.ts';
import {
  type MaintenanceWindow,
  maintenanceWindowAt,
  windowFrom,
} from '../../config/calendar/maintenance-window.ts';
import type { Who } from '../../config/border/who.ts';
import { approversOf } from '../../config/schema/people.ts';
import { fingerprintOf } from '../../config/fingerprint.ts';
import type { RunOrigin } from '../../config/run-origin.ts';
import type { Target } from '../../config/schema/target.ts';
import type { Duration } from '../../config/time/duration.ts';
import type { Stamp } from '../../config/time/stamp.ts';
import { passing } from '../../os/failure.ts';
import { appendToAudit, type AuditEvent } from '../../state/audit-log.ts';
import type { Unfinished } from '../../state/claim-database.ts';
import { type ClaimRequest, openClaim } from '../../state/claim.ts';
import { placeOf } from '../../state/place.ts';
import { keepPolicy } from '../../state/policies.ts';
import { stateTrouble } from '../../state/unwritable-state.ts';
import { requesterOfThisRun, startedBy } from './requester.ts';

/** What a run learns when it is let in: recorded in its history, so that a replay decides the same. Its origin is carried by all it calls. */
export interface Admission extends RunOrigin {
  /** False when this Temporal namespace lacks our search attributes: to set one would block the run. */
  readonly searchAttributes: boolean;
  /** Runs that ended without releasing the target: what they did may be incomplete. */
  readonly unfinished: readonly Unfinished[];
  /** By what the run names what it makes. Missing: as it was asked. */
  readonly stamp?: Stamp;
  /** Who started the run. */
  readonly requester?: Who;
  /** Why the audit could not be written. The run goes on, and reports it. */
  readonly unaudited?: string;
  readonly settings: Settings;
}

/** The target's policy, as far as the engine needs it. */
export interface Settings {
  readonly decisions: Target['decisions'];
  readonly approvals: {
    /** Names of people. Empty: anybody but the one who started the run. */
    readonly who: readonly string[];
    /** The same people, with their logins. Missing: an older worker let the run in. */
    readonly people?: readonly { readonly name: string; readonly logins: readonly string[] }[];
    readonly quorum: number;
    readonly within: Duration;
    readonly unproven?: 'allow' | 'refuse';
    readonly beforehand?: 'allow' | 'refuse';
  };
  /** What the maintenance window does besides. */
  readonly maintenance: { readonly dependencies: boolean; readonly chores: readonly string[] };
  /** Missing: the target has none. */
  readonly window?: {
    /** The one that is open now, or else the next. */
    readonly next: MaintenanceWindow;
    /** What it is when a person begins outside of it. */
    readonly openedNow: MaintenanceWindow;
  };
}

interface Registered extends Pick<Admission, 'searchAttributes'> {
  /** Whether this worker has an activity of this type for the target. */
  readonly has: (type: string) => boolean;
  /** Nobody reaches the server who has no certificate of ours. */
  readonly closed: boolean;
}

/** How a run enters and leaves a target. Called by the engine only, never by a step. */
export function targetActivities(target: Target, { searchAttributes, closed, has }: Registered) {
  const claim = openClaim(target);
  const me = () => activityInfo().workflowExecution!.workflowId;
  const execution = () => activityInfo().workflowExecution!.runId;

  return {
    /** A run that only reads needs no claim. Error: `WrongPlace`. */
    async 'target.enter'(events: readonly AuditEvent[] = []): Promise<Admission> {
      const place = await placeOf(target).catch(() => undefined);
      const policy = fingerprintOf(target);
      const settings = settingsOf(target);
      const origin = place === undefined ? { policy } : { place, policy };
      const requester = await requesterOfThisRun(closed);
      const written = audit(startedBy(requester, events));
      return { searchAttributes, settings, requester, unfinished: [], ...origin, ...written };
    },

    /** Errors: `TargetLocked`, `TargetIncomplete`, `RunEnded`, `WrongPlace`, `StateUnusable`, which passes only when the caller is `patient`. */
    async 'target.take'(
      request: ClaimRequest,
      events: readonly AuditEvent[] = [],
      patient = false,
    ): Promise<Admission> {
      const others = {
        isOpen: (run: string) => isOpenRun(getClient(), run),
        stop,
        givesWay: (run: string) => givesWay(getClient(), run),
      };
      const taken = await waiting((givenUp) =>
        claim.take(me(), request, others, givenUp, execution()).catch((error: unknown) => {
          throw givenUp.aborted ? error : stateTrouble(error, claim.file, patient);
        }),
      );
      const [settings, policy] = [settingsOf(target), kept(target)];
      const requester = await requesterOfThisRun(closed);
      const written = audit(startedBy(requester, events));
      return { searchAttributes, settings, requester, ...taken, policy, ...written };
    },

    /** Answers as soon as it comes to the place that may do the activity `type` of this run: any other fails before. */
    async 'target.locate'(_type: string): Promise<void> {},

    /** Answers as soon as it comes to a worker that has the activity `type`. Error: `ActivityUnknown`, which passes. */
    async 'target.expectActivity'(type: string): Promise<void> {
      if (!has(type))
        throw passing(
          'ActivityUnknown',
          `The worker beside "${target.name}" does not have "${type}"`,
        );
    },

    async 'target.release'(release: { readonly cleanedUp: boolean }): Promise<void> {
      await waiting((givenUp) =>
        claim.release(me(), { ...release, execution: execution() }, givenUp),
      );
    },
  };

  function audit(events: readonly AuditEvent[]): Pick<Admission, 'unaudited'> {
    try {
      appendToAudit(target, events);
      return {};
    } catch (error) {
      return { unaudited: (error as Error).message };
    }
  }
}

export type TargetActivities = ReturnType<typeof targetActivities>;

/** On a full disk this worker alone knows the policy: no cure may wait for that. */
function kept(target: Target): string {
  try {
    return keepPolicy(target);
  } catch {
    return fingerprintOf(target);
  }
}

function settingsOf({
  decisions,
  approvals,
  contacts,
  people: known,
  maintenance,
}: Target): Settings {
  const { by, quorum, within, unproven, beforehand } = approvals;
  const people = approversOf(by, contacts, known);
  const who = people.map(({ name }) => name);
  const now = new Date();
  const window = maintenance && {
    next: maintenanceWindowAt(maintenance.window, now),
    openedNow: windowFrom(now, maintenance.window),
  };
  return {
    decisions,
    approvals: { who, people, quorum, within, unproven, ...(beforehand && { beforehand }) },
    maintenance: {
      dependencies: maintenance?.dependencies !== undefined,
      chores: maintenance?.chores ?? [],
    },
    ...(window && { window }),
  };
}

/** A dead run's activity may write for minutes yet: meanwhile the worker lives, and hears when the attempt is given up. */
async function waiting<Result>(work: (givenUp: AbortSignal) => Promise<Result>): Promise<Result> {
  const heartbeats = setInterval(heartbeat, 2000);
  try {
    return await work(cancellationSignal());
  } finally {
    clearInterval(heartbeats);
  }
}

/** As a person would: its step finishes, the rest is undone. */
async function stop(workflowId: string): Promise<void> {
  await getClient().workflow.getHandle(workflowId).cancel();
}
