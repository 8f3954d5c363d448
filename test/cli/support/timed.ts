import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Client, Connection } from '@temporalio/client';
import { inject } from 'vitest';
import { stringify } from 'yaml';
import { targetIn } from '../../support/target.ts';
import { type Answer, main, runbook } from './runbook.ts';

/** A target with one schedule, and an operator's shell. Nothing runs for it but what the test starts. */
export interface Timed {
  readonly client: Client;
  write(runbook: string, rule: unknown, more?: object): void;
  /** `runbook schedules ...` */
  type(...text: readonly string[]): Promise<Answer>;
  runbook(...text: readonly string[]): Promise<Answer>;
  /** What a worker says until it serves. Then it is killed. */
  startedWorker(...flags: readonly string[]): Promise<string>;
  close(): Promise<void>;
}

export async function openTimed(name: string): Promise<Timed> {
  const directory = mkdtempSync(join(tmpdir(), 'cli-timed-'));
  const { address, namespace } = inject('temporal');
  const connection = await Connection.connect({ address });
  const client = new Client({ connection, namespace });
  const targets = join(directory, 'targets');
  mkdirSync(targets);
  const env = {
    RUNBOOK_TARGETS: targets,
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: namespace,
  };
  const made = new Set<string>();
  return {
    client,
    write(word, rule, more = {}) {
      made.add(`${name}/${word}`);
      const target = { ...targetIn(directory, { name }), schedules: { [word]: rule }, ...more };
      writeFileSync(join(targets, `${name}.yaml`), stringify(target));
    },
    type: (...text) => runbook(['schedules', ...text], env),
    runbook: (...text) => runbook(text, env),
    async startedWorker(...flags) {
      const worker = spawn(process.execPath, [main, 'worker', name, ...flags], {
        env: { ...process.env, ...env },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      const ended = once(worker, 'exit');
      const said: string[] = [];
      for await (const line of createInterface({ input: worker.stderr })) {
        said.push(line);
        if (line.startsWith('Serving ')) break;
      }
      worker.kill('SIGKILL');
      await ended;
      return said.join('\n');
    },
    async close() {
      for (const id of made)
        await client.schedule
          .getHandle(id)
          .delete()
          .catch(() => {});
      await connection.close();
      rmSync(directory, { recursive: true });
    },
  };
}
