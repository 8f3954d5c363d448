import type { Incident } from '../../../../src/incident/incident.ts';
import type { Act, Severity, Story } from './act.ts';
import { ACKNOWLEDGED, MANUALS } from './manuals.ts';
import { AGAIN, openMinutes } from './minutes.ts';
import { MINUTE, type Try, type World } from './world.ts';

/** Nobody is without a page for longer, while it is sev1 and nobody holds it. */
const SEV1_SILENCE = 60;
/** Times are looked at each minute. */
const TOLERANCE = 2;
/** After this it is over, however often it came and went. */
const LONGEST_HOLD = 60;
const order: readonly Severity[] = ['sev1', 'sev2', 'sev3'];
const worse = (one: Severity, other: Severity) => order.indexOf(one) < order.indexOf(other);

/** A time in which nobody holds the fault, and people are told of it. Minutes since the story began. */
interface Alarm {
  readonly severity: Severity;
  /** The delays of the levels count from here. */
  readonly from: number;
  readonly begun: number;
}

/**
 * What must be true whatever happens. It knows of the fault what its sources last said, of people what they did, and of time the
 * manuals' figures; nothing of how the product decides.
 */
export function openModel(world: World, { manual }: Pick<Story, 'manual'>) {
  const { tries, sandbox, id } = world;
  const start = sandbox.now();
  const minute = () => Math.round((sandbox.now() - start) / MINUTE);
  const timeOf = (one: Try) => (one.at - start) / MINUTE;
  const wrong: string[] = [];
  const minutes = openMinutes();
  const saying = new Map<number, Severity>();
  let severity: Severity | undefined;
  let acknowledged: { by: number; until: number } | undefined;
  /** For so long, from when a worker is back. */
  let acknowledgedAway: number | undefined;
  let held: { readonly since: number; readonly until: number } | undefined;
  let clearedSince: number | undefined;
  let endedAt: number | undefined;
  let alarm: Alarm | undefined;
  /** From when the delays count, as long as nothing begins anew. */
  let from = 0;
  /** While no worker is there, what happens counts from when it is back: all but the beginning. */
  let waits = false;

  return { happened, ticked, wrong, end: () => close(minute()) };

  function happened(act: Act, taken: boolean): void {
    const now = minute();
    switch (act.do) {
      case 'fire': {
        const before = saying.get(act.source);
        saying.set(act.source, act.severity);
        if (severity === undefined) {
          severity = act.severity;
          from = now;
          waits = false;
        } else if (worse(act.severity, severity) && (!before || worse(act.severity, before)))
          raise(act.severity, now);
        clearedSince = undefined;
        endedAt = undefined;
        break;
      }
      case 'clear':
        if (saying.delete(act.source) && saying.size === 0) clearedSince = now;
        break;
      case 'resolve':
        if (taken && severity !== undefined) over(now);
        break;
      case 'acknowledge':
        if (severity !== undefined) holdOn(now);
        break;
      case 'note':
        if (acknowledged) holdOn(now);
        break;
      case 'severity':
        if (severity === undefined) break;
        if (worse(act.severity, severity)) raise(act.severity, now);
        else if (act.severity !== severity) severity = act.severity;
        if (acknowledged) holdOn(now);
        break;
      case 'hold':
        held = { since: held?.since ?? now, until: now + act.minutes + 1 };
        break;
      case 'lift':
        if (held) unheld(now);
        break;
      case 'worker':
        if (!act.up) minutes.failed(now, true);
        if (!act.up) break;
        if (waits) begin(now);
        if (acknowledged && acknowledgedAway !== undefined) holdOn(now);
        break;
      case 'mail':
      case 'pager':
        if (!act.up) minutes.failed(now, false);
        break;
      case 'slow':
        break;
    }
    settle(now);
  }

  /** A minute has passed. */
  function ticked(): void {
    const now = minute();
    minutes.passed(now, world.health);
    if (acknowledged && world.health.worker && acknowledged.until <= now) {
      acknowledged = undefined;
      begin(now);
    }
    if (held && held.until <= now) unheld(now);
    // The shortest hold is five minutes; when it is over exactly is the product's to say.
    if (
      clearedSince !== undefined &&
      sandbox.runs.every((run) => run.id !== id || run.status !== 'open')
    )
      over(clearedSince);
    settle(now);
    look(now);
  }

  function begin(now: number): void {
    from = now;
    waits = !world.health.worker;
  }

  /** Held from when that is taken in. */
  function holdOn(now: number): void {
    const length = lengthNow();
    acknowledged = { by: now, until: now + length };
    acknowledgedAway = world.health.worker ? undefined : length;
  }

  function lengthNow(): number {
    return ACKNOWLEDGED[severity ?? 'sev3'];
  }

  function raise(to: Severity, now: number): void {
    severity = to;
    acknowledged = undefined;
    begin(now);
  }

  /** What was not noticed to be held back goes on as if nothing had been. */
  function unheld(now: number): void {
    const { since } = held!;
    held = undefined;
    if (tries.some((one) => one.held && isTrigger(one) && timeOf(one) >= since)) begin(now);
  }

  function over(now: number): void {
    saying.clear();
    severity = undefined;
    acknowledged = undefined;
    clearedSince = undefined;
    endedAt = now;
  }

  function settle(now: number): void {
    const rings = severity !== undefined && saying.size > 0 && !acknowledged && !held;
    if (alarm && rings && alarm.severity === severity && alarm.from === from) return;
    if (alarm) close(now);
    alarm = rings ? { severity: severity!, from, begun: now } : undefined;
  }

  function look(now: number): void {
    if (!minutes.wasPresent(now - TOLERANCE, now)) return;
    const open = sandbox.runs.some((run) => run.id === id && run.status === 'open');
    const failed = sandbox.runs.find(({ status }) => status === 'failed');
    if (failed) say(now, `${failed.id} failed: ${String(failed.result)}`);
    const revived = sandbox.runs.find(
      (run) => run.id === id && run.status === 'done' && stateOf(run.result) !== 'resolved',
    );
    if (revived) say(now, `It was resolved, and has ended as ${stateOf(revived.result)}`);
    if (saying.size > 0 && !open)
      say(now, 'It fires, and no incident is open: an accepted alert is lost');
    const since = endedAt ?? clearedSince;
    if (open && saying.size === 0 && since !== undefined && minutes.wasPresent(since, now))
      if (now - since > (endedAt === undefined ? LONGEST_HOLD : 0) + 2 * TOLERANCE)
        say(now, `It is over since minute ${since}, and its incident is open`);
    if (alarm?.severity === 'sev1' && minutes.wasHealthy(now - SEV1_SILENCE - AGAIN, now)) {
      const last = tries.findLast((one) => isTrigger(one) && told(one, 'sev1'));
      const silence = now - Math.max(alarm.begun, last ? timeOf(last) : 0);
      if (silence > SEV1_SILENCE + TOLERANCE)
        say(now, `Nobody hears of a sev1 for ${Math.round(silence)} minutes`);
    }
  }

  /** Whether each level that came due was told. */
  function close(end: number): void {
    if (!alarm) return;
    const { severity: level, from: since, begun } = alarm;
    alarm = undefined;
    for (const [contact, delay] of Object.entries(MANUALS[manual][level])) {
      const due = Math.max(begun, since + delay);
      const deadline = minutes.healthyFrom(due, end);
      if (deadline === undefined || deadline + TOLERANCE >= end) continue;
      const heard = tries.some(
        (one) =>
          isTrigger(one) &&
          one.page.contact === contact &&
          told(one, level) &&
          timeOf(one) >= since - TOLERANCE &&
          timeOf(one) <= deadline + TOLERANCE,
      );
      if (!heard)
        say(end, `${level}: ${contact} was due at minute ${due}, and was not told by ${deadline}`);
    }
    hurried(since, begun, end, level);
  }

  /** When nothing works, the next level does not wait. */
  function hurried(since: number, begun: number, end: number, level: Severity): void {
    const mine = tries.filter((one) => isTrigger(one) && !one.held && timeOf(one) >= since);
    const first = mine.find((one) => timeOf(one) >= begun);
    const at = first && timeOf(first);
    if (!first || at === undefined || told(first, level) || end <= at + 2 * TOLERANCE) return;
    if (!minutes.wasPresent(Math.floor(at), Math.ceil(at) + 2 * TOLERANCE) || world.health.slow)
      return;
    if (mine.some((one) => timeOf(one) <= at + TOLERANCE && told(one, level))) return;
    const asked = new Set(
      mine.filter((one) => timeOf(one) <= at + TOLERANCE).map(({ page }) => page.contact),
    );
    if (asked.size < Object.keys(MANUALS[manual][level]).length)
      say(end, `Nothing worked at minute ${at}, and only ${[...asked].join(', ')} was tried`);
  }

  function isTrigger({ page }: Try): boolean {
    return page.event === 'trigger' && page.thread.startsWith(`${id}/`);
  }

  /** A mail wakes nobody: of a sev1 somebody has to be rung. */
  function told({ deliveries }: Try, level: Severity): boolean {
    if (level === 'sev1') return deliveries.some((one) => one.delivered && one.rings);
    return deliveries.some(({ delivered }) => delivered);
  }

  function say(at: number, what: string): void {
    if (wrong.length < 5) wrong.push(`minute ${at}: ${what}`);
  }
}

function stateOf(result: unknown): string {
  return (result as Incident).state;
}
