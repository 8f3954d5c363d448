import type { Target } from '../../config/schema/target.ts';
import { databaseDriver } from '../database/driver-for.ts';
import { expectNotLost } from '../runtime/start-record.ts';

/** What is demanded of an application that a run has started, besides its answers. */
export interface Started {
  /** Error: `MachineRestarted`. */
  expectNotLost(): Promise<void>;
  /** Answers what people should know, as text. Errors: `OldDatabaseOpen`, `SidecarsElsewhere`. */
  expectOpenedHere(): Promise<string | undefined>;
}

export function startedBy(target: Target, run: string): Started {
  return {
    expectNotLost: () => expectNotLost(target, run),
    async expectOpenedHere() {
      return (await databaseDriver(target).expectOpenedHere()).note;
    },
  };
}
