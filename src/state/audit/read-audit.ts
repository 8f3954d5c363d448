import { closeSync } from 'node:fs';
import { join } from 'node:path';
import { type AuditEvent, eventIn } from './audit-event.ts';
import { NOTHING } from './chain.ts';
import { auditFiles, openToRead } from './files.ts';
import { standOf } from './stand.ts';
import { isThere } from '../../os/files/file-facts.ts';

/** The newest events, in the order in which they were written. What cannot be read is left out: `verifyAudit` tells of it. */
export function readAudit(state: string, most: number): AuditEvent[] {
  const events: AuditEvent[] = [];
  const names = isThere(state) ? auditFiles(state) : [];
  for (const name of names.toReversed()) {
    if (events.length >= most) break;
    const fd = openToRead(join(state, name));
    try {
      events.unshift(...standOf(fd, NOTHING).lines.flatMap((line) => eventIn(line) ?? []));
    } finally {
      closeSync(fd);
    }
  }
  return events.slice(-most);
}
