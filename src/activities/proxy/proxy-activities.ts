import type { Target } from '../../config/schema/target.ts';
import { inMilliseconds } from '../../config/time/duration.ts';
import { permanent } from '../../os/failure.ts';
import { acting } from '../../os/acting.ts';
import { whyClosed } from '../runtime/door/door.ts';
import { expectServing } from './answers.ts';
import { awaitIdle, type Idle } from './await-idle.ts';
import { close, open, type Turned } from './turn.ts';

interface Found {
  /** Whether the target says how its proxy refuses users. */
  readonly drains: boolean;
  /** Why users are kept out, as text. */
  readonly closed?: string;
}

/** For how long users are refused: until when, or as long as a restart takes. Neither: nobody has said. */
interface HowLong {
  /** ISO 8601. */
  readonly until?: string;
  readonly restart?: boolean;
}

/** What people are told who ask while it is stopped without an end, in seconds. */
const UNKNOWN = 300;

/** What stands before the application, and lets users through to it or not. */
export function proxyActivities(target: Target, run: string) {
  function retryAfter({ until, restart }: HowLong): string {
    if (until !== undefined) {
      const date = new Date(until);
      if (Number.isNaN(date.getTime()))
        throw permanent('InvalidInput', `Expected a time, got "${until}"`);
      return date.toUTCString();
    }
    if (!restart) return `${UNKNOWN}`;
    const parts = [
      target.proxy?.drain?.grace ?? '0s',
      target.runtime.stopGrace,
      target.app.ready.within,
    ];
    const longest = parts.reduce((sum, part) => sum + inMilliseconds(part), 0);
    return `${Math.ceil(longest / 1000)}`;
  }

  return {
    async find(): Promise<Found> {
      const closed = whyClosed(target);
      return {
        drains: target.proxy?.drain !== undefined,
        ...(closed !== undefined && { closed }),
      };
    },

    /** New users get 503 with Retry-After from here on; those who are there stay. */
    close: acting((how: HowLong = {}): Promise<Turned> =>
      close(target, {
        run,
        since: new Date().toISOString(),
        retryAfter: retryAfter(how),
        isKnown: how.until !== undefined || how.restart === true,
      }),
    ),

    /** Waits for those who are there, as long as the target's grace, which began at `since`. */
    awaitIdle: (since: string): Promise<Idle> => awaitIdle(target, since),

    /** `of`: only when this run has closed it. */
    open: acting((of?: string): Promise<Turned> => open(target, of)),

    /** What users get: a 2xx through the proxy. */
    expectServing: () => expectServing(target),
  };
}
