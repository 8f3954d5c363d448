import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Target } from '../config/schema/target.ts';
import { writeDurably } from '../os/files/durable-files.ts';
import { runFileName } from './run-file-name.ts';

/** A file that shows what a run found or made. What an activity answers as `evidence` stands in its line of the ledger. */
export interface Evidence {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Keeps what is too long for the ledger, in `<state>/evidence/<run>/<name>`. A later attempt writes over an earlier one. */
export function keepEvidence(
  target: Pick<Target, 'name' | 'state'>,
  run: string,
  name: string,
  content: string,
): Evidence {
  const directory = join(target.state, 'evidence', runFileName(run, target));
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const file = join(directory, name);
  writeDurably(file, content);
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { file, bytes: Buffer.byteLength(content), sha256 };
}
