import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  rmdirSync,
  rmSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Target } from '../../config/schema/target.ts';
import { permanent } from '../../os/failure.ts';
import { handsOn } from '../../os/files/hands-on.ts';
import { asApplication } from '../../os/owner/as-application.ts';
import type { Owner } from '../../os/owner/owner-of.ts';

/** Where the copy lies that an application of another user is booted on: our state directory is closed to him. */
export interface Lent {
  readonly directory: string;
  readonly owner: Owner;
}

/** Beside the state directory, or where nobody but root has a hand in the way to it. Undefined: the drill's application has our rights. */
export function lentDirectory(
  target: Pick<Target, 'name' | 'state' | 'directory' | 'runsAs' | 'drill'>,
  stamp: string,
): Lent | undefined {
  if (!target.drill) return undefined;
  const { owner } = asApplication(target, target.drill.command);
  if (!owner) return undefined;
  const isOurs = handsOn(dirname(target.state)).every(({ about }) => about.uid === 0);
  const place = isOurs ? `${target.state}-drills` : `/var/tmp/durable-runbooks-${target.name}`;
  return { directory: join(place, stamp), owner };
}

/** Closed until it is handed over. Error: `NotPermitted`, when somebody else has taken the place. */
export function makeLent({ directory }: Lent): void {
  const place = dirname(directory);
  mkdirSync(place, { recursive: true });
  const about = lstatSync(place);
  if (!about.isDirectory() || about.uid !== process.geteuid?.())
    throw permanent(
      'NotPermitted',
      `"${place}" belongs to user ${about.uid}, and a drill needs it: remove it`,
    );
  // He may go through, and see nothing of others in there.
  chmodSync(place, 0o711);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
}

/** From now on it is his, with the restored files in it: they first, because in a directory of his a name could be a link. */
export function handOver({ directory, owner }: Lent): void {
  if (lstatSync(directory).uid === owner.uid) return;
  for (const name of readdirSync(directory)) {
    const path = join(directory, name);
    if (lstatSync(path).isFile()) chownSync(path, owner.uid, owner.gid);
  }
  chownSync(directory, owner.uid, owner.gid);
}

export function removeLent({ directory }: Lent): void {
  rmSync(directory, { recursive: true, force: true });
  try {
    rmdirSync(dirname(directory));
  } catch {
    // Another drill has something in it, or it was never made.
  }
}
