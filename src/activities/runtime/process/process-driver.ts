import { statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Runtime, Target } from '../../../config/schema/target.ts';
import { inMilliseconds } from '../../../config/time/duration.ts';
import { passing } from '../../../os/failure.ts';
import { lastLines } from '../../../os/process/last-lines.ts';
import { commandOf } from '../../../os/process/process-table.ts';
import { redacted } from '../../../os/redacted.ts';
import type { Driver } from '../driver.ts';
import { asApplication } from '../../../os/owner/as-application.ts';
import { GATE, launch } from './launch.ts';
import { type Application, processRecord } from './process-record.ts';

type ProcessRuntime = Extract<Runtime, { kind: 'process' }>;

/** A command that ends sooner has failed to start. Longer would be downtime for every good start. */
const MIN_UPTIME = 200;
/** After so many checks, processes that do not stop get SIGCONT for a moment. */
const STUCK = 8;
/** The kernel ends what got KILL as soon as it leaves the kernel: this long means a hanging disk. */
const KILL_TIMEOUT = 5000;

/** A local process with its whole group, which lives on when its worker dies. */
export function processDriver(target: Target, runtime: ProcessRuntime): Driver {
  const record = processRecord(target);
  const log = resolve(target.directory, runtime.log);

  return {
    async describe() {
      const application = await findPastGate();
      return { running: application !== undefined, detail: describe(application) };
    },

    async start() {
      const { directory } = target;
      const { command } = runtime;
      const as = asApplication(target, command);
      const environment = { ...as.environment, ...runtime.environment, ...record.marker };
      const begin = statSync(log, { throwIfNoEntry: false })?.size ?? 0;
      const { ended } = await launch({ ...as, directory, environment, log }, record.write).catch(
        (error: Error) => {
          throw passing(
            'StartFailed',
            `Cannot start "${command[0]}" in "${directory}": ${error.message}`,
          );
        },
      );
      const end = await Promise.race([ended, sleep(MIN_UPTIME)]);
      if (end === undefined || (await record.find())) return {};
      const how = typeof end === 'number' ? `exit code ${end}` : end;
      const lines = lastLines(log, 10, begin);
      const printed =
        lines.length > 0 ? `its last lines: ${lines.join('\n')}` : 'it printed nothing';
      throw passing(
        'StartFailed',
        redacted(`"${command[0]}" ended at once with ${how}; ${printed}`),
      );
    },

    async stop({ gently = false } = {}) {
      await signalUntilGone('SIGTERM', inMilliseconds(runtime.stopGrace));
      if (!gently) await signalUntilGone('SIGKILL', KILL_TIMEOUT);
      const rest = await record.find();
      if (rest)
        throw passing(
          'StopHangs',
          `Cannot end "${basename(runtime.command[0]!)}": ${describe(rest)}; in state ${rest.members.map(({ state }) => state).join(', ')}`,
        );
    },

    async freeze() {
      const end = performance.now() + KILL_TIMEOUT;
      for (let checks = 1; ; checks += 1) {
        const application = await record.find();
        if (!application) return;
        // One whose child was stopped between its fork and its command waits in the kernel for it: let them pass.
        if (checks % STUCK === 0) send(application, 'SIGCONT');
        else send(application, 'SIGSTOP');
        // T is stopped, Z has ended.
        const busy = application.members.filter(({ state }) => !/[TtZX]/.test(state));
        if (busy.length === 0 && checks % STUCK !== 0) return;
        if (performance.now() >= end)
          throw passing(
            'FreezeHangs',
            `Cannot hold "${basename(runtime.command[0]!)}" still: ${describe(application)}; in state ${busy.map(({ state }) => state).join(', ')}`,
          );
        await sleep(5);
      }
    },

    async thaw() {
      const application = await record.find();
      if (application) send(application, 'SIGCONT');
    },

    async logs(lines) {
      return lastLines(log, lines);
    },
  };

  /** One whose starter was just killed either becomes the command now, or ends: which, is seen in a moment. */
  async function findPastGate(): Promise<Application | undefined> {
    for (let checks = 0; ; checks += 1) {
      const application = await record.find();
      // Where only its children are left, it has long passed.
      const first = application?.members.find(({ pid }) => pid === application.pid);
      if (!first || checks === 100) return application;
      const command = commandOf(first.pid);
      if (command === undefined ? checks > 0 : command !== '' && !command.includes(GATE))
        return application;
      await sleep(20);
    }
  }

  async function signalUntilGone(signal: 'SIGTERM' | 'SIGKILL', timeout: number): Promise<void> {
    const end = performance.now() + timeout;
    for (let pause = 5, first = true; ; pause = Math.min(pause * 1.5, 100), first = false) {
      const application = await record.find();
      if (!application) return;
      // TERM once; KILL until nothing is left, for what was forked meanwhile.
      if (first || signal === 'SIGKILL') send(application, signal);
      // A process that somebody stopped hears TERM only when it goes on.
      if (first && signal === 'SIGTERM') send(application, 'SIGCONT');
      if (performance.now() >= end) return;
      await sleep(Math.min(pause, Math.max(0, end - performance.now())));
    }
  }
}

function send({ pid, groupIsOurs, members }: Application, signal: NodeJS.Signals): void {
  const to = groupIsOurs ? [-pid] : members.map((member) => member.pid);
  for (const receiver of to)
    try {
      process.kill(receiver, signal);
    } catch (error) {
      // Gone, or not ours to signal: who waits for its end will see.
      if (!['ESRCH', 'EPERM'].includes((error as { code: string }).code)) throw error;
    }
}

function describe(application: Application | undefined): string {
  if (!application) return 'Not running';
  const { pid, members, startedAt } = application;
  const first = members.find((member) => member.pid === pid) ?? members[0]!;
  const others = members.length > 1 ? ` and ${members.length - 1} more of its group` : '';
  return `pid ${first.pid}${others}${startedAt ? `, started ${startedAt}` : ''}`;
}
