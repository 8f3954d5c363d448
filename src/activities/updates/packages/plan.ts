import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Target } from '../../../config/schema/target.ts';
import type { Stamp } from '../../../config/time/stamp.ts';
import { permanent } from '../../../os/failure.ts';
import { ensurePrivate } from '../../../os/files/ensure-private.ts';
import { writeDurably } from '../../../os/files/durable-files.ts';
import { hostDirectory } from '../../../state/host/host-directory.ts';
import { inOrder, type PackageChange } from './simulated.ts';

/** `ordinary` and `core` are approved, and installed, each by itself. */
export const Group = z.enum(['ordinary', 'core']);
export type Group = z.infer<typeof Group>;

export interface Plan {
  readonly ordinary: readonly PackageChange[];
  /** What Docker and systemd are of. */
  readonly core: readonly PackageChange[];
}

/** What people approve is this list, and no other: its sha256. */
export function fingerprintOfPlan({ ordinary, core }: Plan): string {
  const bare = (changes: readonly PackageChange[]) =>
    inOrder(changes).map(({ name, architecture, from, to }) => [name, architecture, from, to]);
  return createHash('sha256')
    .update(JSON.stringify([bare(ordinary), bare(core)]))
    .digest('hex');
}

const Change = z.strictObject({
  name: z.string(),
  architecture: z.string(),
  from: z.string().optional(),
  fromArchitecture: z.string().optional(),
  to: z.string(),
});
const Changes = z.array(Change);
const KeptPlan = z.strictObject({
  format: z.literal(1),
  fingerprint: z.string(),
  ordinary: Changes,
  core: Changes,
});

type Place = Pick<Target, 'name'>;

/** Where the packages of one run are kept: `old` and `new`, and its plan. */
export function keptDirectory({ name }: Place, stamp: Stamp): string {
  return join(hostDirectory(), 'packages', `${name}-${stamp}`);
}

export function writePlan(place: Place, stamp: Stamp, plan: Plan): void {
  const directory = keptDirectory(place, stamp);
  ensurePrivate(directory);
  const kept = { format: 1, fingerprint: fingerprintOfPlan(plan), ...plan };
  writeDurably(join(directory, 'plan.json'), `${JSON.stringify(kept)}\n`);
}

/** Undefined: this run has kept none. Error: `StateUnusable`. */
export function readPlan(place: Place, stamp: Stamp): (Plan & { fingerprint: string }) | undefined {
  const file = join(keptDirectory(place, stamp), 'plan.json');
  if (!existsSync(file)) return undefined;
  try {
    return KeptPlan.parse(JSON.parse(readFileSync(file, 'utf8'))) as Plan & { fingerprint: string };
  } catch {
    throw permanent(
      'StateUnusable',
      `Cannot read "${file}", which names the packages from before; they are beside it, in "old"`,
    );
  }
}
