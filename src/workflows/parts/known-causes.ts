import type { StepSystems } from '../../activities/index.ts';
import { attempted } from './attempted.ts';
import { verdictOf } from './verdict-of.ts';

export interface KnownCauses {
  /** No restart helps against these, and only people know what may go. */
  readonly hopeless: readonly string[];
  /** What is wrong with the database, or who has it locked. One that cannot be judged here is no cause. */
  readonly database: string | undefined;
  readonly cache: string | undefined;
  /** All of the above. */
  readonly found: readonly string[];
  /** What was seen, also of what is well. */
  readonly findings: readonly string[];
}

/** Why applications are down, as a rule: the disk is full, somebody else has the port, the database is damaged or locked, the cache is gone. */
export async function knownCauses({
  host,
  database: live,
  redis,
}: Pick<StepSystems, 'host' | 'database' | 'redis'>): Promise<KnownCauses> {
  const disks = await host.disks();
  const port = await host.port();
  const examined = await attempted(live.examine());
  const lockHolders = await live.findLockHolders();
  const { reachable, note } = await redis.inspect();

  const finding = examined.reason ? examined.reason.message : examined.result.finding;
  const lock = lockHolders.blocking.find(({ role }) => role !== 'application');
  const harmless = !examined.reason && verdictOf(examined.result) !== 'damaged';
  const hopeless = [
    ...disks.full,
    ...(disks.hung ?? []),
    ...(port.stranger === undefined ? [] : [port.note]),
  ];
  const database = harmless ? lock?.note : finding;
  const cache = reachable ? undefined : note;
  return {
    hopeless,
    database,
    cache,
    found: [...hopeless, database, cache].filter((one) => one !== undefined),
    findings: [disks.note, port.note, finding, lockHolders.note, note],
  };
}
