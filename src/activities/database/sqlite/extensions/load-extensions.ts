import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import type Database from 'better-sqlite3';
import type { SqliteExtension } from '../../../../config/schema/database.ts';
import { handsOn } from '../../../../os/files/hands-on.ts';
import { type Owner, ownerBy } from '../../../../os/owner/owner-of.ts';

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

/**
 * With whose rights they are to be loaded by a process of root: whoever could put others in their place. Undefined: with ours, because that is
 * root alone, or because we are not root. Error: `ExtensionTrouble`, when those are several.
 */
export function ownerOfExtensions(extensions: readonly SqliteExtension[]): Owner | undefined {
  if (process.geteuid?.() !== 0) return undefined;
  const hands = extensions.flatMap(({ file }) =>
    handsOn(file)
      .filter(({ about }) => about.uid !== 0)
      .map(({ about: hand }) => ({ file, hand })),
  );
  const [first] = hands;
  if (!first) return undefined;
  const other = hands.find(({ hand }) => hand.uid !== first.hand.uid);
  if (!other) return ownerBy(first.hand, dirname(first.file));
  throw new ExtensionTrouble(
    `Cannot load "${other.file}": users ${first.hand.uid} and ${other.hand.uid} both have a hand in what is loaded`,
  );
}

/** Why a file is not to be loaded: text. It runs with the rights of its owner, or of the worker where that is not root: nobody else may have a hand in it. */
export function extensionFault(file: string): string | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found?.isFile()) return `Cannot find the extension "${file}"`;
  const us = process.getuid?.();
  for (const path of [file, dirname(file)]) {
    const { mode, uid } = statSync(path);
    if ((mode & 0o022) !== 0) return `Cannot load "${file}": others may write to "${path}"`;
    if (us !== 0 && uid !== 0 && uid !== us)
      return `Cannot load "${file}": "${path}" belongs to neither the worker's user nor root`;
  }
  return undefined;
}
