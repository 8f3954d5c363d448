/** Appends events to an audit, one after the other. Usage: appender.ts <state directory> <name> <how many> */
import { appendToAudit } from '../../../../src/state/audit-log.ts';

const [state, name, count] = process.argv.slice(2) as [string, string, string];
for (let event = 0; event < Number(count); event += 1)
  appendToAudit({ state }, [
    { at: '2026-01-05T02:00:00.000Z', run: `${name}/${event}`, what: 'started', by: 'test' },
  ]);
