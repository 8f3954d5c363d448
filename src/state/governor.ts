import type Database from 'better-sqlite3';
import type { Target } from '../config/schema/target.ts';
import { type Duration, inMilliseconds } from '../config/time/duration.ts';
import { permanent } from '../os/failure.ts';

/** "automation off", as a person said it. */
export interface AutomationOff {
  /** ISO 8601, UTC. */
  readonly since: string;
  readonly until: string;
  readonly by: string;
  readonly reason: string;
}

/** Undefined: automatic runs may act. What had an end is over by itself. */
export function automationOffIn(
  db: Database.Database,
  now = new Date(),
): AutomationOff | undefined {
  return db.prepare('select * from automation_off where until > ?').get(now.toISOString()) as
    | AutomationOff
    | undefined;
}

export function setAutomationOff(db: Database.Database, off: AutomationOff | undefined): void {
  db.exec('delete from automation_off');
  if (off)
    db.prepare('insert into automation_off values (?, ?, ?, ?)').run(
      off.since,
      off.until,
      off.by,
      off.reason,
    );
}

/** Lets an automatic run begin, and counts it. A retry of the same run is the same run. Errors: `AutomationOff`, `GovernorLimit`. */
export function expectAutomationMay(
  db: Database.Database,
  run: string,
  { name, governor }: Pick<Target, 'name' | 'governor'>,
  now = new Date(),
): void {
  const off = automationOffIn(db, now);
  if (off)
    throw permanent(
      'AutomationOff',
      `Automation of "${name}" is off until ${off.until}: ${off.by} said so at ${off.since}, because "${off.reason}"`,
    );
  const [, limit, unit] = /^(\d+) per (\w+)$/.exec(governor.automatic)!;
  const length = inMilliseconds(unit === 'day' ? '1d' : ('1h' satisfies Duration));
  const begun = new Date(now.getTime() - length).toISOString();
  db.prepare('delete from automatic where at <= ?').run(begun);
  const others = db.prepare('select count(*) from automatic where run <> ?').pluck().get(run);
  if (Number(others) >= Number(limit))
    throw permanent(
      'GovernorLimit',
      `"${name}" has had ${String(others)} automatic runs within the last ${unit}, and its governor allows ${governor.automatic}`,
    );
  db.prepare('insert or ignore into automatic values (?, ?)').run(run, now.toISOString());
}
