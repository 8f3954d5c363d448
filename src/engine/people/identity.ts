import { CancellationScope, proxyActivities } from '@temporalio/workflow';
import type { PeopleActivities, Sender } from '../../activities/served-by-worker/people.ts';
import { type Statement, whoFrom } from '../../config/border/who.ts';
import { identityPolicy } from '../run/activity-policies.ts';
import type { Signed } from './messages.ts';

/** Finds out who sent a message: what they say, and what the server knows of it. Nobody waits for that longer than a minute. */
export function openIdentity() {
  let identified: Promise<unknown> = Promise.resolve();
  let pending = 0;

  return {
    /** `signal`: the one that came with the message, or is it. Without an id nobody can tell which one that was. */
    async identify(signal: string, said: Signed & Statement): Promise<Sender> {
      const unproven = whoFrom(said, { closed: false });
      if (said.id === undefined) return unproven;
      const { 'people.identify': ask } = proxyActivities<PeopleActivities>({
        ...identityPolicy,
        summary: 'Who said it',
      });
      return CancellationScope.nonCancellable(() => ask(signal, said)).catch(() => unproven);
    },

    /** Does the work in the order in which it was asked for. */
    inOrder(work: () => Promise<void>): void {
      pending += 1;
      identified = identified.then(work).finally(() => {
        pending -= 1;
      });
    },

    /** Settles when all that was said until now is known. Undefined: it is, and waiting would only change the order of what follows. */
    settled(): Promise<unknown> | undefined {
      return pending > 0 ? identified : undefined;
    },
  };
}

export type Identity = ReturnType<typeof openIdentity>;
