import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Target } from '../../config/schema/target.ts';
import { places, reading } from '../../state/claim-database.ts';
import { databaseDriver } from '../database/driver-for.ts';
import { driverFor } from '../runtime/driver-for.ts';
import { noteKnownGood } from '../runtime/known-good/known-good.ts';
import { expectNotLost, isStartOf } from '../runtime/start-record.ts';

/** What is demanded of an application that a run has started, besides its answers. */
export interface Started {
  /** Error: `MachineRestarted`. */
  expectNotLost(): Promise<void>;
  /** Why what answers is no running application, as text: Docker or systemd starts it again and again, and it answers in between. */
  whyNotRunning(): Promise<string | undefined>;
  /** Answers what people should know, as text. Errors: `OldDatabaseOpen`, `SidecarsElsewhere`. */
  expectOpenedHere(): Promise<string | undefined>;
  /** Keeps on record what it runs on, now that it works: when this run has started it, whichever runbook that is. */
  noteGood(): Promise<void>;
}

export function startedBy(target: Target, run: string): Started {
  return {
    expectNotLost: () => expectNotLost(target, run),
    async whyNotRunning() {
      // A process ends for good: then nothing answers.
      if (target.runtime.kind === 'process') return undefined;
      const seen = await driverFor(target)
        .describe()
        // Who cannot look knows nothing against it.
        .catch(() => undefined);
      const what = target.runtime.kind === 'systemd' ? 'unit' : 'container';
      return seen?.restarting && `its ${what} ${seen.detail}`;
    },
    async expectOpenedHere() {
      const stamp = await claimedStamp(target, run);
      return (await databaseDriver(target).expectOpenedHere(stamp)).note;
    },
    async noteGood() {
      // The record is for later: that it cannot be made says nothing against the application.
      if (isStartOf(target, run)) await noteKnownGood(target, run).catch(() => undefined);
    },
  };
}

/** What names all that a run does to its target. Undefined: it has not claimed it. */
async function claimedStamp({ state }: Target, run: string): Promise<string | undefined> {
  const file = join(state, 'claim.db');
  if (!existsSync(file)) return undefined;
  const claims = await reading(file, places);
  return claims.find(({ holder }) => holder === run)?.stamp;
}
