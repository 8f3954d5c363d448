import { statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { countText } from '../../../../config/text/count-text.ts';
import type { SqliteExtension } from '../../../../config/schema/database.ts';
import { permanent } from '../../../../os/failure.ts';
import { sha256Of } from '../../../../os/files/sha256.ts';
import type { Check } from '../../../artefact/manifest.ts';
import type { Proof, ProofOptions } from '../../copies.ts';
import type { Content } from '../file/content.ts';
import { beginInspection } from './inspect-beside.ts';
import type { Inspection, Trouble } from './inspect.ts';

/** A single file has all of it. */
export type FileProof = Proof & Content;

type Found = Required<Omit<Inspection, 'trouble' | 'timings' | 'unproven'>> &
  Pick<Proof, 'unproven'>;

export interface FileProofOptions extends ProofOptions {
  /** The table that the application needs. */
  readonly keyTable: string;
  /** What loads the functions that its schema needs. */
  readonly extensions?: readonly SqliteExtension[];
}

/** Proves a single file that nobody has open, in mode `delete`. */
export async function proveCopy(
  file: string,
  { name, keyTable, extensions, expected, full = false, blame, ...how }: FileProofOptions,
): Promise<FileProof> {
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
