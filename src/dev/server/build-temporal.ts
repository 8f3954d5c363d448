import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { execa } from 'execa';
import { findOnPath } from './find-on-path.ts';
import type { Progress } from './progress.ts';
import { readPins, TEMPORAL_MODULE } from './temporal-module.ts';
import { compareVersions } from './temporal-version.ts';
import { whileWaiting } from './while-waiting.ts';

/** Builds the pinned Temporal CLI into `destination`, from nothing but Go modules: 3.5 minutes on 2 cores, once. */
export async function buildTemporal(
  destination: string,
  { onProgress }: Progress,
): Promise<string> {
  const go = findOnPath('go');
  if (!go) throw new Error('there is no "go" on PATH');
  await expectToolchain(go);

  // Two builds may run at once: each writes a file of its own, and the last rename wins.
  const part = `${destination}.${randomUUID()}.part`;
  await mkdir(dirname(destination), { recursive: true });
  onProgress('Building the Temporal server: takes about 4 minutes once');
  try {
    await whileWaiting(
      execa(go, buildArguments(part), {
        cwd: TEMPORAL_MODULE,
        env: BUILD_ENVIRONMENT,
        stdin: 'ignore',
        timeout: LIMIT,
      }),
      (seconds) => onProgress(`Building the Temporal server: ${seconds} s`),
    );
    await rename(part, destination);
  } catch (error) {
    const { stderr, shortMessage } = error as { stderr?: string; shortMessage?: string };
    const tail = stderr?.trim().split('\n').slice(-5).join('\n');
    throw new Error(tail || shortMessage || (error as Error).message, { cause: error });
  } finally {
    await rm(part, { force: true });
  }
  return destination;
}

/** On one slow core, with every module still to be downloaded. */
const LIMIT = 30 * 60_000;

/** Without cgo no C compiler is needed; an unrelated workspace above us must not take part. */
const BUILD_ENVIRONMENT = { CGO_ENABLED: '0', GOWORK: 'off' };

function buildArguments(output: string): string[] {
  const main = 'github.com/temporalio/cli/cmd/temporal';
  const reproducible = ['-mod=readonly', '-trimpath', '-ldflags', '-s -w'];
  return ['build', ...reproducible, '-o', output, main];
}

/** Since 1.21 an older Go fetches the newer one that go.mod names, unless GOTOOLCHAIN forbids it. */
async function expectToolchain(go: string): Promise<void> {
  const { go: needed } = await readPins();
  const { stdout } = await execa(go, ['version'], { stdin: 'ignore', timeout: 30_000 });
  const found = /go(\d+\.\d+(?:\.\d+)?)/.exec(stdout)?.[1] ?? '0';
  if (compareVersions(found, '1.21') >= 0) return;
  throw new Error(`"${go}" is Go ${found}, and ${needed} is needed`);
}
