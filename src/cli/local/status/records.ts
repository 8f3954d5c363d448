import {
  type Catalogue,
  catalogueOf,
  unreadText,
} from '../../../activities/backups/catalogue/catalogue.ts';
import { offsiteAge } from '../../../activities/backups/offsite/offsite-age.ts';
import { automationOff } from '../../../activities/automation/automation-activities.ts';
import { onCall } from '../../../config/calendar/whose-turn.ts';
import { fingerprintOf } from '../../../config/fingerprint.ts';
import { contactsOf } from '../../../config/schema/on-call/escalation-level.ts';
import type { Target } from '../../../config/schema/target.ts';
import { inMilliseconds } from '../../../config/time/duration.ts';
import { version } from '../../../config/version.ts';
import { durationText } from '../../../report/times.ts';
import { readDrills } from '../../../state/drill-history.ts';
import type { StatusLine } from './status-line.ts';

/** A backup that is due just now takes its time. */
const GRACE = inMilliseconds('1h');
/** A weekly drill that is three days late is still made up for. */
const DRILL_WITHIN = inMilliseconds('11d');

export interface Records {
  readonly lines: readonly StatusLine[];
  /** The age of the newest verified backup, in ms. Missing: there is none. */
  readonly backupAge?: number;
}

/** What lies beside a target: its backups, its drills, whether runs may start by themselves. */
export async function recordsOf(target: Target, now: number): Promise<Records> {
  // Hundreds of manifests are read for it: once.
  const catalogue = catalogueOf(target);
  const age = backupAge(catalogue, now);
  const lines = [
    ...backup(target, catalogue, age),
    ...offsite(target, now),
    drill(target, now),
    ...(await automation(target)),
    people(target, now),
    { subject: 'policy', verdict: 'ok', text: `${fingerprintOf(target)}, version ${version}` },
  ] as const;
  return { lines, ...(age !== undefined && { backupAge: age }) };
}

function backupAge({ backups }: Catalogue, now: number): number | undefined {
  const newest = backups.find(({ state }) => state === 'verified');
  return newest?.takenAt === undefined ? undefined : now - Date.parse(newest.takenAt);
}

function backup(
  target: Target,
  { unread: places }: Catalogue,
  age: number | undefined,
): StatusLine[] {
  const { backups, name } = target;
  const goal = backups.goals?.rpo ?? target.database.maintenance.backupWithin;
  const limit = inMilliseconds(goal) + GRACE;
  const hint = `runbook start daily-backup -t ${name}`;
  const subject = 'backup';
  const unread = unreadText(places).map((text): StatusLine => ({
    subject,
    verdict: 'warning',
    text,
  }));
  if (age === undefined)
    return [{ subject, verdict: 'critical', text: 'there is no verified one', hint }, ...unread];
  const text = `the newest verified one is ${durationText(age)} old, goal ${goal}`;
  if (age > 2 * limit) return [{ subject, verdict: 'critical', text, hint }, ...unread];
  if (age > limit) return [{ subject, verdict: 'warning', text, hint }, ...unread];
  return [{ subject, verdict: 'ok', text }, ...unread];
}

function offsite(target: Target, now: number): StatusLine[] {
  const found = offsiteAge(target, now);
  if (!found) return [];
  const { verdict, text, age, limit } = found;
  const line = { subject: 'off-site', verdict, text: `${text}, ${durationText(age)} old` };
  return [
    verdict === 'ok'
      ? line
      : { ...line, text: `${line.text}, ${limit}`, hint: `runbook doctor ${target.name}` },
  ];
}

function drill(target: Target, now: number): StatusLine {
  const subject = 'drill';
  const hint = `runbook start restore-drill -t ${target.name}`;
  const last = readDrills(target).at(-1);
  if (!last) return { subject, verdict: 'warning', text: 'never practised', hint };
  const age = now - Date.parse(last.at);
  const rto = last.rtoMilliseconds;
  const goal = target.backups.goals?.rto;
  const took = rto === undefined ? '' : `, restored in ${durationText(rto)}`;
  const text = `${last.verdict} ${durationText(age)} ago${took}${goal === undefined ? '' : `, goal ${goal}`}`;
  if (last.verdict === 'failed') return { subject, verdict: 'critical', text, hint };
  const isSlow = rto !== undefined && goal !== undefined && rto > inMilliseconds(goal);
  const isGood = last.verdict === 'proven' && age <= DRILL_WITHIN && !isSlow;
  return isGood ? { subject, verdict: 'ok', text } : { subject, verdict: 'warning', text, hint };
}

async function automation(target: Target): Promise<StatusLine[]> {
  const off = await automationOff(target);
  if (!off) return [];
  const text = `off until ${off.until}, said ${off.by} at ${off.since}: ${off.reason}`;
  return [{ subject: 'automation', verdict: 'warning', text }];
}

/** Who hears of an incident first. */
function people({ escalation, contacts }: Target, now: number): StatusLine {
  const subject = 'on call';
  const [first] = escalation;
  const called = first ? contactsOf(first).filter((name) => Object.hasOwn(contacts, name)) : [];
  if (called.length === 0) return { subject, verdict: 'warning', text: 'nobody is notified' };
  const texts = called.map((name) => {
    const contact = contacts[name]!;
    const shift = onCall(contact, new Date(now).toISOString());
    const who = shift ? `${shift.member} until ${shift.until}` : contact.members.join(', ');
    return who ? `${name}: ${who}` : name;
  });
  return { subject, verdict: 'ok', text: texts.join('; ') };
}
