import { statSync } from 'node:fs';
import { UsageError } from '../../../config/usage-error.ts';
import { servicesFound } from './compose-found.ts';
import type { Found } from './found.ts';
import { processesFound } from './process-found.ts';

interface Which {
  readonly service?: string;
  readonly pid?: number;
}

/**
 * The application that runs in a directory: the Compose service, or the process, that has a database open, or else the only one that
 * takes connections. Error: `UsageError` that names those there are.
 */
export async function findApplication(directory: string, { service, pid }: Which): Promise<Found> {
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory())
    throw new UsageError(`Cannot find the directory "${directory}"`, HELP);
  const services = pid === undefined ? await servicesFound(directory).catch(() => []) : [];
  const all = services.length > 0 ? services : processesFound(directory, pid);
  const wanted = all.filter((one) => service === undefined || titleOf(one) === service);
  const withDatabase = wanted.filter(({ databases }) => databases.length > 0);
  const listening = wanted.filter(({ ports }) => ports.length > 0);
  for (const some of [withDatabase, listening, wanted]) if (some.length === 1) return some[0]!;
  if (all.length === 0)
    throw new UsageError(
      pid === undefined
        ? `Nothing runs in "${directory}": neither a container of Compose that can be seen, nor a process`
        : `There is no process ${pid}`,
      'start the application, and the same again on its host, as root; or copy targets/ahgd.yaml',
    );
  throw new UsageError(
    `Which is the application? In "${directory}" run ${all.map(titleOf).join(', ')}`,
    services.length > 0 ? '--service <service>' : '--pid <pid>',
  );
}

const HELP = 'runbook target init --help';

function titleOf({ runtime, pid }: Found): string {
  if (runtime.kind === 'compose') return runtime.service;
  return runtime.kind === 'systemd' ? `process ${pid} of ${runtime.unit}` : `process ${pid}`;
}
