import { resolve } from 'node:path';
import { UsageError } from '../../../config/usage-error.ts';
import { replaceText } from '../../../os/files/replace-text.ts';

/** Error: `UsageError`. A file of another ending is read by nobody. */
export function writeTextfile(file: string, text: string): void {
  const hint = '--textfile /var/lib/node_exporter/textfile/runbook.prom';
  if (!file.endsWith('.prom'))
    throw new UsageError(`Cannot write "${file}": node_exporter reads only names in .prom`, hint);
  try {
    replaceText(resolve(file), text);
  } catch (error) {
    throw new UsageError(`Cannot write "${file}": ${(error as Error).message}`, hint);
  }
}
