import { lstatSync, readlinkSync, type Stats } from 'node:fs';
import { dirname, join, parse, resolve, sep } from 'node:path';

/** One part of a way. */
export interface Hand {
  readonly path: string;
  readonly about: Stats;
}

/** As many links as the kernel follows, see path_resolution(7). */
const MAX_LINKS = 40;

/**
 * Every part of a path, in its order: links themselves, and the way on which they lead. Whoever owns one can put something else in the place of all
 * that comes after it. It ends where nothing is.
 */
export function handsOn(path: string, links = 0): Hand[] {
  const whole = resolve(path);
  const { root } = parse(whole);
  const hands: Hand[] = [];
  let place = root;
  for (const part of whole.slice(root.length).split(sep).filter(Boolean)) {
    place = join(place, part);
    const about = lstatSync(place, { throwIfNoEntry: false });
    if (!about) break;
    hands.push({ path: place, about });
    if (!about.isSymbolicLink() || links >= MAX_LINKS) continue;
    const to = resolve(dirname(place), readlinkSync(place));
    hands.push(...handsOn(to, links + 1));
    place = to;
  }
  return hands;
}
