import { setTimeout as sleep } from 'node:timers/promises';
import { countText } from '../../config/text/count-text.ts';
import { type Duration, inMilliseconds } from '../../config/time/duration.ts';
import { permanent } from '../../os/failure.ts';
import type { Examination, LockHolders, Unlocked } from './driver.ts';

/** So many in a row: a lock that is only busy lets one through now and then. */
const ENOUGH = 5;

interface Trying {
  /** What people call the database. */
  readonly name: string;
  readonly examined?: Pick<Examination, 'verdict' | 'finding'> | undefined;
  readonly wait: Duration;
  /** In ms. */
  readonly between: number;
  /** Whether a write would go through now; who keeps it from that, if it would not. */
  readonly isFree: () => Promise<true | LockHolders>;
}

/** Tries until a database is free for a while, or `wait` is over. Error: `DatabaseDamaged`, which is refused before the first try. */
export async function awaitFree({
  name,
  examined,
  wait,
  between,
  isFree,
}: Trying): Promise<Unlocked> {
  if (examined?.verdict === 'damaged')
    throw permanent(
      'DatabaseDamaged',
      `"${name}" is damaged (${examined.finding}), which no waiting helps: start database-recovery`,
    );
  const end = Date.now() + inMilliseconds(wait);
  let tries = 0;
  let refused = 0;
  let seen: LockHolders | undefined;
  for (let inRow = 0; inRow < ENOUGH; await sleep(between)) {
    tries += 1;
    const now = await isFree();
    if (now === true) {
      inRow += 1;
      continue;
    }
    inRow = 0;
    refused += 1;
    // One that just ends shows less of itself than before.
    if (!seen?.blocking.length) seen = now;
    if (Date.now() > end) return { free: false, tries, refused, ...now };
  }
  const note =
    refused > 0
      ? `Free after ${refused} of ${countText(tries, 'try', 'tries')}: it was ${seen?.note}`
      : 'Free';
  return { free: true, tries, refused, blocking: [], note };
}

/** Demands that it became free. Error: `StillLocked`. */
export function expectFree(name: string, now: Unlocked): { readonly note: string } {
  if (now.free) return { note: now.note };
  throw permanent('StillLocked', `"${name}" is still locked: ${now.note}. ${adviceFor(now)}`);
}

function adviceFor({ blocking }: LockHolders): string {
  const roles = blocking.map(({ role }) => role);
  if (roles.includes('backup')) return 'A backup is let end: start this again when it has';
  if (roles.includes('unseen')) return 'Look for it on the host, outside of this container';
  return 'Start this again';
}
