import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { z } from 'zod';
import type { Target } from '../config/schema/target.ts';
import { passing, permanent } from '../os/failure.ts';
import { exclusively, reading } from './claim-database.ts';
import { isThere } from '../os/files/file-facts.ts';

type State = Pick<Target, 'state'>;

/** The id of a state directory, and so of the disk on which runs act. Undefined: nobody has ever claimed the target. */
export async function placeOf({ state }: State): Promise<string | undefined> {
  const file = join(state, 'claim.db');
  // A target that nobody ever claimed stays untouched, even by our own file.
  return isThere(file) ? reading(file, placeIn) : undefined;
}

/** The same, given to it now when it has none. */
export async function ensurePlace({ state }: State): Promise<string> {
  return exclusively(join(state, 'claim.db'), async (db) => ensurePlaceIn(db));
}

/** Inside of a transaction that writes. */
export function ensurePlaceIn(db: Database.Database): string {
  const place = placeIn(db);
  if (place !== undefined) return place;
  const made = randomUUID();
  db.exec('delete from place');
  db.prepare('insert into place values (?)').run(made);
  return made;
}

/** Answers `placeOf` again and again: it is read anew when the file is another one, and remembered when that is gone. */
export function openPlaceReader({ state }: State): () => Promise<string | undefined> {
  const file = join(state, 'claim.db');
  let known: { readonly ino: number; readonly place: string } | undefined;
  return async () => {
    const ino = (await stat(file).catch(() => undefined))?.ino;
    if (ino === undefined || known?.ino === ino) return known?.place;
    const place = await placeOf({ state });
    if (place !== undefined) known = { ino, place };
    return place;
  };
}

/**
 * What a worker answers that was given what another place must do. It passes: the run asks again until its own place has it. That
 * uses up none of an activity's tries, so Temporal itself tries again only what `passes`.
 */
export function wrongPlace(
  { name, state }: Pick<Target, 'name' | 'state'>,
  what: string,
  { passes }: { readonly passes: boolean },
): Error {
  const refuse = passes ? passing : permanent;
  return refuse(
    'WrongPlace',
    `Two places serve "${name}": process ${process.pid} on host "${hostname()}" (state in "${state}") was given ${what}`,
  );
}

/** The same of a worker under which somebody has deleted the state directory, or put another in its place: it is one place, and no second. */
export function replacedState(
  { name, state }: Pick<Target, 'name' | 'state'>,
  { passes }: { readonly passes: boolean },
): Error {
  const refuse = passes ? passing : permanent;
  return refuse(
    'WrongPlace',
    `The state directory "${state}" of "${name}" was deleted or replaced while process ${process.pid} serves it: its claim, audit and keys are gone, ` +
      `and with them what runs left incomplete. Restart the worker, and look: runbook doctor ${name} (docs/own-recovery.md)`,
  );
}

/** One that somebody spoilt counts as none: it is made anew at the next claim. */
function placeIn(db: Database.Database): string | undefined {
  const id = z.uuid().safeParse(db.prepare('select id from place').pluck().get());
  return id.success ? id.data : undefined;
}
