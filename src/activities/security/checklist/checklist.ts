import type { Target } from '../../../config/schema/target.ts';
import type { Figure } from '../../../figures/figure.ts';
import { certificate } from '../../health/application/certificate.ts';
import { measured, unknown } from '../../health/sampling.ts';
import { permissionFigures } from '../figures.ts';
import { permissionsOf } from '../watch/permissions.ts';
import { KINDS } from './patterns.ts';
import type { PersonalData } from './personal-data.ts';

/** Whether users come by HTTPS, and by a certificate that is theirs. */
export async function httpsFigures(target: Target, at: string): Promise<Figure[]> {
  const { proxy, app, security } = target;
  const url = new URL(proxy?.url ?? app.url);
  const isHttps = url.protocol === 'https:';
  const bad = security.environment === 'production' ? 'critical' : 'warning';
  const enabled = measured(
    { at },
    'checklist.https',
    {
      value: Number(isHttps),
      unit: 'count',
      source: url.origin,
      note: isHttps
        ? `Users come by ${url.origin}`
        : `Users come by ${url.origin}, where everybody on the way reads along`,
    },
    { verdict: isHttps ? 'ok' : bad, limit: 'critical in production without' },
  );
  return [enabled, ...(isHttps ? await certificate({ target, at }) : [])];
}

/** Those of the database alone: security-monitoring looks at all. */
export function databaseFigures(target: Target, at: string): Figure[] {
  const [database] = permissionsOf(target);
  return permissionFigures(database ? [database] : [], at).map((figure) => ({
    ...figure,
    name: 'checklist.database',
  }));
}

export function personalDataFigures(found: PersonalData, at: string): Figure[] {
  const total = KINDS.reduce((sum, kind) => sum + found.found[kind], 0);
  const name = 'checklist.personalData';
  const source = 'logs, and what was rotated of them';
  const where = found.places.slice(0, 5).map(({ kind, place }) => `${kind} at ${place}`);
  const note = [found.note, ...where].join('; ');
  if (total > 0)
    return [
      measured(
        { at },
        name,
        { value: total, unit: 'count', source, note },
        { verdict: 'warning', limit: 'warning for any' },
      ),
    ];
  if (found.unread.length > 0)
    return [unknown({ at }, name, 'count', source, found.unread.join('; '))];
  if (found.files === 0)
    return [unknown({ at }, name, 'count', source, 'The target names no "logs"')];
  return [measured({ at }, name, { value: 0, unit: 'count', source, note }, { verdict: 'ok' })];
}
