import { describe, expect, test } from 'vitest';
import { startsAgainText } from '../../../../src/activities/runtime/systemd/systemd-driver.ts';
import { environmentOfUnit } from '../../../../src/activities/runtime/systemd/unit-environment.ts';
import { limitsOfUnit } from '../../../../src/activities/runtime/systemd/limits/unit-limits.ts';
import {
  endText,
  isUp,
  restartsAgain,
  runs,
  stateText,
} from '../../../../src/activities/runtime/systemd/unit-state.ts';
import { unitIn } from '../../../../src/activities/runtime/systemd/unit.ts';

/** Recorded of systemd 252, `systemctl show -p ...`, 4 minutes after its start. What differs from test to test is put after it. */
const RECORDED = `Type=simple
Restart=always
TimeoutStopUSec=1min 30s
WatchdogUSec=0
MainPID=58
Result=success
NRestarts=0
ExecMainCode=0
ExecMainStatus=0
ControlGroup=/system.slice/app.service
CPUQuotaPerSecUSec=infinity
MemoryHigh=infinity
MemoryMax=infinity
Environment=A=1 "B=two words" EMPTY=
EnvironmentFiles=/not/here.env (ignore_errors=yes)
EnvironmentFiles=/not/there.env (ignore_errors=no)
User=nobody
Group=
DynamicUser=no
KillMode=control-group
Id=app.service
RequiredBy=
WantedBy=multi-user.target
BoundBy=
ConsistsOf=side.service
TriggeredBy=app.timer app.socket
PropagatesStopTo=
LoadState=loaded
ActiveState=active
FreezerState=running
SubState=running
UnitFileState=enabled
ActiveEnterTimestampMonotonic=993241440
NeedDaemonReload=no
Transient=no`;

const NOW = Date.parse('2026-12-01T12:30:00.000Z');

function unit(changes: Record<string, string> = {}, now = NOW) {
  const own = Object.entries(changes).map(([name, value]) => `${name}=${value}`);
  const names = new Set(Object.keys(changes));
  const kept = RECORDED.split('\n').filter((line) => !names.has(line.split('=')[0]!));
  return unitIn('app.service', [...kept, ...own].join('\n'), { now, uptime: 1_000_000 });
}

describe('what systemd tells of a unit', () => {
  test('is read by its properties, and its start by the clock that nobody sets', () => {
    const seen = unit();

    expect(seen).toMatchObject({
      load: 'loaded',
      mainPid: 58,
      activeSince: NOW - 1_000_000 + 993_241,
      triggeredBy: ['app.timer', 'app.socket'],
      stopsAlong: ['side.service'],
      isStale: false,
    });
    expect(stateText(seen)).toBe('active (running, pid 58, started 2026-12-01T12:29:53.241Z)');
    expect(startsAgainText(seen, []).startsAgain).toContain('is enabled');
  });

  test('is no running application where it ends and is started, again and again', () => {
    const waits = unit({ ActiveState: 'activating', SubState: 'auto-restart', MainPID: '0' });
    const between = unit({ NRestarts: '3' }, Date.now());
    const settled = unit({ NRestarts: '3' });

    expect([waits, between, settled].map(restartsAgain)).toEqual([true, true, false]);
    expect([waits, between, settled].map(runs)).toEqual([false, false, true]);
    expect([waits, between, settled].map(isUp)).toEqual([true, true, true]);
  });

  test('is no running application where its command has ended, or it ends', () => {
    const exited = unit({ SubState: 'exited', MainPID: '0' });
    const ending = unit({ ActiveState: 'deactivating', SubState: 'stop-sigterm' });
    const gone = unit({ ActiveState: 'inactive', SubState: 'dead', MainPID: '0' });

    expect([exited, ending, gone].map(runs)).toEqual([false, false, false]);
    expect([exited, ending, gone].map(isUp)).toEqual([true, true, false]);
  });

  test('says how it ended, in words for what is of systemd', () => {
    const end = (changes: Record<string, string>) => endText(unit({ MainPID: '0', ...changes }));

    expect(end({ ExecMainCode: '1', ExecMainStatus: '3', Result: 'exit-code' })).toBe(
      'exit code 3',
    );
    expect(end({ ExecMainCode: '1', ExecMainStatus: '203', Result: 'exit-code' })).toContain(
      'its program cannot be run',
    );
    expect(end({ ExecMainCode: '2', ExecMainStatus: '9', Result: 'oom-kill' })).toBe(
      'SIGKILL, for lack of memory',
    );
    expect(end({ Result: 'start-limit-hit' })).toContain('started too often');
  });

  test('names its variables, and the file that it does not start without', () => {
    const { names, missing } = environmentOfUnit(unit());

    expect([...names.entries()].map(([name, { isEmpty }]) => [name, isEmpty])).toEqual([
      ['A', false],
      ['B', false],
      ['EMPTY', true],
    ]);
    expect(missing).toEqual(['/not/there.env']);
  });

  test.each([
    ['infinity', undefined],
    ['500ms', 0.5],
    ['1.500000s', 1.5],
    ['1s 250ms', 1.25],
    ['1min', 60],
  ])('has %s of a second of processors', (CPUQuotaPerSecUSec, cpus) => {
    expect(limitsOfUnit(unit({ CPUQuotaPerSecUSec })).cpus).toBe(cpus);
  });
});
