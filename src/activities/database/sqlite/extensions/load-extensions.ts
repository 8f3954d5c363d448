import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import type Database from 'better-sqlite3';
import type { SqliteExtension } from '../../../../config/schema/database.ts';

/** An extension that cannot be loaded: this says nothing of the database. */
export class ExtensionTrouble extends Error {
  override readonly name = 'ExtensionTrouble';
}

/** Loads native code. Only the process that is there for it may call this: whatever the code does, it does to that process. */
export function loadExtensions(
  db: Database.Database,
  extensions: readonly SqliteExtension[],
): void {
  for (const { file, entry, prepare } of extensions) {
    const fault = extensionFault(file);
    if (fault !== undefined) throw new ExtensionTrouble(fault);
    try {
      // Its types do not know the second.
      const given: [string, string?] = entry === undefined ? [file] : [file, entry];
      (db.loadExtension as (...given: [string, string?]) => void).call(db, ...given);
      for (const sql of prepare) db.exec(sql);
    } catch (error) {
      throw new ExtensionTrouble(`Cannot load "${file}": ${(error as Error).message}`);
    }
  }
}

/** Why a file is not to be loaded: text. It runs with the rights of the worker, so nobody else may have a hand in it. */
export function extensionFault(file: string): string | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found?.isFile()) return `Cannot find the extension "${file}"`;
  for (const path of [file, dirname(file)]) {
    const { mode, uid } = statSync(path);
    if ((mode & 0o022) !== 0) return `Cannot load "${file}": others may write to "${path}"`;
    if (uid !== 0 && uid !== process.getuid?.())
      return `Cannot load "${file}": "${path}" belongs to neither the worker's user nor root`;
  }
  return undefined;
}
