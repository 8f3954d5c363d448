import { join } from 'node:path';
import type { Target } from '../../../config/schema/target.ts';
import { plainLine } from '../../../config/text/plain-text.ts';
import type { Stamp } from '../../../config/time/stamp.ts';
import { writeDurably } from '../../../os/files/durable-files.ts';
import { isThere } from '../../../os/files/file-facts.ts';
import { redacted } from '../../../os/redacted.ts';
import { ensureEvidencePlace } from './evidence-place.ts';

/** What is known of an incident when its report is written. */
export interface Described {
  readonly incident: string;
  readonly type?: string;
  readonly description?: string;
  /** What the run has done, a sentence each. */
  readonly actions: readonly string[];
}

export interface WrittenReport {
  readonly changed: boolean;
  readonly file: string;
  /** Fields that people have to fill. */
  readonly fields: readonly string[];
  readonly note: string;
}

/** A's word. */
const TO_FILL = '[TO BE FILLED]';
const LETTERS = 2000;

/**
 * A's report, beside the evidence: `<state>/security/<stamp>/report.txt` (see `evidencePlace`). What the run cannot know is for people. One that is there stays:
 * somebody may have written to it.
 */
export async function writeReport(
  target: Target,
  run: string,
  stamp: Stamp,
  { incident, type, description, actions }: Described,
): Promise<WrittenReport> {
  const file = join(ensureEvidencePlace(target, run, stamp), 'report.txt');
  const fields = [
    ...(type ? [] : ['Type']),
    ...(description ? [] : ['Description']),
    'Cause',
    'Who and what is affected',
    'Status',
  ];
  const answer = { file, fields, note: `"${file}": people fill ${fields.join(', ')}` };
  if (isThere(file)) return { changed: false, ...answer };
  const told = (text: string | undefined) => (text ? plainLine(redacted(text), LETTERS) : TO_FILL);
  const lines = [
    'Security Incident Report',
    `Date: ${new Date().toISOString()}`,
    `Target: ${target.name}`,
    `Incident: ${incident}`,
    `Run: ${run}`,
    `Type: ${told(type)}`,
    `Description: ${told(description)}`,
    'Actions Taken:',
    ...actions.map((one) => `- ${told(one)}`),
    `Cause: ${TO_FILL}`,
    `Who and what is affected: ${TO_FILL}`,
    `Status: Under Investigation ${TO_FILL}`,
  ];
  writeDurably(file, lines.map((line) => `${line}\n`).join(''));
  return { changed: true, ...answer };
}
