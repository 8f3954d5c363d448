import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { ORIGIN_HEADER, type RunOrigin, runOriginFrom } from '../../config/run-origin.ts';

type Headers = Readonly<Record<string, Payload>>;

/** Where this run began: learned when it is let in, or from its parent, and carried by all that it calls from then on. */
export function openOrigin() {
  let known: RunOrigin = {};

  return {
    /** A child begins where its parent is. */
    inherit(headers: Headers): void {
      const header = headers[ORIGIN_HEADER];
      if (!header) return;
      try {
        known = runOriginFrom(defaultPayloadConverter.fromPayload(header));
      } catch {
        // No JSON: whoever made it up is no parent of ours.
      }
    },

    carriedBy(headers: Headers): Record<string, Payload> {
      if (known.place === undefined && known.policy === undefined) return { ...headers };
      return { ...headers, [ORIGIN_HEADER]: defaultPayloadConverter.toPayload(known) };
    },

    /** What the target answered that let the run in. An older worker answers neither. */
    learn(admission: unknown): void {
      known = { ...known, ...runOriginFrom(admission) };
    },
  };
}
