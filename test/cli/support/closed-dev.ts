import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { execa } from 'execa';
import { inject, vi } from 'vitest';
import { reservedPort } from '../../support/reserved-port.ts';
import { main, runbook } from './runbook.ts';

const PATIENCE = { timeout: 120_000, interval: 200 };

/** `runbook dev` with its door, as its own user sees it and as others do. */
export interface ClosedDev {
  readonly process: ChildProcess;
  said(): string;
  /** By whoever runs the test. */
  type(...args: readonly string[]): ReturnType<typeof runbook>;
  /** By another user of the machine, from the sources: what tests have built is theirs alone. */
  typeAs(uid: number, ...args: readonly string[]): ReturnType<typeof runbook>;
  stop(): Promise<void>;
}

export async function startClosedDev(
  directory: string,
  { targets, serve = [] }: { readonly targets?: string; readonly serve?: readonly string[] } = {},
): Promise<ClosedDev> {
  const port = await reservedPort();
  const env = {
    TEMPORAL_ADDRESS: `127.0.0.1:${port}`,
    RUNBOOK_TEMPORAL: inject('temporal').path,
    ...(targets !== undefined && { RUNBOOK_TARGETS: targets }),
  };
  const own = { ...env, XDG_DATA_HOME: directory };
  const words = ['dev', ...serve, '--data', join(directory, 'temporal.db'), '--port', String(port)];
  const child = spawn(
    process.execPath,
    [main, ...words, '--ui-port', String(await reservedPort()), '--no-schedules'],
    {
      env: { ...process.env, ...own, TEMPORAL_ADDRESS: '' },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  let text = '';
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await vi.waitFor(() => {
    if (!text.includes('Serving')) throw new Error(text);
  }, PATIENCE);
  return {
    process: child,
    said: () => text,
    type: (...args) => runbook(args, own, { timeout: 180_000 }),
    async typeAs(uid, ...args) {
      const { exitCode, stdout, stderr } = await execa(
        process.execPath,
        [join(process.cwd(), 'src/cli/main.ts'), ...args],
        {
          uid,
          gid: uid,
          cwd: '/',
          reject: false,
          stdin: 'ignore',
          timeout: 180_000,
          env: {
            ...env,
            NO_COLOR: '1',
            HOME: '/nonexistent',
            XDG_DATA_HOME: '/nonexistent',
            NODE_COMPILE_CACHE: '',
          },
        },
      );
      return { exitCode, stdout, stderr };
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}
