import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import {
  familyOf,
  processTable,
  tableOfPs,
} from '../../../src/activities/support/process/process-table.ts';

describe('processTable', () => {
  test('agrees with ps, which is used where there is no /proc', async () => {
    const child = spawn('sleep', ['300'], { detached: true, stdio: 'ignore' });
    await once(child, 'spawn');
    const here = { pid: child.pid, parent: process.pid, group: child.pid, alive: true };

    const found = [processTable(), tableOfPs()].map((table) =>
      table.find(({ pid }) => pid === child.pid),
    );

    expect(found).toEqual([expect.objectContaining(here), expect.objectContaining(here)]);
    child.kill('SIGKILL');
  });

  test('reads the name of a process however strange', async () => {
    const child = spawn('bash', ['-c', 'echo "a) Z 1 (b" > /proc/self/comm; echo set; read'], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    await once(child.stdout, 'data');

    const found = processTable().find(({ pid }) => pid === child.pid);

    expect(found).toMatchObject({ parent: process.pid, alive: true });
    child.kill('SIGKILL');
  });
});

describe('familyOf', () => {
  test('is a process and its descendants, and nobody else', () => {
    const entry = (pid: number, parent: number) => ({
      pid,
      parent,
      group: 1,
      state: 'S',
      startTime: '',
      alive: true,
    });

    expect(familyOf(2, [entry(1, 0), entry(2, 1), entry(3, 2), entry(4, 3), entry(5, 1)])).toEqual([
      2, 3, 4,
    ]);
  });
});
