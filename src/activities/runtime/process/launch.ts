import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync } from 'node:fs';
import type { Socket } from 'node:net';
import { WHOLE_CORES } from '../../../os/process/core-dumps.ts';
import type { AsApplication } from '../../../os/owner/as-application.ts';
import { openLog } from './open-log.ts';

export interface Launch extends Pick<AsApplication, 'command' | 'ids' | 'owner'> {
  readonly directory: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Where its output goes, appended. */
  readonly log: string;
}

export interface Launched {
  readonly pid: number;
  /** Resolves when it ends: with its exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
}

/** The shell becomes the command, with the same pid, once the gate opens. */
export const GATE = `IFS= read -r go <&3 && exec 3<&- && { ${WHOLE_CORES}exec "$@"; }`;

/**
 * Starts a command in a session of its own, to live on when we die. It waits at a gate until `record` has
 * written down its pid: if we are killed before, the gate closes and the command never runs, so there is
 * no moment at which an application runs that nobody knows of.
 */
export async function launch(
  { command, ids, owner, directory, environment, log }: Launch,
  record: (pid: number) => Promise<void>,
): Promise<Launched> {
  const output = openLog(log, owner);
  const child = spawn('/bin/sh', ['-c', GATE, 'sh', ...command], {
    cwd: directory,
    env: environment,
    ...ids,
    detached: true,
    stdio: ['ignore', output, output, 'pipe'],
  });
  closeSync(output);
  await once(child, 'spawn');
  const ended = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | string);
  const gate = child.stdio[3] as Socket;
  gate.on('error', () => {}); // it died at the gate: `ended` says so
  try {
    await record(child.pid!);
    gate.end('go\n');
  } catch (error) {
    gate.destroy();
    throw error;
  }
  child.unref();
  return { pid: child.pid!, ended };
}
