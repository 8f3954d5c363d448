import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { Target } from '../../../config/schema/target.ts';
import { writeDurably } from '../../../os/files/durable-files.ts';
import { ensurePrivate } from '../../../os/files/ensure-private.ts';
import { readOwn } from '../../../os/files/held/read-own.ts';
import { bootId } from '../../../os/process/boot-id.ts';
import {
  environmentOf,
  type ProcessEntry,
  processTable,
} from '../../../os/process/process-table.ts';

const ProcessRecord = z.object({
  pid: z.int().positive(),
  startTime: z.string(),
  /** ISO 8601. */
  startedAt: z.string().optional(),
  /** Of the machine: ticks begin anew with it. Records of earlier versions have none. */
  boot: z.string().optional(),
});
type ProcessRecord = z.infer<typeof ProcessRecord>;

export interface Application {
  /** The pid of the command, which is its group's too. */
  readonly pid: number;
  readonly startedAt?: string | undefined;
  /** What of it is alive. */
  readonly members: readonly ProcessEntry[];
  /** Whether the group's number is certainly still the application's. */
  readonly groupIsOurs: boolean;
}

/** Which processes are the application: written down at its start, and never a stranger with a reused pid. */
export function processRecord({ state }: Pick<Target, 'state'>) {
  const file = join(state, 'process.json');
  // Inherited by all that it starts: identifies its processes when the one in the record has ended.
  const marker = `RUNBOOK_PROCESS=${resolve(state)}`;

  return {
    marker: { RUNBOOK_PROCESS: resolve(state) },

    async write(this: void, pid: number): Promise<void> {
      const startTime = processTable().find((entry) => entry.pid === pid)?.startTime ?? 'ended';
      const boot = bootId();
      const startedAt = new Date().toISOString();
      const record: ProcessRecord = { pid, startTime, startedAt, ...(boot && { boot }) };
      ensurePrivate(state);
      writeDurably(file, JSON.stringify(record));
    },

    /** What runs of the application, if anything does. */
    async find(): Promise<Application | undefined> {
      const table = processTable();
      const record = read();
      const pid = record?.pid ?? markedLeader(table)?.pid;
      if (pid === undefined) return undefined;
      const leader = table.find((entry) => entry.pid === pid);
      const groupIsOurs =
        leader !== undefined && (!record || leader.startTime === record.startTime);
      // The leader's number may have gone to a stranger who opened a group with it.
      const members = table.filter(
        (entry) => entry.alive && entry.group === pid && (groupIsOurs || isMarked(entry)),
      );
      return members.length > 0
        ? { pid, startedAt: record?.startedAt, members, groupIsOurs }
        : undefined;
    },
  };

  /**
   * One that cannot be read, says nothing, or could have been written by somebody else is none: what runs bears our mark. Whoever may
   * forge it chooses whom we end.
   */
  function read(): ProcessRecord | undefined {
    try {
      const record = ProcessRecord.parse(JSON.parse(readOwn(file)));
      return record.boot === undefined || record.boot === bootId() ? record : undefined;
    } catch {
      return undefined;
    }
  }

  /** When somebody deleted the state directory under a running application: the eldest that bears our mark. */
  function markedLeader(table: readonly ProcessEntry[]): ProcessEntry | undefined {
    return table
      .filter((entry) => entry.alive && entry.pid === entry.group && isMarked(entry))
      .toSorted((one, other) =>
        one.startTime.localeCompare(other.startTime, 'en', { numeric: true }),
      )[0];
  }

  function isMarked({ pid }: ProcessEntry): boolean {
    return environmentOf(pid).includes(marker);
  }
}
