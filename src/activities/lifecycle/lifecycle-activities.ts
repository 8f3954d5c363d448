import type { Target } from '../../config/schema/target.ts';
import { acting } from '../../os/acting.ts';
import {
  type EndingStop,
  readStopped,
  removeStopped,
  type Stopped,
  type StopRecord,
  writeStopped,
} from '../../state/stopped.ts';
import type { CheckLine } from './checklist/check-line.ts';
import { startupChecklist } from './checklist/startup-checklist.ts';
import { settleStop, type Settled } from './settle-stop.ts';

/** What is asked before the application is started by a person, and what is on record when one has stopped it. */
export function lifecycleActivities(target: Target) {
  return {
    /** Every line of the startup checklist. It only reads, and says what fails: to refuse the start is the runbook's. */
    async checkStartup(): Promise<{ readonly lines: readonly CheckLine[] }> {
      return { lines: await startupChecklist(target) };
    },

    /** From here on nothing starts it but who is asked to by a person, until its time is over. */
    recordStopped: acting(async (record: StopRecord): Promise<Recorded> => {
      const before = readStopped(target);
      writeStopped(target, record);
      return { changed: before?.run !== record.run, stopped: readStopped(target) };
    }),

    /**
     * What has become of an order to stop that was not obeyed within its grace, and cannot be taken back: waits as long again. When it has
     * ended by then that is on record, and else it will be as soon as it has.
     */
    settleStop: acting((record: StopRecord, hold: EndingStop['hold']): Promise<Settled> =>
      settleStop(target, record, hold),
    ),

    /** It may be started by whatever starts it. `of`: only when this run has stopped it. */
    removeStopped: acting(async (of?: string): Promise<{ readonly changed: boolean }> => {
      if (of !== undefined && readStopped(target)?.run !== of) return { changed: false };
      return { changed: removeStopped(target) };
    }),
  };
}

interface Recorded {
  readonly changed: boolean;
  /** Missing: its time is over already. */
  readonly stopped?: Stopped | undefined;
}
