import { createHash } from 'node:crypto';
import { lstatSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Where what is ours lies when it may not lie beside an application of another user. Its user may read none of it. */
const OUTSIDE = '/var/lib/durable-runbooks/targets';
const BESIDE = '.runbook';

/**
 * Where a target keeps its state whose file names no place: beside the application, unless its directory belongs to somebody else. Whoever owns
 * that can put another state in the place of ours, and then says which process is the application, and who holds the target. One that an
 * earlier version has made there is used until it is moved: what it holds must not be forgotten.
 */
export function defaultState(name: string, directory: string): string {
  const beside = join(directory, BESIDE);
  const owner = statSync(directory, { throwIfNoEntry: false })?.uid;
  if (owner === undefined || isOurs(owner) || process.platform !== 'linux') return beside;
  const there = lstatSync(beside, { throwIfNoEntry: false });
  if (there?.isDirectory() && isOurs(there.uid)) return beside;
  return placeOutside(name, directory);
}

/** Two applications may have targets of one name. */
export function placeOutside(name: string, directory: string): string {
  const which = createHash('sha256').update(directory).digest('hex').slice(0, 8);
  return join(OUTSIDE, `${name}-${which}`);
}

/** Undefined: nobody else can move the state away. Else how to move it, as a sentence. */
export function whyMoveState({
  name,
  directory,
  state,
}: {
  readonly name: string;
  readonly directory: string;
  readonly state: string;
}): string | undefined {
  const owner = statSync(directory, { throwIfNoEntry: false })?.uid;
  if (owner === undefined || isOurs(owner) || !`${state}/`.startsWith(`${directory}/`))
    return undefined;
  const to = placeOutside(name, directory);
  return (
    `"state" lies in "${directory}", whose owner (user ${owner}) can put another in its place. Stop the worker, ` +
    `mkdir -p -m 700 ${OUTSIDE} && mv "${state}" "${to}", and write "state: ${to}" into its file`
  );
}

function isOurs(uid: number): boolean {
  return uid === 0 || uid === process.geteuid?.();
}
