import type { Severity } from '../config/schema/values/severity.ts';
import type { AlertReport } from './alert-report.ts';
import type { Incident } from './incident.ts';
import {
  anyFires,
  isWorse,
  type Member,
  type Members,
  membersHeard,
  membersText,
  someTitles,
} from './members/members.ts';
import { after, later } from './moments.ts';
import { sourceOf, sourcesOf } from './sources.ts';
import { note } from './timeline.ts';

/** How an incident changes by itself. Given, because what changes it by a report asks here. */
interface Changes {
  readonly reported: (incident: Incident, report: AlertReport, now: string) => Incident;
  readonly withSeverity: (incident: Incident, to: Severity, by: string, now: string) => Incident;
  readonly nextRound: (incident: Incident, now: string) => Incident;
}

/** Several alerts are one incident: it is there as long as any of them is. */
export function membersReported(
  incident: Incident,
  { members: said = [], mixed, ...report }: AlertReport,
  now: string,
  { reported, withSeverity, nextRound }: Changes,
): Incident {
  const { members, news, begun, ended } = membersHeard(incident.members, said);
  const isOpen = incident.count > 0;
  const known = { ...incident, members };
  // That one still fires is remembered: what was over before that is no news when it comes late.
  if (isOpen && news.length === 0 && ended.length === 0) return known;
  const { source } = report;
  const last = sourcesOf(incident)[sourceOf(incident, report)]?.at;
  const next = reported(
    isOpen ? grown(known, begun, source, now) : known,
    {
      ...report,
      status: anyFires(members) ? 'firing' : 'resolved',
      severity: incident.severity,
      // Each member is judged by its own time: what they say together is always news.
      at: last === undefined ? report.at : later(report.at, after(last, 1)),
    },
    now,
  );
  const worst = news.map(({ severity }) => severity).toSorted()[0];
  if (worst !== undefined && isWorse(worst, next.severity))
    return withSeverity(next, worst, source, now);
  const { acknowledged, ...rest } = next;
  if (!mixed || !acknowledged || begun.length === 0) return next;
  const text = `Other alerts have come since ${acknowledged.by} acknowledged it: ${someTitles(begun)}`;
  return nextRound({ ...note(rest, 'expired', source, text, now), state: 'triggered' }, now);
}

/** One line for what comes in many reports at once. */
function grown(
  incident: Incident & { readonly members: Members },
  begun: readonly Member[],
  by: string,
  now: string,
): Incident {
  const last = incident.timeline.at(-1);
  const isSame = last?.what === 'members' && last.by === by;
  const earlier = isSame ? { ...incident, timeline: incident.timeline.slice(0, -1) } : incident;
  const titles = begun.length > 0 ? `. New: ${someTitles(begun)}` : '';
  return note(earlier, 'members', by, `${membersText(incident.members)}${titles}`, now);
}
