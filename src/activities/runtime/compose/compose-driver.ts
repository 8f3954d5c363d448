import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'yaml';
import type { ComposeRuntime } from '../../../config/schema/runtime.ts';
import type { Target } from '../../../config/schema/target.ts';
import { inMilliseconds } from '../../../config/time/duration.ts';
import { passing, permanent } from '../../../os/failure.ts';
import { splitLines } from '../../../os/process/last-lines.ts';
import { redacted } from '../../../os/redacted.ts';
import type { Driver } from '../driver.ts';
import { type ContainerState, docker, findCompose } from './docker.ts';
import { CHECK_TIMEOUT, onProject } from './project.ts';

const UP_WITHIN = 120_000;
/** What docker itself may need beyond the container's grace. */
const MARGIN = 30_000;
/** A container that ends sooner has failed to start. */
const MIN_UPTIME = 500;

/** One service of a Docker Compose project. */
export function composeDriver({ directory }: Target, runtime: ComposeRuntime): Driver {
  const { service } = runtime;
  const call = onProject(directory, runtime);

  return {
    async describe() {
      const states = await inspect();
      return {
        running: states.some(isUp),
        detail: states.map(describe).join(', ') || 'No container',
      };
    },

    async start() {
      const up = ['up', '-d', '--no-build', '--no-deps'];
      // Pulling is an operator's act: a start that waits for a registry is a longer outage.
      if ((await findCompose()).major === 2) up.push('--pull', 'never');
      else await expectImage();
      await call([...up, service], UP_WITHIN);
      await sleep(MIN_UPTIME);
      const states = await inspect();
      if (states.some((state) => state.Running && !state.Restarting)) return;
      const lines = (await logs(10)).join('\n');
      const what = states.map(describe).join(', ') || 'No container';
      throw passing(
        'StartFailed',
        redacted(`Service "${service}" ended at once (${what}); its last lines: ${lines}`),
      );
    },

    async stop() {
      const grace = inMilliseconds(runtime.stopGrace);
      await call(['stop', '-t', String(Math.ceil(grace / 1000)), service], grace + MARGIN);
      const rest = (await inspect()).filter(isUp);
      if (rest.length > 0)
        throw passing(
          'StopHangs',
          `Cannot end service "${service}": ${rest.map(describe).join(', ')}`,
        );
    },

    async freeze() {
      const states = await inspect();
      if (states.some(({ Running, Paused }) => Running && !Paused)) await call(['pause', service]);
    },

    async thaw() {
      const states = await inspect();
      if (states.some(({ Paused }) => Paused)) await call(['unpause', service]);
    },

    logs,
  };

  /** Stopped containers, too. */
  async function inspect(): Promise<ContainerState[]> {
    const ids = (await call(['ps', '-a', '-q', service])).split(/\s+/).filter(Boolean);
    if (ids.length === 0) return [];
    const answer = await docker(['inspect', '--type', 'container', ...ids], {
      timeout: CHECK_TIMEOUT,
    });
    return (JSON.parse(answer) as { State: ContainerState }[]).map(({ State }) => State);
  }

  async function logs(lines: number): Promise<string[]> {
    const text = await call(['logs', '--no-color', '--tail', String(lines), service]);
    // 1.29 announces to which containers it is attached.
    return splitLines(text, lines).filter((line) => !line.startsWith('Attaching to '));
  }

  /** 1.29 has no flag that keeps it from pulling: an image that is not here is found missing before. */
  async function expectImage(): Promise<void> {
    const config = parse(await call(['config'])) as {
      services?: Record<string, { image?: string }>;
    };
    const image = config.services?.[service]?.image;
    if (image === undefined) return; // built, and `--no-build` refuses to build it
    const known = await docker(['image', 'ls', '-q', image], { timeout: CHECK_TIMEOUT });
    if (known.trim() === '')
      throw permanent(
        'ImageMissing',
        `Image "${image}" of service "${service}" is not on this host: pull it first`,
      );
  }
}

function isUp({ Running, Restarting }: ContainerState): boolean {
  return Running || Restarting;
}

function describe({ Status, Pid, ExitCode, StartedAt, Error }: ContainerState): string {
  const more = Pid > 0 ? `pid ${Pid}, started ${StartedAt}` : `exit code ${ExitCode}`;
  return `${Status} (${more}${Error && `, ${redacted(Error)}`})`;
}
