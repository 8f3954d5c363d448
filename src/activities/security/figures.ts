import { countText } from '../../config/text/count-text.ts';
import type { Target } from '../../config/schema/target.ts';
import type { Figure } from '../../figures/figure.ts';
import { measured, notApplicable, unknown } from '../health/sampling.ts';
import type { Changes } from './watch/changes.ts';
import type { FailedLogins } from './watch/failed-logins.ts';
import type { PendingUpdates } from './watch/pending-updates.ts';
import type { Permission } from './watch/permissions.ts';
import type { Suspicious } from './watch/suspicious.ts';

type Policy = Target['security'];

/** The most failed logins of one source within the target's time. Without a place that records logins it is unknown, never 0. */
export function loginFigures(found: FailedLogins, { logins }: Policy, at: string): Figure[] {
  const { logs, sources, total, unread } = found;
  const name = 'security.logins';
  const source = logs.join(', ') || 'no log';
  if (logs.length === 0) {
    const why =
      unread.join('; ') ||
      'No source of logins: no log records any. Name those that do as "security.logins.logs"';
    return [unknown({ at }, name, 'count', source, why)];
  }
  const [worst] = sources;
  const most = worst?.most ?? 0;
  const note = worst
    ? `${countText(most, 'failed login')} within ${logins.within} from ${worst.source} (${worst.users.join(', ') || 'no names'}); ${total} from ${countText(sources.length, 'source')} in all`
    : `No failed login in ${source}`;
  const verdict = most >= logins.critical ? 'critical' : most >= logins.warning ? 'warning' : 'ok';
  const limit = `warning at ${logins.warning}, critical at ${logins.critical} of one source within ${logins.within}`;
  const figure = measured(
    { at },
    name,
    { value: most, unit: 'count', source, note },
    { verdict, limit },
  );
  const advised =
    verdict === 'ok'
      ? figure
      : { ...figure, action: 'Keep evidence, and block who does it', runbook: 'security-incident' };
  return [advised, ...unreadFigures('security.loginsUnread', unread, at)];
}

export function suspiciousFigures(
  { logs, total, counts, unread }: Suspicious,
  at: string,
): Figure[] {
  const name = 'security.suspicious';
  if (logs.length === 0 && unread.length === 0)
    return [notApplicable({ at }, name, 'count', 'logs', 'The target names no "logs"')];
  if (logs.length === 0) return unreadFigures(name, unread, at);
  const shown = counts.slice(0, 5).map(({ log, word, count }) => `${count} x "${word}" in ${log}`);
  const note = total === 0 ? `Nothing suspicious in ${logs.join(', ')}` : shown.join('; ');
  const verdict = total === 0 ? 'ok' : 'warning';
  return [
    measured(
      { at },
      name,
      { value: total, unit: 'count', source: logs.join(', '), note },
      { verdict },
    ),
    ...unreadFigures('security.suspiciousUnread', unread, at),
  ];
}

export function permissionFigures(found: readonly Permission[], at: string): Figure[] {
  return found.map(({ file, verdict, note }) => {
    const name = `security.permissions ${file}`;
    if (verdict === 'unknown') return unknown({ at }, name, 'count', file, note);
    if (verdict === 'not applicable') return notApplicable({ at }, name, 'count', file, note);
    const value = Number(verdict === 'ok');
    const limit = 'warning when looser than the policy, critical when open to everybody';
    const shown = `${file}: ${note}`;
    return measured(
      { at },
      name,
      { value, unit: 'count', source: file, note: shown },
      { verdict, limit },
    );
  });
}

export function updateFigures(found: PendingUpdates, { updates }: Policy, at: string): Figure[] {
  const name = 'security.updates';
  const source = 'apt-get -s upgrade';
  if (!found.security) return [unknown({ at }, name, 'count', source, found.why ?? 'Nobody knows')];
  const count = found.security.length;
  const { warning, critical } = updates;
  const verdict =
    critical !== undefined && count >= critical ? 'critical' : count >= warning ? 'warning' : 'ok';
  const names = found.security.slice(0, 5).map((one) => one.name);
  const which =
    names.length > 0 ? `: ${names.join(', ')}${count > names.length ? ', ...' : ''}` : '';
  const note = `${countText(count, 'security update')} of ${countText(found.all ?? count, 'update')} by the lists of ${found.listsOf}${which}`;
  const limit = `warning at ${warning}${critical === undefined ? '' : `, critical at ${critical}`}`;
  const figure = measured(
    { at },
    name,
    { value: count, unit: 'count', source, note },
    { verdict, limit },
  );
  return [
    verdict === 'ok' ? figure : { ...figure, action: 'Install them', runbook: 'security-updates' },
  ];
}

export function changeFigures(found: Changes, at: string): Figure[] {
  const { since, listening, opened, closed, changed, begunAnew } = found;
  const first = begunAnew ?? 'Nothing to compare with: it was looked at for the first time';
  const ports = listening
    ? since === undefined
      ? figureOf('security.ports', '/proc/net/tcp', [], first)
      : figureOf(
          'security.ports',
          '/proc/net/tcp',
          opened,
          [
            opened.length > 0
              ? `New since ${since}: ${opened.slice(0, 10).join(', ')}`
              : `None is new since ${since}`,
            ...(closed.length > 0 ? [`closed: ${closed.slice(0, 10).join(', ')}`] : []),
          ].join('; '),
        )
    : unknown({ at }, 'security.ports', 'count', '/proc/net/tcp', 'There is no /proc');
  const files = figureOf(
    'security.configuration',
    'hashes of the configuration',
    changed,
    since === undefined
      ? first
      : changed.length > 0
        ? `Changed since ${since}: ${changed.slice(0, 10).join(', ')}`
        : `None changed since ${since}`,
  );
  return [ports, files];

  function figureOf(name: string, source: string, bad: readonly string[], note: string): Figure {
    const verdict = bad.length > 0 ? 'warning' : 'ok';
    return measured({ at }, name, { value: bad.length, unit: 'count', source, note }, { verdict });
  }
}

function unreadFigures(name: string, unread: readonly string[], at: string): Figure[] {
  return unread.length === 0 ? [] : [unknown({ at }, name, 'count', 'logs', unread.join('; '))];
}
