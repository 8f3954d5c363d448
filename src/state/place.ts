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

/** The ids that the state directory had on the machines from which it was carried here, the newest last. */
export async function carriedTo({ state }: State): Promise<string[]> {
  const file = join(state, 'claim.db');
  return isThere(file) ? reading(file, carriedIn) : [];
}

/** It was carried to this machine, where it is another place: by its old id it stays known that what began there goes on here. */
export async function renewPlace({ state }: State): Promise<string> {
  return exclusively(join(state, 'claim.db'), async (db) => {
    const before = placeIn(db);
    if (before !== undefined) db.prepare('insert or replace into carried values (?)').run(before);
    db.exec(
      `delete from carried where rowid <= (select max(rowid) from carried) - ${MAX_CARRIED}; delete from place`,
    );
    return ensurePlaceIn(db);
  });
}

/** As many are told of a worker. */
const MAX_CARRIED = 20;

/** Inside of a transaction that writes. */
export function ensurePlaceIn(db: Database.Database): string {
  const place = placeIn(db);
  if (place !== undefined) return place;
  const made = randomUUID();
  db.exec('delete from place');
  db.prepare('insert into place values (?)').run(made);
  return made;
}

/** Where a worker is. */
export interface Here {
  readonly place: string;
  /** As of `carriedTo`. */
  readonly carried: readonly string[];
}

/** Answers where this is again and again: it is read anew when the file is another one, and remembered when that is gone. */
export function openPlaceReader({ state }: State): () => Promise<Here | undefined> {
  const file = join(state, 'claim.db');
  let known: (Here & { readonly ino: number }) | undefined;
  return async () => {
    const ino = (await stat(file).catch(() => undefined))?.ino;
    if (ino === undefined || known?.ino === ino) return known;
    const place = await placeOf({ state });
    if (place === undefined) return undefined;
    known = { ino, place, carried: await carriedTo({ state }) };
    return known;
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

/** The same of a run that began where the target was before people moved it here: if that is gone for good, nobody else goes on with it. */
export function movedPlace(
  { name }: Pick<Target, 'name'>,
  type: string,
  before: { readonly hostname: string; readonly state: string },
  { passes }: { readonly passes: boolean },
): Error {
  const refuse = passes ? passing : permanent;
  return refuse(
    'WrongPlace',
    `"${name}" was moved to host "${hostname()}", and this run began on host "${before.hostname}" (state in "${before.state}"): ` +
      `"${type}" is for a worker there. If that host is gone for good, terminate the run in Temporal (docs/own-recovery.md, "A host that is gone")`,
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

function carriedIn(db: Database.Database): string[] {
  return db.prepare('select id from carried order by rowid').pluck().all() as string[];
}

/** One that somebody spoilt counts as none: it is made anew at the next claim. */
function placeIn(db: Database.Database): string | undefined {
  const id = z.uuid().safeParse(db.prepare('select id from place').pluck().get());
  return id.success ? id.data : undefined;
}
