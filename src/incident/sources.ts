import type { AlertReport } from './alert-report.ts';
import type { Incident, Said } from './incident.ts';
import { isOldMember } from './members/members.ts';

/** So many are told apart. All others count as one: none of them is forgotten, and it is over when that one says so. */
const MOST_SOURCES = 50;

type Sources = Readonly<Record<string, Said>>;

/** What each source said last. */
export function sourcesOf({
  sources,
  source,
  lastSeenAt,
  clearedAt,
  count,
  severity,
}: Incident): Sources {
  if (sources) return sources;
  if (count === 0) return {};
  return { [source]: { firing: clearedAt === undefined, at: clearedAt ?? lastSeenAt, severity } };
}

/** Who says so, among the others that report this incident. Its runs are one: the next one says that it is over. */
export function sourceOf(incident: Incident, { origin = 'alert', source }: AlertReport): string {
  if (origin === 'run') return incident.origin === 'run' ? incident.source : 'runs';
  const known = sourcesOf(incident);
  const isKnown = Object.hasOwn(known, source) || Object.keys(known).length < MOST_SOURCES;
  return isKnown ? source : 'others';
}

/** Reports come twice and in any order: an older one never undoes what a newer one of the same source said. */
export function isOldNews(incident: Incident, report: AlertReport): boolean {
  const { members, count } = incident;
  if (report.members && count > 0)
    return report.members.every((one) => isOldMember(members?.known[one.fingerprint], one));
  const known = sourcesOf(incident);
  const key = sourceOf(incident, report);
  if (!Object.hasOwn(known, key)) return false;
  const { firing, at } = known[key]!;
  if (report.status === 'resolved') return firing && report.at < at;
  return !firing && report.at <= at;
}

/** What the sources say with this report. What a run has failed at is no second sign of what an alert has reported already. */
export function withSaid(incident: Incident, report: AlertReport): Sources {
  const known = sourcesOf(incident);
  const key = sourceOf(incident, report);
  const firing = report.status === 'firing';
  const before = Object.hasOwn(known, key) ? known[key] : undefined;
  // A person knows, whatever the machines say.
  if (!firing && report.origin === 'person')
    return Object.fromEntries(
      Object.entries(known).map(([name, said]) => [name, { ...said, firing: false }]),
    );
  if (!before && (!firing || (key === 'runs' && isFiring(known)))) return known;
  const at = before && before.at > report.at ? before.at : report.at;
  const severity = firing ? report.severity : before!.severity;
  return { ...known, [key]: { firing, at, severity } };
}

/** Whether any of them still says that it is there. */
export function isFiring(sources: Sources): boolean {
  return Object.values(sources).some(({ firing }) => firing);
}
