import type { Client } from '@temporalio/client';
import type { Routed } from '../alerts/route-alert.ts';
import type { Measures } from './measures.ts';
import type { Intake } from './open-intake.ts';
import type { Source } from './sources.ts';

/** What every route of the gateway has at hand. */
export interface Gateway {
  readonly client: Client;
  readonly targets: readonly Routed[];
  /** None: everybody who can reach us is believed. */
  readonly sources: readonly Source[];
  /** Signs the links of messages. Without it no link is good. */
  readonly secret?: string;
  /** Of the workflows. */
  readonly queue?: string;
  readonly intake: Intake;
  readonly measures: Measures;
  readonly log: (line: string) => void;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose token the request carries, or the name of the endpoint where nobody needs one. */
    source: string;
  }
}
