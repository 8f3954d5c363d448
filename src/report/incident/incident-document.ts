import { countText } from '../../config/text/count-text.ts';
import type { FollowUp } from '../../incident/beside/follow-up.ts';
import type { FindingPart, Incident } from '../../incident/incident.ts';
import { durationText, timeText } from '../times.ts';

/** The chapters of an incident that people keep: sentences, none of them empty. */
export interface IncidentDocument {
  readonly impact: readonly string[];
  /** When the fault began, and how long nobody knew. */
  readonly began: readonly string[];
  readonly cause: readonly string[];
  readonly helped: readonly string[];
  readonly followUps: readonly FollowUpLine[];
  readonly review: readonly string[];
}

interface FollowUpLine {
  readonly done: boolean;
  /** Its number, what, whose, until when, and how it stands. */
  readonly text: string;
}

/** What is less is worth no line. In ms. */
const MUCH = 60_000;

/** What people have written, and what is known without them. `now`: ISO 8601, UTC. */
export function incidentDocument(
  incident: Incident,
  followUp: FollowUp | undefined,
  now: string,
): IncidentDocument {
  const said = (part: FindingPart) => saidOf(incident, part);
  return {
    impact: [...said('impact'), ...extent(incident, now)],
    began: beginning(incident),
    cause: orMissing(incident, said('cause'), 'Nobody has written it', '--cause'),
    helped: orMissing(incident, [...said('helped'), ...cures(incident)], 'Not known', '--helped'),
    followUps: incident.tasks.map((task) => followUpLine(task, now)),
    review: review(incident, followUp, now),
  };
}

function saidOf({ findings = {} }: Incident, part: FindingPart): string[] {
  const one = findings[part];
  return one ? [`${one.text} (${one.by}, ${timeText(one.at)})`] : [];
}

/** How long, how bad, how much, and for how long of it nobody was told. */
function extent({ openedAt, resolvedAt, severity, members, timeline }: Incident, now: string) {
  const length = durationText(Date.parse(resolvedAt ?? now) - Date.parse(openedAt));
  const until = resolvedAt === undefined ? 'and it goes on' : `until ${timeText(resolvedAt)}`;
  const graver = timeline
    .filter(({ what }) => what === 'severity')
    .map(({ at, text }) => `${timeText(at)}: ${text}`);
  const first = timeline.find(({ what }) => what === 'paged');
  const untold = first && Date.parse(first.at) - Date.parse(openedAt);
  const all = members && Object.keys(members.known).length + members.unlisted.length;
  return [
    `${length} as ${severity}, from ${timeText(openedAt)} ${until}`,
    ...graver,
    ...(all === undefined ? [] : [`${countText(all, 'alert')} told of it`]),
    ...(untold === undefined || untold < MUCH
      ? []
      : [`Nobody was told for ${durationText(untold)}`]),
  ];
}

function beginning({ findings = {}, startsAt, openedAt, source }: Incident): string[] {
  const { began } = findings;
  const known = began?.text ?? startsAt;
  const late = known === undefined ? 0 : Date.parse(openedAt) - Date.parse(known);
  return [
    ...(began ? [`${timeText(began.text)} (${began.by}, ${timeText(began.at)})`] : []),
    ...(startsAt === undefined
      ? []
      : [`${timeText(startsAt)}, by the clock of who reported it (${source})`]),
    `${timeText(openedAt)}, when the first report came in`,
    ...(began && late >= MUCH ? [`It was noticed after ${durationText(late)}`] : []),
  ];
}

/** What was done before it was gone. */
function cures({ remediations, timeline }: Incident): string[] {
  const last = (state: string) => timeline.findLast(({ what }) => what === state)?.at;
  const gone = last('cleared') ?? last('resolved');
  return remediations.flatMap(({ runbook, run, outcome }) => {
    if (outcome !== 'done' || gone === undefined) return [];
    const ended = timeline.findLast(
      ({ what, by, text }) =>
        what === 'remediation' && by === runbook && text === `${runbook}: done`,
    );
    if (!ended || ended.at > gone) return [];
    const after = durationText(Date.parse(gone) - Date.parse(ended.at));
    return [`${runbook} was done, and ${after} later it was gone (${run})`];
  });
}

/** Whoever is woken by it has other things to do than to write. */
function orMissing(
  { id, state }: Incident,
  lines: readonly string[],
  missing: string,
  flag: string,
): readonly string[] {
  return lines.length > 0 || state !== 'resolved'
    ? lines
    : [`${missing} yet: runbook incidents document ${id} ${flag} "..."`];
}

function followUpLine(
  { number, title, owner, due, done, closed }: Incident['tasks'][number],
  now: string,
): FollowUpLine {
  const whose = `${number}. ${title} (${owner}${due === undefined ? '' : `, until ${due}`})`;
  if (done)
    return {
      done,
      text: `${whose}: done${closed ? `, by ${closed.by} on ${timeText(closed.at)}` : ''}`,
    };
  const today = now.slice(0, 10);
  if (due === undefined || due >= today) return { done, text: `${whose}: open` };
  const days = Math.round((Date.parse(today) - Date.parse(due)) / 86_400_000);
  return { done, text: `${whose}: overdue by ${countText(days, 'day')}` };
}

function review({ id, state }: Incident, followUp: FollowUp | undefined, now: string): string[] {
  const { owner, due, done } = followUp ?? {};
  if (done) {
    const { text, by, at, learned, runbooks = [] } = done;
    const lesson = learned === undefined ? [] : [`Learned for ${runbooks.join(', ')}: ${learned}`];
    return [`${text} (${by}, ${timeText(at)})`, ...lesson];
  }
  const how = `runbook incidents review ${id} "..."`;
  if (due !== undefined)
    return [`${due < now ? 'Overdue since' : 'Due'} ${timeText(due)}, from ${owner}: ${how}`];
  return state === 'resolved' ? [`Nobody has reviewed it: ${how}`] : [];
}
