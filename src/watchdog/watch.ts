import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { inMilliseconds } from '../config/time/duration.ts';
import { inBytes } from '../config/schema/values/quantities.ts';
import type { Target } from '../config/schema/target.ts';
import type { Watchdog } from '../config/schema/oversight/watchdog.ts';
import type { Delivery } from '../incident/page.ts';
import type { Finding, Subject } from './looks/finding.ts';
import { lookAtClock, type Now, now } from './looks/clock.ts';
import { lookAtDisks } from './looks/disk.ts';
import { lookAtTemporal } from './looks/temporal.ts';
import { afterTelling, judge, type News } from './memory.ts';
import { openMemoryFile } from './memory-file.ts';
import { ping, tell } from './tell.ts';

export interface Watched {
  readonly target: Target;
  readonly watchdog: Watchdog;
}

interface LogAbout {
  readonly level: 'INFO' | 'WARN';
  readonly target: string;
}

export interface WatchOptions {
  readonly connect: () => Promise<Client>;
  /** Besides the state directory. */
  readonly places: readonly string[];
  /** One line of what was seen or said, for a log. */
  readonly log: (line: string, about: LogAbout) => void;
}

/** All that there is to see of one target, once. */
export async function look(
  { target, watchdog }: Watched,
  { connect, places }: Pick<WatchOptions, 'connect' | 'places'>,
  begin: Now = now(),
): Promise<Finding[]> {
  const [temporal, disk] = await Promise.all([
    lookAtTemporal(target, connect),
    lookAtDisks([target.state, ...places], inBytes(watchdog.diskBelow)),
  ]);
  return [...temporal, lookAtClock(begin, now()), disk];
}

/** Looks again and again, and tells people, until `signal`. Never rejects: whatever fails is tried again with the next look. */
export async function watch(
  watched: Watched,
  options: WatchOptions,
  signal: AbortSignal,
): Promise<void> {
  const { target, watchdog } = watched;
  const every = inMilliseconds(watchdog.every);
  const patience = {
    looks: Math.ceil(inMilliseconds(watchdog.patience) / every),
    repeat: inMilliseconds(watchdog.repeat),
  };
  const file = openMemoryFile(target.state);
  const looks = new Map<Subject, number>();
  let memory = file.read();
  let begin = now();

  while (!signal.aborted) {
    await round().catch((error: unknown) => log(`${target.name}: ${(error as Error).message}`));
    await sleep(every, undefined, { signal }).catch(() => {});
  }

  function log(line: string, level: LogAbout['level'] = 'WARN'): void {
    options.log(line, { level, target: target.name });
  }

  async function round(): Promise<void> {
    const findings = await look(watched, options, begin);
    const at = new Date().toISOString();
    for (const { subject, state } of findings)
      looks.set(subject, state === 'ok' ? 0 : (looks.get(subject) ?? 0) + 1);
    const judged = judge(memory, findings, { at, looks }, patience);
    memory = judged.memory;
    await Promise.all([
      watchdog.check === undefined ? undefined : pinged(watchdog.check, lasting(findings), at),
      ...judged.news.map((news) => told(news, at)),
    ]);
    file.write(memory);
  }

  /** Without what may be over with the next look. */
  function lasting(findings: readonly Finding[]): Finding[] {
    return findings.filter(({ subject }) => (looks.get(subject) ?? 0) > patience.looks);
  }

  async function told(news: News, at: string): Promise<void> {
    const { name } = target;
    const deliveries = await tell(target, watchdog, news, at);
    const reached = deliveries.some(({ delivered }) => delivered);
    const line = `${name}: ${news.subject} ${news.kind}: ${news.text}. ${deliveriesText(deliveries)}`;
    log(line, news.kind === 'over' ? 'INFO' : 'WARN');
    // Nobody has heard of it: the next look tries again. What only rings is told of no end.
    const isTold = reached || (news.kind === 'over' && deliveries.length === 0);
    if (!isTold) return;
    memory = afterTelling(memory, news, at);
    // A jump is one event: from now on the clock is compared with what it says since.
    if (news.subject === 'clock' && news.kind !== 'over') begin = now();
  }

  async function pinged(check: string, wrong: readonly Finding[], at: string): Promise<void> {
    const { delivered, detail } = await ping(target, check, wrong, at);
    if (!delivered) log(`${target.name}: cannot ping "${check}": ${detail}`);
  }
}

function deliveriesText(deliveries: readonly Delivery[]): string {
  if (deliveries.length === 0) return 'No channel takes it';
  return deliveries
    .map(({ channel, delivered, detail }) => `${channel}: ${delivered ? 'sent' : detail}`)
    .join(', ');
}
