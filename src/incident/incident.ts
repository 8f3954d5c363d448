import type { Severity } from '../config/severity.ts';
import type { IncidentKind } from './alert-report.ts';
import type { Delivery } from './page.ts';

/** One thing that happened, in words. Times are ISO 8601, UTC. */
export interface TimelineEntry {
  readonly at: string;
  readonly what:
    | 'triggered'
    | 'cleared'
    | 'paged'
    | 'told'
    | 'untold'
    | 'held'
    | 'acknowledged'
    | 'expired'
    | 'escalated'
    | 'note'
    | 'assigned'
    | 'severity'
    | 'task'
    | 'remedy'
    | 'flapping'
    | 'resolved'
    | 'review';
  readonly by: string;
  readonly text: string;
  readonly deliveries?: readonly Delivery[];
}

export interface Task {
  readonly number: number;
  readonly title: string;
  readonly owner: string;
  /** `2026-12-24` */
  readonly due?: string;
  readonly done: boolean;
}

/** A runbook that was started for it. */
export interface Remedy {
  readonly runbook: string;
  readonly run: string;
  readonly outcome?: string;
}

/** One episode of one fault of one target: the view of people, and the result of the workflow. Times are ISO 8601, UTC. */
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
  readonly openedAt: string;
  /** How often it was reported as firing. */
  readonly count: number;
  readonly lastSeenAt: string;
  readonly acknowledged?: { readonly by: string; readonly at: string; readonly until: string };
  readonly resolvedAt?: string;
  /** Who is paged next while nobody acknowledges. */
  readonly next?: { readonly level: string; readonly contact: string; readonly at: string };
  readonly roles: Readonly<Record<string, string>>;
  readonly tasks: readonly Task[];
  readonly remedies: readonly Remedy[];
  readonly timeline: readonly TimelineEntry[];
}
