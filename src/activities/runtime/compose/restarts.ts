import { countText } from '../../../config/text/count-text.ts';
import { redacted } from '../../../os/redacted.ts';
import type { ProjectContainer } from './containers.ts';

type Restarted = Pick<ProjectContainer, 'State' | 'RestartCount'>;

/** What runs as long lets Docker begin its waits anew. */
const SETTLED = 10_000;
const MANY = 3;

/** There is something to stop: it runs, or Docker will start it again. */
export function isUp({ State }: Restarted): boolean {
  return State.Running || State.Restarting;
}

/**
 * Docker starts it, it ends, and so on: whatever runs of it for a moment is no running application. Docker waits twice as long after
 * each end, up to a minute.
 */
export function restartsAgain({ State, RestartCount }: Restarted): boolean {
  if (State.Restarting) return true;
  if (!State.Running || RestartCount < MANY) return false;
  return Date.now() - Date.parse(State.StartedAt) < SETTLED;
}

export function runs(container: Restarted): boolean {
  return isUp(container) && !restartsAgain(container);
}

/** Docker remembers for `unless-stopped` only that somebody has stopped a container. */
export function startsAgainText(
  service: string,
  containers: readonly Pick<ProjectContainer, 'HostConfig'>[],
): { readonly startsAgain?: string } {
  const always = containers.some(({ HostConfig }) => HostConfig.RestartPolicy?.Name === 'always');
  if (!always) return {};
  const startsAgain = `The container of service "${service}" has "restart: always": Docker starts it again, also after a stop, when Docker or this machine starts anew. "restart: unless-stopped" does not`;
  return { startsAgain };
}

/** That Docker starts it when it starts itself, unless somebody has stopped it, as text. */
export function startedAtBootText(
  service: string,
  containers: readonly Pick<ProjectContainer, 'HostConfig'>[],
): string | undefined {
  const policies = containers.map(({ HostConfig }) => HostConfig.RestartPolicy?.Name ?? '');
  const policy = policies.find((name) => name === 'always' || name === 'unless-stopped');
  return policy && `Docker, by "restart: ${policy}" of service "${service}"`;
}

/** As text, such as `running (pid 4711, started 2026-01-05T02:00:00Z)`. */
export function stateText({ State, RestartCount }: Restarted): string {
  const { Status, Pid, ExitCode, StartedAt, Error } = State;
  const again = restartsAgain({ State, RestartCount });
  const facts = [
    ...(Pid > 0 ? [`pid ${Pid}`, `started ${StartedAt}`] : [`exit code ${ExitCode}`]),
    ...(again && RestartCount > 0 ? [`restarted ${countText(RestartCount, 'time')}`] : []),
    ...(Error ? [redacted(Error)] : []),
  ];
  return `${again ? 'restarts again and again' : Status} (${facts.join(', ')})`;
}
