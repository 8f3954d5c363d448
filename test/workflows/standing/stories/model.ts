import type { Incident } from '../../../../src/incident/incident.ts';
import { type Act, isSaid, type Said, type Severity, type Story } from './act.ts';
import { openHearing } from './hearing.ts';
import { type Alarm, openJudge, TOLERANCE } from './judge.ts';
import * as manuals from './manuals.ts';
import { openMinutes } from './minutes.ts';
import { openQuiet } from './quiet.ts';
import { openRequests } from './requests.ts';
import { MINUTE, type World } from './world.ts';

/** The source that is a person. */
const PERSON = -1;

/**
 * What must be true whatever happens. It knows of the fault what its sources last said, of people what they did, and of time the
 * manuals' figures; nothing of how the product decides. What is said while no worker is there waits, and is taken in its order.
 */
export function openModel(world: World, { manual }: Pick<Story, 'manual'>) {
  const { sandbox, id, health } = world;
  const start = sandbox.now();
  const exact = () => (sandbox.now() - start) / MINUTE;
  const minute = () => Math.round(exact());
  const wrong: string[] = [];
  const minutes = openMinutes();
  const hearing = openHearing(world, start);
  const judge = openJudge({ world, manual, minutes, hearing, say });
  const requests = openRequests(hearing, minutes, say);
  const quiet = openQuiet(hearing);
  const saying = new Map<number, Severity>();
  let waiting: { readonly said: Said; readonly taken: boolean; readonly at: number }[] = [];
  let severity: Severity | undefined;
  /** A person has opened this episode: nothing holds it back. */
  let personal = false;
  let acknowledged: { readonly until: number; readonly snoozed?: boolean } | undefined;
  let clearedSince: number | undefined;
  let endedAt: number | undefined;
  let alarm: Alarm | undefined;
  /** When this episode began, to the second. */
  let opened = 0;
  let from = 0;
  let since = 0;
  /** The same, to the second where that is known. */
  let anew = 0;
  /** What begins anew while no worker is there begins when it is back. */
  let waits = false;
  /** A worker has read what the target's file says of this severity. */
  let isRead = false;

  return { happened, ticked, wrong, end };

  function end(): void {
    if (alarm) judge.close(alarm, minute());
  }

  function happened(act: Act, taken: boolean): void {
    const now = minute();
    if (isSaid(act)) {
      if (!health.worker) waiting.push({ said: act, taken, at: now });
      else hear(act, taken, now, now);
      isRead ||= health.worker;
      return settle(now);
    }
    switch (act.do) {
      case 'hold':
      case 'silence':
        quiet.begin(act.do, now, now + act.minutes + 1);
        break;
      case 'lift':
        if (quiet.end('hold', opened)) begin(now);
        break;
      case 'unsilence':
        if (quiet.end('silence', opened)) begin(now);
        break;
      case 'worker': {
        if (!act.up) minutes.failed(now, true);
        if (!act.up) break;
        if (waits) begin(now);
        const before = waiting;
        waiting = [];
        for (const { said, taken: isTaken, at } of before) hear(said, isTaken, now, at);
        break;
      }
      case 'mail':
      case 'pager':
        if (!act.up) minutes.failed(now, false);
        break;
      case 'slow':
        break;
    }
    settle(now);
  }

  /** `at`: when it was said. */
  function hear(said: Said, taken: boolean, now: number, at: number): void {
    if (said.do === 'fire') return fired(said.source, said.severity, now, at);
    if (said.do === 'reopen') {
      if (taken && severity === undefined) reopened(now, at);
      return;
    }
    if (said.do === 'clear') {
      if (saying.delete(said.source) && saying.size === 0) clearedSince = now;
      return;
    }
    if (severity === undefined) return;
    switch (said.do) {
      case 'resolve':
        if (taken) over(now);
        break;
      case 'acknowledge':
        acknowledged = { until: now + manuals.ACKNOWLEDGED[severity] };
        break;
      case 'note':
        heardOf(now);
        break;
      case 'severity':
        if (manuals.isWorse(said.severity, severity)) raise(said.severity, now);
        else if (said.severity !== severity) {
          severity = said.severity;
          isRead = false;
        } else break;
        heardOf(now);
        break;
      case 'respond':
        requests.ask([manuals.contactAt(manual, said.to)], now);
        heardOf(now);
        break;
      case 'reassign':
        acknowledged = undefined;
        requests.ask([manuals.contactAt(manual, said.to)], now);
        begin(now);
        from = now + manuals.REPEAT[severity];
        break;
      case 'escalate':
        escalated(now);
        break;
      case 'unacknowledge':
        if (acknowledged) begin(now);
        acknowledged = undefined;
        break;
      case 'snooze': {
        const most = (isRead ? manuals.SNOOZED : manuals.SNOOZED_UNREAD)[severity];
        const until = at + said.minutes;
        if (until > now && until - now <= most) acknowledged = { until, snoozed: true };
        break;
      }
    }
  }

  function fired(source: number, as: Severity, now: number, at: number): void {
    const before = saying.get(source);
    saying.set(source, as);
    clearedSince = undefined;
    endedAt = undefined;
    if (severity !== undefined) {
      if (manuals.isWorse(as, severity) && (!before || manuals.isWorse(as, before))) raise(as, now);
      return;
    }
    opened = exact();
    severity = as;
    isRead = false;
    personal = false;
    begin(at, opened);
    waits = false;
  }

  /** Its next episode begins, as grave as the former one. */
  function reopened(now: number, at: number): void {
    const last = sandbox.runs.findLast((run) => run.id === id && run.status === 'open');
    if (!last) return;
    const former = sandbox.runs.findLast((run) => run.id === id && run.status === 'done');
    fired(PERSON, (former!.result as Incident).severity as Severity, now, at);
    personal = true;
  }

  /** Nobody has it any more, and somebody hears of it now who has not yet; the others at the latest as if it had begun now. */
  function escalated(now: number): void {
    acknowledged = undefined;
    const levels = Object.keys(manuals.MANUALS[manual][severity!]);
    const left = levels.filter((contact) => !hearing.hasHeard(contact, anew, sandbox.now()));
    // Of a page that is under way nobody knows yet whether it is heard.
    requests.ask(health.slow ? [] : left.length === 0 ? levels : left, now);
    if (left.length > 0) from = Math.max(from, now);
    // All have heard of it. Whose turn it is in the round that runs is the product's to know: all hear of it again.
    else [since, anew, from] = [now, exact(), now + manuals.wholeRound(manual, severity!)];
  }

  /** A minute has passed. */
  function ticked(): void {
    const now = minute();
    minutes.passed(now, health);
    isRead ||= health.worker;
    if (acknowledged && health.worker && acknowledged.until <= now) {
      acknowledged = undefined;
      begin(now, now - 0.6);
    }
    if (quiet.passed(now, opened)) begin(now, now - 0.6);
    // The shortest hold is five minutes; when it is over exactly is the product's to say.
    if (
      clearedSince !== undefined &&
      sandbox.runs.every((run) => run.id !== id || run.status !== 'open')
    )
      over(clearedSince);
    settle(now);
    judge.look(now, { alarm, isFiring: saying.size > 0, endedAt, clearedSince });
    if (severity && minutes.wasPresent(now - TOLERANCE, now)) requests.look(now, severity);
  }

  /** `told`: what was told before that was told of what it was before. */
  function begin(now: number, told = exact()): void {
    [from, since, anew] = [now, now, told];
    waits = !health.worker;
  }

  /** Whoever has it, and is heard of, has it longer; what is put off is put off until then. */
  function heardOf(now: number): void {
    if (acknowledged && !acknowledged.snoozed)
      acknowledged = { until: now + manuals.ACKNOWLEDGED[severity!] };
  }

  function raise(to: Severity, now: number): void {
    severity = to;
    isRead = false;
    acknowledged = undefined;
    begin(now);
  }

  function over(now: number): void {
    saying.clear();
    severity = undefined;
    acknowledged = undefined;
    clearedSince = undefined;
    endedAt = now;
    requests.forget();
  }

  function settle(now: number): void {
    const isCalled = personal || !quiet.isQuiet();
    const rings = severity !== undefined && saying.size > 0 && !acknowledged && isCalled;
    const isSame =
      alarm?.severity === severity && alarm?.from === from && alarm?.since === since && rings;
    if (alarm && isSame) return;
    if (alarm) judge.close(alarm, now);
    alarm = rings ? { severity: severity!, from, since, begun: now } : undefined;
  }

  function say(at: number, what: string): void {
    if (wrong.length < 5) wrong.push(`minute ${at}: ${what}`);
  }
}
