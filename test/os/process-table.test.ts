import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect } from 'vitest';
import { familyOf, processTable, tableOfPs } from '../../src/os/process/process-table.ts';
import { test } from '../activities/runtime/support/applications.ts';

describe('processTable', () => {
  test('agrees with ps, which is used where there is no /proc', async ({ begin }) => {
    const child = begin('exec sleep 300');
    await once(child, 'spawn');
    const here = { pid: child.pid, parent: process.pid, group: child.pid, alive: true };

    const found = [processTable(), tableOfPs()].map((table) =>
      table.find(({ pid }) => pid === child.pid),
    );

    expect(found).toEqual([expect.objectContaining(here), expect.objectContaining(here)]);
  });

  test('reads the name of a process however strange', async ({ guard }) => {
    const child = spawn('bash', ['-c', 'echo "a) Z 1 (b" > /proc/self/comm; echo set; read'], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    guard.add(child.pid!);
    await once(child.stdout, 'data');

    const found = processTable().find(({ pid }) => pid === child.pid);

    expect(found).toMatchObject({ parent: process.pid, alive: true });
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
