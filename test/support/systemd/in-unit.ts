import { createInterface } from 'node:readline';
import { createSystems } from '../../../src/activities/index.ts';
import { driverFor } from '../../../src/activities/runtime/driver-for.ts';
import { instancesOf } from '../../../src/activities/runtime/instances-of.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';

/** A line of its input: which activity of which system of a target, as the test would call it. */
export interface Asked {
  readonly target: SqliteTarget;
  readonly system: string;
  readonly call: string;
  readonly args: readonly unknown[];
}

/** Calls what it is asked, beside the systemd that runs it. It answers each line by one: `{ value }`, or `{ failed: { type, message } }`. */
for await (const line of createInterface({ input: process.stdin })) {
  const { target, system, call, args } = JSON.parse(line) as Asked;
  const rooms: Record<string, unknown> = {
    ...createSystems(target, 'test/run'),
    driver: driverFor(target),
    instances: { of: () => instancesOf(target) },
  };
  const room = rooms[system] as Record<string, (...args: unknown[]) => unknown>;
  try {
    say({ value: await room[call]!(...args) });
  } catch (error) {
    const { type, message } = error as { type?: string; message: string };
    say({ failed: { type, message } });
  }
}

function say(answer: object): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
