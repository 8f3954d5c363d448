import { z } from 'zod';
import { RunQuestion } from '../config/border/run-question.ts';
import {
  Label,
  Moment,
  someWords,
  TargetName,
  upTo,
  WorkflowId,
  words,
} from '../config/border/texts.ts';
import { LONGEST_LIMIT } from '../config/schema/on-call/limits.ts';
import { severities } from '../config/schema/values/severity.ts';
import { inMilliseconds } from '../config/time/duration.ts';

const Rates = upTo(
  10,
  z.object({
    count: z.int().min(1).max(100),
    per: z.number().min(1).max(inMilliseconds(LONGEST_LIMIT)),
  }),
);

/** How much one person gets by one channel, by the target's file at the time of a message. Lengths in milliseconds. */
export const PageLimits = z.object({
  notes: Rates,
  calls: Rates,
  pages: Rates,
  fresh: Rates,
  wait: z.number().min(0).max(inMilliseconds(LONGEST_LIMIT)),
});
export type PageLimits = z.infer<typeof PageLimits>;

/** One message to one contact of a target. Times are ISO 8601, UTC. */
export const Page = z.object({
  /** The same for every attempt at this message: channels that can recognise duplicates are given it. */
  key: someWords(2000),
  target: TargetName,
  /** One of the target's `contacts`. */
  contact: Label,
  severity: z.enum(severities),
  /** It may wake somebody: channels that ring are used, all that reach the contact at once. Else the first that takes it. */
  urgent: z.boolean(),
  /** The same for all messages of one incident: mail threads by it, a pager groups by it. */
  thread: someWords(2000),
  /** `resolve` ends what a pager shows for the thread. */
  event: z.enum(['trigger', 'acknowledge', 'resolve', 'note']),
  /** One line. */
  subject: words(1000),
  /** Markdown, without any secret. */
  body: words(64_000),
  at: Moment,
  /** It waits while somebody works on the target: what an alert says is expected then. */
  holdable: z.boolean(),
  /** Of what it is about: it waits while a person has silenced that. */
  labels: z.exactOptional(z.record(z.string().max(1000), z.string().max(1000))),
  /** By these channels alone: the others have taken it. */
  only: z.exactOptional(z.array(Label).max(100)),
  /** For this member alone, or for the address of the contact itself. Missing: for all whom the contact means. */
  reader: z.exactOptional(Label),
  /** Not before: whoever gets it sleeps until then. */
  notBefore: z.exactOptional(Moment),
  /** When the limits let it go, by what its sender knew. */
  due: z.exactOptional(Moment),
  /** How much its reader gets. Missing: as much as is usual. */
  limits: z.exactOptional(PageLimits),
  /** The first that its contact hears of a sev1. */
  fresh: z.exactOptional(z.boolean()),
  /** What a link in the message answers. */
  question: z.exactOptional(RunQuestion),
  /** What a link in the message acknowledges: the incident's id, and the first run of its workflow. */
  incident: z.exactOptional(z.object({ id: WorkflowId, episode: WorkflowId })),
});
export type Page = z.infer<typeof Page>;

/** One attempt at one channel. */
export interface Delivery {
  /** Its name in the target's `channels`. */
  readonly channel: string;
  readonly delivered: boolean;
  /** It makes a noise that wakes people. */
  readonly rings?: boolean;
  /** The member of the contact whose turn it is, or to whose own address it went. */
  readonly member?: string;
  /** What the other side answered, or why it failed: `250 2.0.0 Ok`, `HTTP 500`. Never an address with a secret in it. */
  readonly detail: string;
}

/** What became of one message. */
export interface Sent {
  readonly deliveries: readonly Delivery[];
  /** It was not sent: somebody works on the target until then (ISO 8601, UTC). */
  readonly heldUntil?: string;
  /** Why, when that is not it. */
  readonly heldFor?: string;
}
