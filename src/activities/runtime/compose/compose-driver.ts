import { setTimeout as sleep } from 'node:timers/promises';
import type { ComposeRuntime } from '../../../config/schema/runtime.ts';
import type { Target } from '../../../config/schema/target.ts';
import { inMilliseconds } from '../../../config/time/duration.ts';
import { passing, permanent } from '../../../os/failure.ts';
import { redacted } from '../../../os/redacted.ts';
import type { Driver } from '../driver.ts';
import { bringUp, renewOthers } from './bring-up.ts';
import { onProject } from './project.ts';
import {
  isUp,
  restartsAgain,
  runs,
  startedAtBootText,
  startsAgainText,
  stateText,
} from './restarts.ts';
import {
  askContainersToStop,
  containersOf,
  logsOf,
  pauseContainers,
  stopContainers,
  unpauseContainers,
} from './service-containers.ts';
import { whyUnreadable } from './why-unreadable.ts';

/** A container that ends sooner has failed to start. */
const MIN_UPTIME = 500;

/** One service of a Docker Compose project. */
export function composeDriver(target: Target, runtime: ComposeRuntime): Driver {
  const { directory } = target;
  const { service } = runtime;
  const call = onProject(directory, runtime);

  return {
    async describe() {
      const { containers, notes } = await find();
      const states = containers.map(stateText).join(', ');
      const running = containers.some(runs);
      return {
        running,
        ...(!running && containers.some(restartsAgain) && { restarting: true }),
        ...startsAgainText(service, containers),
        detail: [states || (await noContainer()), ...notes].join('. '),
      };
    },

    async start() {
      const up = await bringUp(target, runtime, [service]);
      const [notes] = await Promise.all([up.notes(), sleep(MIN_UPTIME)]);
      await expectUptime(notes);
      notes.push(...(await renewOthers(target, runtime)));
      return notes.length > 0 ? { note: notes.join('. ') } : {};
    },

    async stop({ gently = false } = {}) {
      const grace = inMilliseconds(runtime.stopGrace);
      const { containers } = await find();
      await (gently ? askContainersToStop(containers, grace) : stopContainers(containers, grace));
      const rest = (await find()).containers.filter(isUp);
      if (rest.length > 0)
        throw passing(
          'StopHangs',
          `Cannot end service "${service}": ${rest.map(stateText).join(', ')}`,
        );
    },

    async freeze() {
      await pauseContainers((await find()).containers);
    },

    async thaw() {
      await unpauseContainers((await find()).containers);
    },

    async logs(lines) {
      return logsOf((await find()).containers, lines);
    },

    async startedAtBootBy() {
      return startedAtBootText(service, (await find()).containers);
    },
  };

  function find() {
    return containersOf(directory, runtime, service);
  }

  async function expectUptime(notes: readonly string[]): Promise<void> {
    const { containers } = await find();
    // Right after a start nothing has been restarted yet.
    if (containers.some((one) => runs(one) && one.RestartCount === 0)) return;
    const lines = (await logsOf(containers, 10)).join('\n');
    const what = containers.map(stateText).join(', ') || 'No container';
    const remarks = notes.map((note) => `${note}; `).join('');
    throw passing(
      'StartFailed',
      redacted(`Service "${service}" ended at once (${what}); ${remarks}its last lines: ${lines}`),
    );
  }

  /**
   * That the configuration cannot be read is a finding. When it can, and lacks the service, the target may name the wrong one:
   * nobody may think then that the application is down.
   */
  async function noContainer(): Promise<string> {
    const why = await whyUnreadable(call, service);
    if (why?.withoutService) throw permanent('ServiceUnknown', `No such service: "${service}"`);
    return why === undefined ? 'No container' : `No container. ${why.text}`;
  }
}
