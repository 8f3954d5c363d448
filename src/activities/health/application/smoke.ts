import type { Figure } from '../../../figures/figure.ts';
import { openItself } from '../../../os/files/held/open-plain.ts';
import { environmentOf } from '../../../os/process/process-table.ts';
import { measured, notApplicable, type Sampling, unknown } from '../sampling.ts';

/** B's smoke checks that no other figure has: `smoke.environment` and `smoke.version`, 1 when they pass. */
export async function smoke(sampling: Sampling): Promise<readonly Figure[]> {
  const environment = applicationEnvironment(sampling.pids);
  return [environmentSet(sampling, environment), await versionDefined(sampling, environment)];
}

type Environment = ReadonlyMap<string, string>;

const PLACE = '/proc/<pid>/environ';

/** Of the first of its processes that can be read: children inherit it. */
function applicationEnvironment(pids: readonly number[]): Environment | undefined {
  for (const pid of pids) {
    const entries = environmentOf(pid).filter(Boolean);
    if (entries.length > 0) return new Map(entries.map(split));
  }
  return undefined;
}

function split(entry: string): [string, string] {
  const at = entry.indexOf('=');
  return [entry.slice(0, at), entry.slice(at + 1)];
}

function environmentSet(sampling: Sampling, environment: Environment | undefined): Figure {
  const { runtime } = sampling.target;
  const name = 'smoke.environment';
  const names = runtime.kind === 'process' ? Object.keys(runtime.environment) : runtime.environment;
  if (names.length === 0)
    return notApplicable(sampling, name, 'count', PLACE, 'The target names no variables');
  if (!environment)
    return unknown(
      sampling,
      name,
      'count',
      PLACE,
      'The environment of the application cannot be read',
    );
  // Those of a container or a unit come from files that people edit; a process was given its own by the target, empty ones too.
  const isSet = (one: string) =>
    runtime.kind === 'process' ? environment.has(one) : Boolean(environment.get(one));
  const missing = names.filter((one) => !isSet(one));
  return measured(
    sampling,
    name,
    {
      value: Number(missing.length === 0),
      unit: 'count',
      source: PLACE,
      note:
        missing.length === 0
          ? `Set: ${names.join(', ')}`
          : `Not set or empty: ${missing.join(', ')}`,
    },
    { verdict: missing.length === 0 ? 'ok' : 'critical', limit: 'critical when one is missing' },
  );
}

async function versionDefined(
  sampling: Sampling,
  environment: Environment | undefined,
): Promise<Figure> {
  const { version } = sampling.target.app;
  const name = 'smoke.version';
  if (!version)
    return notApplicable(
      sampling,
      name,
      'count',
      'app.version',
      'The target does not say where it is',
    );
  const [source, text] =
    'file' in version
      ? [version.file, await firstLine(version.file)]
      : [`${PLACE}, ${version.variable}`, environment && (environment.get(version.variable) ?? '')];
  if (text === undefined)
    return unknown(sampling, name, 'count', source, `Its version cannot be read in ${source}`);
  const defined = text !== '';
  return measured(
    sampling,
    name,
    {
      value: Number(defined),
      unit: 'count',
      source,
      note: defined ? `Version ${text}` : 'No version is defined',
    },
    { verdict: defined ? 'ok' : 'warning', limit: 'warning without one' },
  );
}

const MAX_BYTES = 200;

/** No link is followed, and nothing is waited for: the file is in the application's hands. */
async function firstLine(file: string): Promise<string | undefined> {
  try {
    await using handle = await openItself(file);
    if (!(await handle.stat()).isFile()) return undefined;
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(MAX_BYTES), 0, MAX_BYTES, 0);
    return buffer.toString('utf8', 0, bytesRead).split('\n')[0]!.trim();
  } catch {
    return undefined;
  }
}
