import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Target } from '../../../config/schema/target.ts';
import { inMilliseconds } from '../../../config/time/duration.ts';
import type { Figure } from '../../../figures/figure.ts';
import { withHeld } from '../../../os/files/held/with-held.ts';
import { measured, unknown } from '../../health/sampling.ts';

const NAME = 'checklist.dependencies';
/** Written by whoever updates them. */
const LOCKS = [
  'uv.lock',
  'poetry.lock',
  'Pipfile.lock',
  'requirements.txt',
  'package-lock.json',
  'pnpm-lock.yaml',
  'yarn.lock',
];
const ENVIRONMENTS = ['.venv', 'venv'];
const DAY = 86_400_000;

/** How long ago dependencies were updated, by the newest of what an update writes: a lock file, or a package that was installed. */
export function dependenciesFigure(target: Target, at: string): Figure {
  const { directory, security } = target;
  const seen = [
    ...LOCKS.map((name) => writtenAt(join(directory, name))),
    ...installed(directory),
  ].flatMap((one) => one ?? []);
  const newest = seen.toSorted((one, other) => other.at - one.at)[0];
  if (!newest) {
    const why = 'There is no lock file and no Python environment in its directory';
    return unknown({ at }, NAME, 'seconds', directory, why);
  }
  const age = Date.parse(at) - newest.at;
  const most = security.dependenciesMaximumAge;
  const verdict = age > inMilliseconds(most) ? 'warning' : 'ok';
  const note = `Updated ${(age / DAY).toFixed(1)} days ago, by ${newest.file}`;
  const figure = measured(
    { at },
    NAME,
    { value: age / 1000, unit: 'seconds', source: newest.file, note },
    { verdict, limit: `warning above ${most}` },
  );
  return verdict === 'ok'
    ? figure
    : { ...figure, action: 'Update them', runbook: 'security-updates' };
}

interface Written {
  readonly file: string;
  /** In ms since 1970. */
  readonly at: number;
}

function writtenAt(file: string): Written | undefined {
  try {
    const about = withHeld((held) => lstatSync(held.itself(file)));
    return about.isSymbolicLink() ? undefined : { file, at: about.mtimeMs };
  } catch {
    return undefined;
  }
}

/** What pip and uv write of each package. */
function installed(directory: string): (Written | undefined)[] {
  return ENVIRONMENTS.flatMap((environment) => {
    const library = join(directory, environment, 'lib');
    return namesIn(library).flatMap((python) => {
      const packages = join(library, python, 'site-packages');
      return namesIn(packages)
        .filter((name) => name.endsWith('.dist-info'))
        .map((name) => writtenAt(join(packages, name)));
    });
  });
}

function namesIn(directory: string): string[] {
  try {
    return withHeld((held) => readdirSync(held.itself(directory)));
  } catch {
    return [];
  }
}
