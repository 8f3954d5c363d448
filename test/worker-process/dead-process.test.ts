import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect } from 'vitest';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import { openProcessPool, type ProcessPool } from '../../src/worker-process/process-pool.ts';
import { built } from '../support/built.ts';
import { test } from '../support/target.ts';

const JOB_PROCESS = built('src/worker-process/job-process.ts');

describe('a pool of job processes', () => {
  let pool: ProcessPool;
  beforeEach(() => {
    pool = openProcessPool(JOB_PROCESS);
  });
  afterEach(() => pool.close());

  test('gives no job to an idle process that somebody has killed', async ({ target }) => {
    const before = await pool.do(jobOf(target));
    for (const pid of ownProcesses()) process.kill(pid, 'SIGKILL');
    await sleep(200);

    expect(await pool.do(jobOf(target))).toEqual(before);
  });

  test('gives none to one whose job was called off', async ({ target }) => {
    const before = await pool.do(jobOf(target));
    for (let times = 0; times < 4; times += 1) {
      const over = new AbortController();
      const called = pool
        .do(jobOf(target, 'http.expectReady'), over.signal)
        .catch(() => 'called off');
      over.abort();

      expect(await called).toBe('called off');
      expect(await pool.do(jobOf(target))).toEqual(before);
    }
  });

  test('says of a process that dies at its job that it did', async ({ target }) => {
    await pool.do(jobOf(target));
    const [pid] = ownProcesses();
    process.kill(pid!, 'SIGKILL');

    await expect(pool.do(jobOf(target))).rejects.toMatchObject({ type: 'ProcessDied' });
  });
});

function jobOf(target: SqliteTarget, activity = 'containment.find') {
  const run = `test/${target.name}`;
  return { target, run, activity, args: [], deadline: Date.now() + 60_000 };
}

function ownProcesses(): number[] {
  const all = execFileSync('ps', ['-eo', 'pid,ppid,args'], { encoding: 'utf8' });
  return all.split('\n').flatMap((line) => {
    const [, pid, parent] = /^\s*(\d+)\s+(\d+)\s.*job-process/.exec(line) ?? [];
    return Number(parent) === process.pid ? [Number(pid)] : [];
  });
}
