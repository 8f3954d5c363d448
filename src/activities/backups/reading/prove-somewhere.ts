import type { BackupId } from '../../../config/backup-id.ts';
import type { Target } from '../../../config/schema/target.ts';
import type { Unproven } from '../../../config/unproven.ts';
import { catalogueOf } from '../catalogue/catalogue.ts';
import type { LastProof } from '../catalogue/last-proof.ts';
import { type ProveAgain, proveAgain } from './prove-again.ts';

export interface ProvenSomewhere {
  /** What a copy has passed. Undefined: none did. */
  readonly checks?: readonly string[];
  /** What of that copy could not be judged here. Missing: nothing. */
  readonly unproven?: readonly Unproven[];
  /** A sentence for each copy that is damaged. */
  readonly damaged: readonly string[];
}

interface Options extends Omit<ProveAgain, 'directory'> {
  /** Goes on when a copy has passed. */
  readonly all?: boolean;
  /** Hears of each copy, and the place that it lies in. */
  readonly heard?: (place: string, proof: LastProof) => void;
}

/** Proves the copies of a finished backup, in the order of its places, until one has passed. */
export async function proveSomewhere(
  target: Target,
  id: BackupId,
  { all = false, heard, ...how }: Options,
): Promise<ProvenSomewhere> {
  const entry = catalogueOf(target).backups.find((one) => one.id === id);
  const copies =
    entry?.copies.filter(
      ({ state }) =>
        state !== 'incomplete' && (state !== 'untrusted' || entry.state === 'untrusted'),
    ) ?? [];
  const damaged: string[] = [];
  let passed: LastProof | undefined;
  let unread: Error | undefined;
  // One that is gone is an answer of the first place, too.
  const places = copies.length > 0 ? copies.map(({ place }) => place) : [target.backups.directory];
  for (const directory of places) {
    const proof = await attempt(directory);
    if (proof === undefined) continue;
    heard?.(directory, proof);
    if (proof.damage === undefined) passed ??= proof;
    else damaged.push(places.length > 1 ? `In "${directory}": ${proof.damage}` : proof.damage);
    if (passed !== undefined && !all) break;
  }
  if (passed === undefined && unread !== undefined) throw unread;
  const { checks, unproven } = passed ?? {};
  return { ...(checks && { checks }), ...(unproven && { unproven }), damaged };

  /** Whatever keeps us from checking one is no answer about it, and no reason to leave the others out. */
  async function attempt(directory: string): Promise<LastProof | undefined> {
    try {
      return await proveAgain(target, id, { ...how, directory });
    } catch (error) {
      unread ??= error as Error;
      damaged.push(`In "${directory}" nobody can tell: ${(error as Error).message}`);
      return undefined;
    }
  }
}
