import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';

/** The environment of an operator whose only target is this one, where no Temporal server answers. */
export function targetsIn(directory: string, target: SqliteTarget): Record<string, string> {
  const targets = join(directory, 'targets');
  mkdirSync(targets, { recursive: true });
  writeFileSync(join(targets, `${target.name}.yaml`), stringify(target));
  return { RUNBOOK_TARGETS: targets, TEMPORAL_ADDRESS: '127.0.0.1:1' };
}
