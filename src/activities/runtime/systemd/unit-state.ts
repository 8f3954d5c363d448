import { constants } from 'node:os';
import { countText } from '../../../config/text/count-text.ts';
import type { Unit } from './unit.ts';

/** What runs as long is taken for settled, as with containers. */
const SETTLED = 10_000;
const MANY = 3;

/** systemd starts it, it ends, and so on: whatever runs of it for a moment is no running application. */
export function restartsAgain({ active, sub, restarts, activeSince }: Unit): boolean {
  if (active === 'activating' && sub.startsWith('auto-restart')) return true;
  if (active !== 'active' || restarts < MANY) return false;
  return activeSince !== undefined && Date.now() - activeSince < SETTLED;
}

/** `active (exited)` is a command that has ended: no application. */
export function runs(unit: Unit): boolean {
  const isActive = ['active', 'reloading', 'refreshing'].includes(unit.active);
  return isActive && unit.sub !== 'exited' && !restartsAgain(unit);
}

/** There is something to stop: it runs, it begins or ends, or systemd will start it again. */
export function isUp({ active }: Unit): boolean {
  return active !== '' && !['inactive', 'failed'].includes(active);
}

/** How its last process ended, as text. Undefined: it has not, or nobody knows. */
export function endText({ exitCode, exitStatus, result }: Unit): string | undefined {
  if (result === 'start-limit-hit')
    return 'it was started too often, and systemd starts it no more';
  if (exitCode === 1) {
    const why = MEANING[exitStatus];
    return `exit code ${exitStatus}${why === undefined ? '' : `, which is systemd's: ${why}`}`;
  }
  if (exitCode === 2 || exitCode === 3) {
    const name = Object.entries(constants.signals).find(([, number]) => number === exitStatus)?.[0];
    const what = name ?? `signal ${exitStatus}`;
    return result === 'oom-kill' ? `${what}, for lack of memory` : what;
  }
  return result === '' || result === 'success' ? undefined : result;
}

/** As text, such as `active (running, pid 4711, started 2026-01-05T02:00:00.000Z)`. */
export function stateText(unit: Unit): string {
  const { active, sub, load, mainPid, activeSince, restarts, result } = unit;
  if (load !== 'loaded' && load !== '') return `${active} (${load})`;
  const again = restartsAgain(unit);
  const end = mainPid > 0 ? undefined : endText(unit);
  const facts = [
    sub,
    ...(mainPid > 0 ? [`pid ${mainPid}`] : []),
    ...(mainPid > 0 && activeSince !== undefined
      ? [`started ${new Date(activeSince).toISOString()}`]
      : []),
    ...(again && restarts > 0 ? [`restarted ${countText(restarts, 'time')}`] : []),
    ...(active === 'failed' || again ? [end ?? result].filter(Boolean) : []),
  ];
  return `${again ? 'restarts again and again' : active} (${facts.join(', ')})`;
}

/** Exit codes by which systemd tells that the program was never begun: systemd.exec(5). */
const MEANING: Readonly<Record<number, string>> = {
  200: 'its WorkingDirectory= is not there, or closed for its user',
  201: 'its priority cannot be set',
  203: 'its program cannot be run',
  205: 'a limit of it cannot be set',
  208: 'its input cannot be opened',
  209: 'its output cannot be opened',
  210: 'its root directory cannot be entered',
  214: 'its scheduling cannot be set',
  216: 'its group is not there',
  217: 'its user is not there',
  218: 'its capabilities cannot be set',
  219: 'its control group cannot be made',
  226: 'its view of the files cannot be made: a path that it names is not there',
  228: 'its filter of system calls cannot be set',
  233: 'its runtime directory cannot be made',
  238: 'its state directory cannot be made',
  239: 'its cache directory cannot be made',
  240: 'its log directory cannot be made',
  241: 'its configuration directory cannot be made',
  243: 'its credentials cannot be read',
};
