import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import type { AuditEvent } from '../../src/state/audit-log.ts';

/** Every event of a target's audit, in the order in which they were written. */
export function auditOf({ state }: Pick<SqliteTarget, 'state'>): AuditEvent[] {
  return readFileSync(join(state, 'audit.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => {
      const { prev, ...event } = JSON.parse(line) as AuditEvent & { prev?: string };
      void prev;
      return event;
    });
}
