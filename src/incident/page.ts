import type { Severity } from '../config/schema/values/severity.ts';

/** One message to one contact of a target. Times are ISO 8601, UTC. */
export interface Page {
  /** The same for every attempt at this message: channels that can recognise duplicates are given it. */
  readonly key: string;
  readonly target: string;
  /** One of the target's `contacts`. */
  readonly contact: string;
  readonly severity: Severity;
  /** It may wake somebody: channels that ring are used, all that reach the contact at once. Else the first that takes it. */
  readonly urgent: boolean;
  /** The same for all messages of one incident: mail threads by it, a pager groups by it. */
  readonly thread: string;
  /** `resolve` ends what a pager shows for the thread. */
  readonly event: 'trigger' | 'acknowledge' | 'resolve' | 'note';
  /** One line. */
  readonly subject: string;
  /** Markdown, without any secret. */
  readonly body: string;
  readonly at: string;
  /** It waits while somebody works on the target: what an alert says is expected then. */
  readonly holdable: boolean;
  /** What a link in the message acknowledges: the incident's id, and the first run of its workflow. */
  readonly incident?: { readonly id: string; readonly episode: string };
}

/** One attempt at one channel. */
export interface Delivery {
  /** Its name in the target's `channels`. */
  readonly channel: string;
  readonly delivered: boolean;
  /** It makes a noise that wakes people. */
  readonly rings?: boolean;
  /** The member of the contact whose turn it is, when the contact takes turns. */
  readonly member?: string;
  /** What the other side answered, or why it failed: `250 2.0.0 Ok`, `HTTP 500`. Never an address with a secret in it. */
  readonly detail: string;
}

/** What became of one message. */
export interface Sent {
  readonly deliveries: readonly Delivery[];
  /** It was not sent: somebody works on the target until then (ISO 8601, UTC). */
  readonly heldUntil?: string;
}
