import type { Incident } from '../../../../src/incident/incident.ts';
import type { Severity, Story } from './act.ts';
import type { openHearing } from './hearing.ts';
import { MANUALS } from './manuals.ts';
import { AGAIN, type openMinutes } from './minutes.ts';
import type { World } from './world.ts';

/** Nobody is without a page for longer, while it is sev1 and nobody holds it. */
const SEV1_SILENCE = 60;
/** Times are looked at each minute. */
export const TOLERANCE = 2;
/** After this it is over, however often it came and went. */
const LONGEST_HOLD = 60;

/** A time in which nobody holds the fault, and people are told of it. Minutes since the story began. */
export interface Alarm {
  readonly severity: Severity;
  /** The delays of the levels count from here. */
  readonly from: number;
  /** What was told before this counts for nothing. */
  readonly since: number;
  readonly begun: number;
}

/** How the fault stands. */
interface Standing {
  readonly alarm: Alarm | undefined;
  readonly isFiring: boolean;
  /** A person has ended it, or it has stayed away. */
  readonly endedAt: number | undefined;
  readonly clearedSince: number | undefined;
}

interface Judging {
  readonly world: World;
  readonly manual: Story['manual'];
  readonly minutes: ReturnType<typeof openMinutes>;
  readonly hearing: ReturnType<typeof openHearing>;
  readonly say: (at: number, what: string) => void;
}

/** Compares what came of the fault with what must be true. */
export function openJudge({ world, manual, minutes, hearing, say }: Judging) {
  const { sandbox, id, health } = world;
  const { all, timeOf, told } = hearing;

  return { look, close };

  function look(now: number, { alarm, isFiring, endedAt, clearedSince }: Standing): void {
    if (!minutes.wasPresent(now - TOLERANCE, now)) return;
    const open = sandbox.runs.some((run) => run.id === id && run.status === 'open');
    const failed = sandbox.runs.find(({ status }) => status === 'failed');
    if (failed) say(now, `${failed.id} failed: ${String(failed.result)}`);
    const revived = sandbox.runs.find(
      (run) => run.id === id && run.status === 'done' && stateOf(run.result) !== 'resolved',
    );
    if (revived) say(now, `It was resolved, and has ended as ${stateOf(revived.result)}`);
    if (isFiring && !open) say(now, 'It fires, and no incident is open: an accepted alert is lost');
    const gone = endedAt ?? clearedSince;
    if (open && !isFiring && gone !== undefined && minutes.wasPresent(gone, now))
      if (now - gone > (endedAt === undefined ? LONGEST_HOLD : 0) + 2 * TOLERANCE)
        say(now, `It is over since minute ${gone}, and its incident is open`);
    if (alarm?.severity === 'sev1' && minutes.wasHealthy(now - SEV1_SILENCE - AGAIN, now)) {
      const last = all().findLast((one) => told(one, 'sev1'));
      const silence = now - Math.max(alarm.begun, last ? timeOf(last) : 0);
      if (silence > SEV1_SILENCE + TOLERANCE)
        say(now, `Nobody hears of a sev1 for ${Math.round(silence)} minutes`);
    }
  }

  /** Whether each level that came due was told. */
  function close({ severity: level, from: base, since: counts, begun }: Alarm, end: number): void {
    for (const [contact, delay] of Object.entries(MANUALS[manual][level])) {
      const due = Math.max(begun, base + delay);
      const deadline = minutes.healthyFrom(due, end);
      if (deadline === undefined || deadline + TOLERANCE >= end) continue;
      const heard = all().some(
        (one) =>
          one.page.contact === contact &&
          told(one, level) &&
          timeOf(one) >= counts - TOLERANCE &&
          timeOf(one) <= deadline + TOLERANCE,
      );
      if (!heard)
        say(end, `${level}: ${contact} was due at minute ${due}, and was not told by ${deadline}`);
    }
    hurried(counts, begun, end, level);
  }

  /** When nothing works, the next level does not wait. */
  function hurried(counts: number, begun: number, end: number, level: Severity): void {
    const mine = all().filter((one) => !one.held && timeOf(one) >= counts);
    const first = mine.find((one) => timeOf(one) >= begun);
    const at = first && timeOf(first);
    if (!first || at === undefined || told(first, level) || end <= at + 2 * TOLERANCE) return;
    if (!minutes.wasPresent(Math.floor(at), Math.ceil(at) + 2 * TOLERANCE) || health.slow) return;
    if (mine.some((one) => timeOf(one) <= at + TOLERANCE && told(one, level))) return;
    const asked = new Set(
      mine.filter((one) => timeOf(one) <= at + TOLERANCE).map(({ page }) => page.contact),
    );
    if (asked.size < Object.keys(MANUALS[manual][level]).length)
      say(end, `Nothing worked at minute ${at}, and only ${[...asked].join(', ')} was tried`);
  }
}

function stateOf(result: unknown): string {
  return (result as Incident).state;
}
