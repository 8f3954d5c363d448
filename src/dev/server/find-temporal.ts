import { existsSync } from 'node:fs';
import { environment } from '../../config/environment.ts';
import { UsageError } from '../../config/usage-error.ts';
import { buildTemporal } from './build-temporal.ts';
import { downloadTemporal } from './published/download-temporal.ts';
import { expectOnlyOurs } from './expect-only-ours.ts';
import { findOnPath } from './find-on-path.ts';
import type { Progress } from './progress.ts';
import { cachedTemporal } from './temporal-module.ts';
import { isNewEnough, MINIMUM_SERVER, readTemporalVersion } from './temporal-version.ts';

export interface FoundTemporal {
  /** Absolute. */
  readonly path: string;
  /** Of the server inside, such as `1.32.0`. */
  readonly version: string;
  readonly how: 'RUNBOOK_TEMPORAL' | 'PATH' | 'cache' | 'download' | 'build';
}

/**
 * Finds a `temporal` executable, which has a server in it, or makes one: the first way that answers is taken.
 * What was downloaded or built is kept, so that only the first start on a machine waits for it.
 */
export async function findTemporal({ onProgress }: Progress): Promise<FoundTemporal> {
  const named = environment().temporal;
  if (named) return { ...(await readNamed(named)), how: 'RUNBOOK_TEMPORAL' };

  const cached = await cachedTemporal();
  const ways: readonly Way[] = [
    { how: 'PATH', title: '"temporal" on PATH', find: async () => findOnPath('temporal') },
    { how: 'cache', title: 'Cached copy', find: async () => existing(cached) },
    { how: 'download', title: 'Download', find: () => downloadTemporal(cached, { onProgress }) },
    { how: 'build', title: 'Build with Go', find: () => buildTemporal(cached, { onProgress }) },
  ];
  const faults: string[] = [];
  for (const { how, title, find } of ways) {
    try {
      const path = await find();
      if (path) {
        if (how !== 'PATH') expectOnlyOurs(path);
        return { path, version: await expectNewEnough(path), how };
      }
      faults.push(`${title}: there is none`);
    } catch (error) {
      faults.push(`${title}: ${(error as Error).message}`);
      onProgress(faults.at(-1)!);
    }
  }
  throw new UsageError(
    ['Cannot find a Temporal server', ...faults].join('\n  '),
    'set TEMPORAL_ADDRESS to a running server, or RUNBOOK_TEMPORAL to a "temporal" executable, ' +
      'or put the Temporal CLI or Go on PATH',
  );
}

interface Way extends Pick<FoundTemporal, 'how'> {
  readonly title: string;
  /** Throws when it could be, but cannot. */
  readonly find: () => Promise<string | undefined>;
}

/** Whoever names an executable knows better than our minimum. */
async function readNamed(path: string): Promise<Pick<FoundTemporal, 'path' | 'version'>> {
  try {
    return { path, version: await readTemporalVersion(path) };
  } catch (error) {
    throw new UsageError(
      `Cannot use "${path}" of "RUNBOOK_TEMPORAL": ${(error as Error).message}`,
      'unset RUNBOOK_TEMPORAL, then a Temporal server is found or made',
    );
  }
}

function existing(file: string): string | undefined {
  return existsSync(file) ? file : undefined;
}

async function expectNewEnough(path: string): Promise<string> {
  const version = await readTemporalVersion(path);
  if (isNewEnough(version)) return version;
  throw new Error(`"${path}" has server ${version}, and ${MINIMUM_SERVER} or newer is needed`);
}
