import type { Client } from '@temporalio/client';
import type { Routed } from '../alerts/route-alert.ts';
import type { Measures } from './measures.ts';
import type { Intake } from './open-intake.ts';
import type { Source } from './sources.ts';

/** A target, and where what its worker tells is kept: in a directory of its own on this host. */
export type Shown = Pick<Routed, 'name' | 'state'>;

/** What every route of the gateway has at hand. */
export interface Gateway {
  readonly client: Client;
  readonly targets: readonly Routed[];
  /** None: everybody who can reach us is believed. */
  readonly sources: readonly Source[];
  /** Those whose state is shown. */
  readonly shown: readonly Shown[];
  /** Workers elsewhere, by the name of their target. What they tell is kept in its `state`. */
  readonly senders: readonly Source[];
  /** Signs the links of messages. Without it no link is good. */
  readonly secret?: string;
  /** Of the workflows. */
  readonly queue?: string;
  readonly intake: Intake;
  readonly measures: Measures;
  readonly log: Log;
}

/** Takes one line. Without `about` it is of what went wrong. */
type Log = (line: string, about?: { readonly level: 'INFO'; readonly run: string }) => void;

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose token the request carries, or the name of the endpoint where nobody needs one. */
    source: string;
  }
}
