/** The process that loads a target's extensions, with the rights of their owner, judges one database, and ends. */
import { accessSync, constants } from 'node:fs';
import Database from 'better-sqlite3';
import type { SqliteExtension } from '../../../../config/schema/database.ts';
import { failureOf } from '../../../../os/failure-of.ts';
import { examineHere } from '../examine.ts';
import { inspect } from '../proof/inspect.ts';
import { integrityHere } from '../upkeep/expect-sound.ts';
import type { Answered, Asked } from './beside-with.ts';
import { goDownTo } from '../../../../os/owner/go-down-to.ts';
import { ExtensionTrouble, loadExtensions, ownerOfExtensions } from './load-extensions.ts';

// Whoever asked is gone.
process.on('disconnect', () => process.exit(1));
process.once('message', (asked: Asked) => process.send!(answered(asked)));

function answered(asked: Asked): Answered {
  try {
    return { result: judged(asked) };
  } catch (error) {
    if (error instanceof ExtensionTrouble) return { trouble: error.message };
    const { type, message, nonRetryable } = failureOf(error);
    return { failure: { type: type ?? 'Failure', message, final: nonRetryable ?? false } };
  }
}

function judged(asked: Asked): unknown {
  if (asked.task === 'inspect') {
    const { result, trouble } = inspectWith(asked);
    if (trouble) throw trouble;
    return result;
  }
  const { target, task } = asked;
  const { extensions, file } = target.database;
  const judge = task === 'examine' ? examineHere : integrityHere;
  const owner = ownerOfExtensions(extensions);
  if (!owner) return judge(target, (db) => loadExtensions(db, extensions));
  // Its library lies where he may not look.
  new Database(':memory:').close();
  goDownTo(owner);
  expectReadable(file, owner.uid);
  return judge({ ...target, state: undefined }, (db) => loadExtensions(db, extensions));
}

/** Who may not is no fault of the database. */
function expectReadable(file: string, uid: number): void {
  try {
    accessSync(file, constants.R_OK);
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return;
    throw new ExtensionTrouble(`user ${uid}, to whom they belong, may not read the database`);
  }
}

/** Opened by us, who may read copies that are closed to all others; what is loaded then has no more than the open file. */
function loadGoingDown(db: Database.Database, extensions: readonly SqliteExtension[]): void {
  const owner = ownerOfExtensions(extensions);
  if (owner) {
    // Whatever SQLite opens beside the file, it opens at its first look.
    db.pragma('schema_version');
    goDownTo(owner);
  }
  loadExtensions(db, extensions);
}

/** What goes wrong in an inspection is a part of its answer: but for this. */
function inspectWith({ request, extensions }: Extract<Asked, { task: 'inspect' }>) {
  let trouble: ExtensionTrouble | undefined;
  const result = inspect(request, (db) => {
    try {
      loadGoingDown(db, extensions);
    } catch (error) {
      if (error instanceof ExtensionTrouble) trouble = error;
      throw error;
    }
  });
  return { result, trouble };
}
