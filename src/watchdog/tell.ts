import type { Target } from '../config/schema/target.ts';
import type { Watchdog } from '../config/schema/oversight/watchdog.ts';
import type { Delivery, Page } from '../incident/page.ts';
import { openChannels } from '../notify/channels/open-channels.ts';
import { type Finding, isGrave, type Subject } from './looks/finding.ts';
import type { News } from './memory.ts';

/** Says it to everybody who is named. No Temporal is needed, and no limit holds it back. Answers each attempt. */
export async function tell(
  target: Target,
  { to, by }: Watchdog,
  news: News,
  at: string,
): Promise<Delivery[]> {
  const channels = openChannels(target);
  const pages = to.map((contact) => pageOf(target.name, contact, news, at));
  const sent = await Promise.all(
    pages.map((page) => channels.send({ ...page, ...(by && { only: by }) })),
  );
  return sent.flat();
}

/** A check outside: that all is well, or what is wrong. Its silence is the alarm when this process is gone. */
export async function ping(
  target: Target,
  check: string,
  wrong: readonly Finding[],
  at: string,
): Promise<Delivery> {
  const all = wrong.map(({ subject }) => subject).join(', ') || 'all is well';
  return openChannels(target).sendBy(check, {
    ...base(target.name, target.name, at),
    severity: 'sev1',
    urgent: false,
    thread: `watchdog/${target.name}`,
    event: wrong.length > 0 ? 'trigger' : 'resolve',
    subject: `Watchdog of ${target.name}: ${all}`,
    body: wrong.map(({ subject, text }) => `- ${subject}: ${text}`).join('\n'),
  });
}

const words: Readonly<Record<Subject, string>> = {
  server: 'Temporal does not answer',
  worker: 'no worker serves it',
  runs: 'a run is stuck',
  pages: 'nobody is told of an incident',
  schedules: 'what starts by itself did not',
  clock: 'the clock jumped',
  disk: 'a disk is full',
};

function pageOf(target: string, contact: string, news: News, at: string): Page {
  const { subject, kind, since, text, hint } = news;
  const over = kind === 'over';
  const what = over
    ? `over: ${words[subject]}`
    : `${kind === 'still' ? 'still: ' : ''}${words[subject]}`;
  const severity = isGrave(subject) ? 'sev1' : 'sev2';
  return {
    ...base(target, contact, at),
    severity,
    urgent: isGrave(subject) && !over,
    thread: `watchdog/${target}/${subject}`,
    event: over ? 'resolve' : 'trigger',
    subject: `[${severity}] ${target}: ${what}`,
    body: [
      `${text}.`,
      over ? `It was so since ${since}.` : `So since ${since}.`,
      ...(hint === undefined ? [] : [`Try: \`${hint}\``]),
      'Sent by the watchdog, beside worker and Temporal.',
    ].join('\n\n'),
  };
}

function base(target: string, contact: string, at: string) {
  return { key: `watchdog/${target}/${at}/${contact}`, target, contact, at, holdable: false };
}
