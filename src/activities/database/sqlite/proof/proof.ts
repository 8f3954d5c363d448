import { statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { countText } from '../../../../config/text/count-text.ts';
import type { SqliteExtension } from '../../../../config/schema/database.ts';
import type { Unproven } from '../../../../config/unproven.ts';
import { permanent } from '../../../../os/failure.ts';
import { sha256Of } from '../../../../os/files/sha256.ts';
import type { Check, DatabaseFacts } from '../../../artefact/manifest.ts';
import type { Content } from '../file/content.ts';
import { beginInspection } from './inspect-beside.ts';
import type { Inspection, Trouble } from './inspect.ts';

/** What was seen of one copy, from the copy itself. */
export interface Proof extends Content {
  /** Of the key table. */
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
  /** Names of the checks that it passed. */
  readonly checks: readonly string[];
  /** What could not be judged here. Missing: nothing. */
  readonly unproven?: readonly Unproven[];
  readonly timings: readonly Check[];
  /** When integrity_check last ran in full. */
  readonly fullCheckAt?: string;
}

type Found = Required<Omit<Inspection, 'trouble' | 'timings' | 'unproven'>> &
  Pick<Proof, 'unproven'>;

export interface ProofOptions {
  /** How people call the copy. */
  readonly name: string;
  /** The table that the application needs. */
  readonly keyTable: string;
  /** What loads the functions that its schema needs. */
  readonly extensions?: readonly SqliteExtension[];
  /** What the copy must be equal to. */
  readonly expected?: DatabaseFacts;
  /** How its sha256 is found, when it is to be that of a stored copy. */
  readonly sha256?: () => Promise<string>;
  /** Compares every index with its table, too: integrity_check in the place of quick_check. */
  readonly full?: boolean | undefined;
  /** What to say when SQLite finds damage in the copy. Without it, the copy is to blame. */
  readonly blame?: ((check: string, finding: string) => Error) | undefined;
}

/** Proves a single file that nobody has open, in mode `delete`. */
export async function proveCopy(
  file: string,
  { name, keyTable, extensions, expected, full = false, blame, ...how }: ProofOptions,
): Promise<Proof> {
  const bytes = statSync(file).size;
  const countedToo = expected?.keyTable ?? keyTable;
  const request = { file, bytes, keyTable, countedToo, full };
  const inspecting = beginInspection(request, extensions);
  try {
    const begun = performance.now();
    const sha256 = await (how.sha256?.() ?? sha256Of(file));
    if (expected && sha256 !== expected.sha256) throw differs('sha256', sha256, expected.sha256);
    const milliseconds = Math.round(performance.now() - begun);
    const hashed: Check = { name: 'sha256', milliseconds, at: new Date().toISOString() };

    const { trouble, timings: inspected, ...found } = await inspecting.result();
    const content = found as Found;
    if (expected && content.tables) expectCounts(content.tables, expected.tables);
    if (trouble) throw failureFor(trouble);
    if (expected && content.schemaHash !== expected.schemaHash)
      throw differs('schema', content.schemaHash, expected.schemaHash);
    const timings = [hashed, ...inspected];
    const checks = timings.map((timing) => timing.name);
    const facts = { ...content, bytes, sha256, checks, timings };
    const ran = inspected.find((timing) => timing.name === 'integrity_check');
    return ran ? { ...facts, fullCheckAt: ran.at } : facts;
  } finally {
    await inspecting.close();
  }

  function expectCounts(counted: Content['tables'], wanted: Content['tables']): void {
    for (const table of new Set([...Object.keys(wanted), ...Object.keys(counted)])) {
      if (counted[table] !== wanted[table])
        throw damaged(
          'row counts',
          `"${table}" has ${countText(counted[table] ?? 'no', 'row')}, expected ${wanted[table] ?? 'no such table'}`,
        );
    }
  }

  function failureFor({ title, kind, text, code }: Trouble): Error {
    if (kind === 'other')
      return code === undefined ? new Error(text) : new Database.SqliteError(text, code);
    if (blame && kind !== 'missing') return blame(title, `"${text}"`);
    return kind === 'finding' ? differs(title, text, 'ok') : damaged(title, text);
  }

  function differs(title: string, got: string, wanted: string): Error {
    return damaged(title, `got "${got}", expected "${wanted}"`);
  }

  function damaged(title: string, finding: string): Error {
    return permanent('BackupDamaged', `Backup "${name}" does not pass ${title}: ${finding}`);
  }
}
