import { permanent } from '../../../os/failure.ts';
import { systemctl } from './systemctl.ts';

/** What systemd knows of a unit, as far as anybody here asks. */
export interface Unit {
  readonly name: string;
  /** `loaded`, `not-found`, `masked`, `bad-setting`, `error`. */
  readonly load: string;
  /** `active`, `inactive`, `failed`, `activating`, `deactivating`, ... */
  readonly active: string;
  /** `running`, `exited`, `auto-restart`, `dead`, ... */
  readonly sub: string;
  /** `enabled`, `disabled`, `static`, ... */
  readonly fileState: string;
  /** Its files were changed since systemd has read them. */
  readonly isStale: boolean;
  /** 0: none. */
  readonly mainPid: number;
  /** How its last process ended: as in `waitid`, 1 by itself, 2 and 3 by a signal; 0 is not yet. */
  readonly exitCode: number;
  readonly exitStatus: number;
  readonly result: string;
  /** How often systemd has started it again by itself since somebody has started it. */
  readonly restarts: number;
  readonly restart: string;
  /** Milliseconds since the epoch. Missing: it never was. */
  readonly activeSince?: number;
  readonly group: string;
  readonly freezer: string;
  readonly hasWatchdog: boolean;
  readonly hasStopCommand: boolean;
  readonly killMode: string;
  /** As text of systemd's: `1min 30s`, `infinity`. */
  readonly stopTimeout: string;
  readonly isTransient: boolean;
  /** Sockets, timers and paths that start it. */
  readonly triggeredBy: readonly string[];
  /** What systemd stops along with it. */
  readonly stopsAlong: readonly string[];
  readonly wantedBy: readonly string[];
  /** Everything else that was asked for, by systemd's names. */
  readonly raw: ReadonlyMap<string, readonly string[]>;
}

const PROPERTIES = `
  Id LoadState ActiveState SubState UnitFileState NeedDaemonReload Transient
  MainPID ExecMainCode ExecMainStatus Result NRestarts Restart Type
  ActiveEnterTimestampMonotonic ControlGroup FreezerState WatchdogUSec ExecStop KillMode TimeoutStopUSec
  TriggeredBy RequiredBy BoundBy ConsistsOf PropagatesStopTo WantedBy Environment
  EnvironmentFiles User Group SupplementaryGroups DynamicUser RootDirectory RootImage
  WorkingDirectory MemoryMax MemoryHigh CPUQuotaPerSecUSec FragmentPath DropInPaths
`
  .trim()
  .split(/\s+/);

/** Asks systemd for a unit. One that is not there has `load` "not-found". Errors: those of `systemctl`. */
export async function readUnit(name: string): Promise<Unit> {
  return unitIn(name, await systemctl(['show', '-p', PROPERTIES.join(','), '--', name]));
}

/** As `readUnit`. Error: `ServiceUnknown`: the target may name the wrong one, and nobody may think then that the application is down. */
export async function knownUnit(name: string): Promise<Unit> {
  const unit = await readUnit(name);
  if (unit.load === 'not-found')
    throw permanent(
      'ServiceUnknown',
      `systemd knows no unit "${name}". Try: systemctl list-units --all --type=service, and "runtime.unit" of the target`,
    );
  return unit;
}

/** Exported for what was recorded of a real one. `now` and `uptime`: of this moment, in milliseconds. */
export function unitIn(
  name: string,
  text: string,
  { now, uptime } = { now: Date.now(), uptime: Number(process.hrtime.bigint() / 1_000_000n) },
): Unit {
  const raw = linesOf(text);
  const value = (key: string) => raw.get(key)?.[0] ?? '';
  const names = (key: string) => value(key).split(' ').filter(Boolean);
  const number = (key: string) => Number(value(key)) || 0;
  // Since the start of the machine, by a clock that nobody sets: its text would be in a language and a zone.
  const since = number('ActiveEnterTimestampMonotonic') / 1000;
  return {
    name,
    load: value('LoadState'),
    active: value('ActiveState'),
    sub: value('SubState'),
    fileState: value('UnitFileState'),
    isStale: value('NeedDaemonReload') === 'yes',
    mainPid: number('MainPID'),
    exitCode: number('ExecMainCode'),
    exitStatus: number('ExecMainStatus'),
    result: value('Result'),
    restarts: number('NRestarts'),
    restart: value('Restart'),
    ...(since > 0 && { activeSince: Math.round(now - uptime + since) }),
    group: value('ControlGroup'),
    freezer: value('FreezerState'),
    hasWatchdog: !['', '0', 'infinity'].includes(value('WatchdogUSec')),
    hasStopCommand: raw.has('ExecStop'),
    killMode: value('KillMode'),
    stopTimeout: value('TimeoutStopUSec'),
    isTransient: value('Transient') === 'yes',
    triggeredBy: names('TriggeredBy'),
    stopsAlong: [
      ...new Set(['RequiredBy', 'BoundBy', 'ConsistsOf', 'PropagatesStopTo'].flatMap(names)),
    ],
    wantedBy: [...names('WantedBy'), ...names('RequiredBy')],
    raw,
  };
}

/** `Name=value`, a line each; some names come several times. */
function linesOf(text: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const at = line.indexOf('=');
    if (at <= 0) continue;
    const name = line.slice(0, at);
    found.set(name, [...(found.get(name) ?? []), line.slice(at + 1)]);
  }
  return found;
}
