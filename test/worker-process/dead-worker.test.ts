import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, vi } from 'vitest';
import { familyOf, processTable } from '../../src/os/process/process-table.ts';
import { test } from '../support/target.ts';

const support = join(import.meta.dirname, 'support');
const wait = { timeout: 60_000, interval: 100 };
/** In ms: longer than a job process takes to begin, when others have the machine. */
const UNDER_WAY = 1500;

describe('a worker that is killed with -9', () => {
  test('takes its job process along, though that is too busy to hear of it', async ({ target }) => {
    const worker = fork(join(support, 'doomed-pool.ts'), [
      join(support, 'busy-job.ts'),
      JSON.stringify(target),
    ]);
    await once(worker, 'message');
    const [, job] = familyOf(worker.pid!, processTable());
    await vi.waitFor(() => expect(burns(job!)).toBe(true), wait);
    await new Promise((resolve) => setTimeout(resolve, UNDER_WAY));

    worker.kill('SIGKILL');
    await once(worker, 'exit');

    await vi.waitFor(() => expect(isAlive(job!)).toBe(false), wait);
  });
});

function isAlive(pid: number): boolean {
  return processTable().some((one) => one.pid === pid && one.alive);
}

/** Whether it is running right now. */
function burns(pid: number): boolean {
  return processTable().some((one) => one.pid === pid && one.state === 'R');
}
