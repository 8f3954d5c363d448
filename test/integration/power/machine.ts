import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { execa } from 'execa';
import { stringify } from 'yaml';
import { connectLazily } from '../../../src/client/connection/connect-lazily.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { main } from '../../cli/support/runbook.ts';
import { afterAnotherStart, type Place } from '../../support/power-cut.ts';
import { reservedPort } from '../../support/reserved-port.ts';

/** A machine that serves one target by `runbook dev`, with everything that lasts on one disk. */
export interface Machine extends AsyncDisposable {
  readonly client: Client;
  /** All at once ends every process on the disk, and what was not synced. */
  cutPower(): Promise<void>;
  /** Starts `runbook dev`, and nothing else. */
  start(): Promise<void>;
}

export async function openMachine(
  { directory, cut }: Place,
  target: SqliteTarget,
): Promise<Machine> {
  mkdirSync(join(directory, 'targets'));
  writeFileSync(join(directory, 'targets', `${target.name}.yaml`), stringify(target));
  const [grpc, ui] = [await reservedPort(), await reservedPort()];
  const data = join(directory, 'temporal.db');
  const ports = ['--port', `${grpc}`, '--ui-port', `${ui}`];
  const node = process.execPath;
  const dev = [main, 'dev', target.name, '--data', data, ...ports];
  let starts = 0;

  async function start(): Promise<void> {
    starts += 1;
    const [program, args] = starts === 1 ? [node, dev] : afterAnotherStart(node, ...dev);
    const serving = execa(program, args, {
      cwd: directory,
      env: { RUNBOOK_TARGETS: join(directory, 'targets'), NO_COLOR: '1' },
      reject: false,
      stdin: 'ignore',
      all: true,
      buffer: false,
    });
    let printed = '';
    await new Promise<void>((resolve, reject) => {
      serving.all.on('data', (text: Buffer) => {
        printed += text.toString();
        if (printed.includes('Serving ')) resolve();
      });
      void serving.then(() => reject(new Error(`"runbook dev" ended: ${printed}`)));
    });
  }

  await start();
  // As the commands of this user do: its server is behind a door.
  const client = connectLazily(`127.0.0.1:${grpc}`);
  return {
    client,
    async cutPower() {
      await endAllOn(directory);
      cut();
    },
    start,
    async [Symbol.asyncDispose]() {
      await client.connection.close();
      await endAllOn(directory);
    },
  };
}

/** Until nobody is left: one may just start another. */
async function endAllOn(directory: string): Promise<void> {
  const disk = statSync(directory).dev;
  for (let pids = workingOn(disk); pids.length > 0; pids = workingOn(disk)) {
    for (const pid of pids)
      try {
        process.kill(pid, 'SIGKILL');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    await sleep(5);
  }
}

function workingOn(disk: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && diskOf(`/proc/${name}/cwd`) === disk)
    .map(Number);
}

/** Not by its path: what has mounts of its own, as after another start of the machine, has another. Undefined: it has just ended. */
function diskOf(link: string): number | undefined {
  try {
    return statSync(link).dev;
  } catch {
    return undefined;
  }
}
