import { join } from 'node:path';
import type { Target } from '../../config/schema/target.ts';
import { type Duration, inMilliseconds } from '../../config/time/duration.ts';
import { unclaimed } from '../../os/acting.ts';
import { exclusively, reading } from '../../state/claim-database.ts';
import { type AutomationOff, automationOffIn, setAutomationOff } from '../../state/governor.ts';

interface TurnOff {
  readonly for: Duration;
  readonly by: string;
  readonly reason: string;
}

/** Whether runs that no person started may act on the target. Kept beside its claim, so that every run finds it there. */
export function automationActivities({ state }: Target) {
  const file = join(state, 'claim.db');

  return {
    /** Nothing that acts starts by itself any more, backups apart, until the time is over. */
    turnOff: unclaimed(async (how: TurnOff): Promise<AutomationOff> => {
      const since = new Date();
      const until = new Date(since.getTime() + inMilliseconds(how.for));
      const off: AutomationOff = {
        since: since.toISOString(),
        until: until.toISOString(),
        by: how.by,
        reason: how.reason,
      };
      await exclusively(file, async (db) => setAutomationOff(db, off));
      return off;
    }),

    /** Answers what had been said before. */
    turnOn: unclaimed(async (): Promise<{ readonly was?: AutomationOff }> => {
      return exclusively(file, async (db) => {
        const was = automationOffIn(db);
        setAutomationOff(db, undefined);
        return was ? { was } : {};
      });
    }),
  };
}

/** For the command line, without Temporal. */
export async function automationOff({ state }: Target): Promise<AutomationOff | undefined> {
  return reading(join(state, 'claim.db'), (db) => automationOffIn(db));
}
