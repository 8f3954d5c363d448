import { inMilliseconds } from '../duration.ts';
import type { Contact } from './people.ts';

/** The member whose turn it is at `at`. Undefined: they take no turns. Reckoned in UTC, so that no change of clocks moves it. */
export function whoseTurn({ members, rotation }: Contact, at: string): string | undefined {
  if (!rotation) return undefined;
  const turn = Math.floor(
    (Date.parse(at) - Date.parse(rotation.since)) / inMilliseconds(rotation.every),
  );
  // Before `since` the turns go backwards, without a gap.
  return members.at(turn % members.length);
}
