import { existsSync } from 'node:fs';
import { UsageError } from '../../config/usage-error.ts';
import { hasMuchFree } from './compact-data.ts';
import { asideOf, type DataCopy, listCopies, typed } from './data-file.ts';
import { expectServable, expectSound } from './expect-servable.ts';
import { type DatabaseFacts, inspectDatabase } from './inspect-database.ts';

export interface CheckedData {
  readonly file: string;
  /** Undefined: it is not there, or damaged. */
  readonly facts?: DatabaseFacts;
  readonly damage?: { readonly sentence: string; readonly hint?: string };
  readonly hint?: string;
  /** The newest first. */
  readonly copies: readonly DataCopy[];
  readonly aside: readonly string[];
}

/** Reads the runs of a server of our own through, be it that it runs. Changes nothing. */
export function checkData(file: string): CheckedData {
  const beside = { file, copies: listCopies(file), aside: asideOf(file) };
  try {
    if (!existsSync(file)) expectServable(file, { served: false, anew: false });
    else expectSound(file);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const { message: sentence, hint } = error;
    return { ...beside, damage: { sentence, ...(hint !== undefined && { hint }) } };
  }
  if (!existsSync(file)) return beside;
  const facts = inspectDatabase(file);
  return {
    ...beside,
    facts,
    ...(hasMuchFree(facts) && { hint: `${typed('compact', file)}, with the server stopped` }),
  };
}
