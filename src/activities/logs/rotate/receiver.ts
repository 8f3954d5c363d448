import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { resolve } from 'node:path';
import type { Reopen } from '../../../config/schema/logs.ts';
import type { Target } from '../../../config/schema/target.ts';
import { permanent } from '../../../os/failure.ts';
import { readHeld } from '../../../os/files/held/read-held.ts';
import { familyOf, processTable } from '../../../os/process/process-table.ts';
import { onProject } from '../../runtime/compose/project.ts';
import { processRecord } from '../../runtime/process/process-record.ts';
import { knownUnit } from '../../runtime/systemd/unit.ts';
import { asText, type Writer } from '../file/writers.ts';

/** Who gets a signal to open its log anew. */
export interface Receiver {
  send(): Promise<void>;
}

/**
 * The process that gets the signal, once it is proven: it, or what it started, writes to the log, and it handles the signal. By
 * default HUP and USR1 end a process, so a stranger or an unprepared one never gets one. Error: `NoReceiver`.
 */
export async function receiverOf(
  target: Target,
  reopen: Reopen,
  writers: readonly Writer[],
): Promise<Receiver> {
  const { signal, pidFile, service } = reopen;
  const { runtime, directory } = target;
  if (runtime.kind === 'compose' && !pidFile) {
    // The first process of a container is never ended by a signal that it does not handle.
    const args = ['kill', '-s', `SIG${signal}`, service ?? runtime.service];
    return { send: async () => void (await onProject(directory, runtime)(args)) };
  }
  const pid = pidFile ? pidIn(resolve(directory, pidFile)) : await leaderOf(target);
  expectWriter(pid, writers, pidFile ?? 'the runtime');
  expectHandled(pid, signal);
  return { send: async () => void process.kill(pid, `SIG${signal}`) };
}

function pidIn(file: string): number {
  const pid = Number(readHeld(file)?.toString().trim() || NaN);
  if (Number.isInteger(pid) && pid > 1) return pid;
  throw noReceiver(`there is no process id in "${file}"`);
}

async function leaderOf(target: Target): Promise<number> {
  const { runtime } = target;
  if (runtime.kind === 'systemd') {
    const { mainPid } = await knownUnit(runtime.unit);
    if (mainPid > 0) return mainPid;
    throw noReceiver(`unit "${runtime.unit}" does not run`);
  }
  const application = await processRecord(target).find();
  const leads = application?.members.some(({ pid }) => pid === application.pid);
  if (application?.groupIsOurs && leads) return application.pid;
  throw noReceiver('the first process of the application does not run');
}

/** An old process id may by now be a stranger's: this one's family has the very log open. */
function expectWriter(pid: number, writers: readonly Writer[], source: string): void {
  const family = new Set(familyOf(pid, processTable()));
  if (writers.some((writer) => family.has(writer.pid))) return;
  throw noReceiver(
    `process ${pid} of "${source}" is not the one that writes: ${asText(writers) || 'nobody seen'} does`,
  );
}

function expectHandled(pid: number, signal: Reopen['signal']): void {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const handled = BigInt(`0x${/^SigCgt:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? '0'}`);
  const bit = BigInt(constants.signals[`SIG${signal}`] - 1);
  if (((handled >> bit) & 1n) === 1n) return;
  throw noReceiver(`process ${pid} does not handle ${signal}, which would end it`);
}

function noReceiver(why: string): Error {
  return permanent('NoReceiver', `Cannot ask for a new log file: ${why}`);
}
