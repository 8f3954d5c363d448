import type { RunQuestion } from '../config/border/run-question.ts';
import type { Severity } from '../config/schema/values/severity.ts';
import type { IncidentKind } from './alert-report.ts';
import type { Members } from './members/members.ts';
import type { Delivery } from './page.ts';

/** Parts of an incident's report that only people can write. */
export const findingParts = ['impact', 'began', 'cause', 'helped'] as const;
export type FindingPart = (typeof findingParts)[number];

/** One thing that happened, as text. Times are ISO 8601, UTC. */
export interface TimelineEntry {
  readonly at: string;
  readonly what:
    | 'triggered'
    | 'cleared'
    | 'flapping'
    | 'members'
    | 'paged'
    | 'unnotified'
    | 'held'
    | 'acknowledged'
    | 'snoozed'
    | 'expired'
    | 'escalated'
    | 'reassigned'
    | 'called'
    | 'reopened'
    | 'note'
    | 'assigned'
    | 'severity'
    | 'task'
    | 'remediation'
    | 'found'
    | 'resolved';
  readonly by: string;
  readonly text: string;
  readonly deliveries?: readonly Delivery[];
  /** The id of the answer that it tells of. */
  readonly answer?: string;
  /** That answer was not taken. */
  readonly refused?: boolean;
}

interface Task {
  readonly number: number;
  readonly title: string;
  readonly owner: string;
  /** `2026-12-24` */
  readonly due?: string;
  readonly done: boolean;
  /** Who said that it is done, or need not be, and when. Missing in what version 0.1 has handed on. */
  readonly closed?: { readonly by: string; readonly at: string };
  /** The policy has asked for it, for a fault of this severity. */
  readonly asked?: Severity;
}

/** What people have found out of an incident, for its report. */
interface Finding {
  readonly text: string;
  readonly by: string;
  readonly at: string;
}

/** A runbook that was started for it. */
interface Remediation {
  readonly runbook: string;
  readonly run: string;
  /** Missing while it runs. */
  readonly outcome?: string;
}

/** One level of the target's escalation policy, and when its contact is due. */
export interface EscalationStep {
  readonly level: string;
  readonly contact: string;
  /** ISO 8601, UTC. Earlier than by policy when the level before could not be notified. */
  readonly at: string;
  /** When the policy has it due, if it was called before that. */
  readonly due?: string;
  readonly notified: boolean;
  /** When it was notified, ISO 8601, UTC. */
  readonly notifiedAt?: string | undefined;
  /** Attempts that reached nobody. */
  readonly tries: number;
  /** False: it was told by mail alone, of something for which somebody has to be rung. */
  readonly rang?: boolean;
  /** Who has asked for it now: it waits for nothing. */
  readonly asked?: string;
}

/** Who is notified when, as long as nobody acknowledges: once through the target's escalation policy. */
export interface EscalationPolicy {
  /** ISO 8601, UTC: the delays count from here. */
  readonly from: string;
  /** 1 at first; 2 when nobody has acknowledged the first time through, ... */
  readonly round: number;
  readonly steps: readonly EscalationStep[];
  /** Grows with each change that moves the steps, e.g. of the severity. */
  readonly version: number;
  /** The version for which the worker has reckoned the steps. */
  readonly reckoned: number;
  /** Who has asked for the first level, before it was reckoned. */
  readonly asked?: string;
  /** When it was made lighter, ISO 8601, UTC: that alone calls nobody. */
  readonly lowered?: string;
}

/** What a target's policy says of one incident. Lengths in milliseconds. */
export interface IncidentPolicy {
  readonly repeat: number;
  readonly acknowledged: number;
  readonly hold: number;
  /** The target has something that makes a noise: of a sev1 a mail alone tells nobody. */
  readonly rings?: boolean;
  /** Of the target: those that can be called. */
  readonly contacts?: readonly string[];
  readonly updates?: { readonly to: string; readonly every: number };
  readonly review?: { readonly to: string; readonly within: number };
  /** Whom it makes a task for: `due` as `2026-12-24`. */
  readonly task?: { readonly what: string; readonly to: string; readonly due: string };
}

/** What a source has said last. */
export interface Said {
  readonly firing: boolean;
  /** By its own clock, ISO 8601, UTC: clocks of two sources are never compared. */
  readonly at: string;
  readonly severity: Severity;
}

/** Something that people are told without being asked to act: that it was acknowledged, is over, or how it stands. */
export interface Announcement {
  readonly contact: string;
  readonly event: 'acknowledge' | 'resolve' | 'note';
  readonly text?: string;
  /** ISO 8601, UTC, as `at`. */
  readonly since: string;
  /** When it is tried next. */
  readonly at: string;
  /** Attempts that failed. */
  readonly tries: number;
  /** The channels that have not taken it yet. Missing: all. */
  readonly only?: readonly string[];
}

/**
 * One episode of one fault of one target: what people see, the whole state of the workflow, and its result. Times are
 * ISO 8601, UTC.
 */
export interface Incident {
  readonly id: string;
  readonly target: string;
  readonly fingerprint: string;
  /** As PagerDuty names them. */
  readonly state: 'triggered' | 'acknowledged' | 'resolved';
  readonly severity: Severity;
  readonly kind?: IncidentKind;
  readonly title: string;
  readonly details?: string;
  readonly links: readonly string[];
  /** Who reported it first. */
  readonly source: string;
  /** What each source said last. Missing in what version 0.1 has handed on: see `sourcesOf`. */
  readonly sources?: Readonly<Record<string, Said>>;
  /** What all that was reported of it has in common: a silence of people goes by it. */
  readonly labels?: Readonly<Record<string, string>>;
  /** The alerts that it consists of. Missing: it is one alert, a run or what a person has seen. */
  readonly members?: Members;
  /** When it began, by the clock of who reported it first. */
  readonly startsAt?: string;
  readonly origin: 'alert' | 'run' | 'person';
  /** The only contact whom it is for. */
  readonly to?: string;
  readonly openedAt: string;
  /** How often it was reported as firing. */
  readonly count: number;
  readonly lastSeenAt: string;
  /** How often it fired again although it had cleared. */
  readonly flaps: number;
  /** When it went away, by the clock of who says so, as long as it stays away. */
  readonly clearedAt?: string;
  /** It is resolved when it stays away until then. */
  readonly resolvesAt?: string;
  readonly hold?: string;
  readonly acknowledged?: {
    readonly by: string;
    readonly at: string;
    readonly until: string;
    /** It lasts until then, whoever is heard of. */
    readonly snoozed?: boolean;
  };
  /** Whatever came after it. Missing in what version 0.1 has handed on. */
  readonly firstAcknowledgedAt?: string;
  readonly resolvedAt?: string;
  /** What a run asks that has reported it last. */
  readonly question?: RunQuestion;
  /** The workflow run of the episode that a person has reopened. */
  readonly former?: string;
  /** It has become graver, and nobody has acknowledged it since. */
  readonly raised?: { readonly from: Severity; readonly at: string };
  /** What has not reached those it is for. */
  readonly announcements?: readonly Announcement[];
  readonly escalation: EscalationPolicy;
  readonly policy?: IncidentPolicy;
  /** Nobody is paged before: somebody works on the target. */
  readonly heldUntil?: string;
  /** When stakeholders hear of it next. */
  readonly updateAt?: string;
  /** The contacts that were paged: they hear how it goes on. */
  readonly notified: readonly string[];
  /** What the target's routing starts for it. */
  readonly remediation?: string;
  readonly roles: Readonly<Record<string, string>>;
  readonly tasks: readonly Task[];
  /** Each the last that was said. `began`: ISO 8601, UTC. */
  readonly findings?: { readonly [Part in FindingPart]?: Finding };
  readonly remediations: readonly Remediation[];
  /** The newest 500 entries. */
  readonly timeline: readonly TimelineEntry[];
  /** The namespace has our search attributes. To set an unknown one would block the workflow. */
  readonly findable: boolean;
  /** Messages sent so far: each gets a number of its own. */
  readonly messages: number;
}
