import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { run } from '../../src/os/process/command.ts';
import { processTable } from '../../src/os/process/process-table.ts';
import { test } from '../support/target.ts';

describe('run', () => {
  test('gives what the command printed', async ({ directory }) => {
    const { stdout, stderr } = await run('sh', ['-c', 'pwd; echo trouble >&2'], {
      timeout: 5000,
      cwd: directory,
    });

    expect([stdout, stderr]).toEqual([directory, 'trouble']);
  });

  test('fails with exit code and the end of stderr, without passwords', async () => {
    const script =
      'for n in $(seq 100); do echo "line $n" >&2; done; echo "https://me:secret@host/ refused" >&2; exit 4';

    const running = run('sh', ['-c', script], { timeout: 5000 });

    await expect(running).rejects.toMatchObject({
      type: 'CommandFailed',
      nonRetryable: false,
      message: expect.stringMatching(
        /ended with exit code 4: line 92\n[^]*line 100\nhttps:\/\/\*\*\*@host\/ refused$/,
      ),
    });
  });

  test('ends a command that hangs together with what it started, though they hold its output open', async ({
    directory,
  }) => {
    const script = `trap '' TERM; sh -c "trap '' TERM; sleep 20" & echo $! > child; sleep 20`;
    const begin = performance.now();

    const running = run('sh', ['-c', script], { timeout: 300, cwd: directory });

    await expect(running).rejects.toMatchObject({
      type: 'CommandTimeout',
      nonRetryable: false,
      message: expect.stringContaining('did not end within 0.3 s, and was ended'),
    });
    expect(performance.now() - begin).toBeLessThan(15_000);
    const child = Number(await readFile(join(directory, 'child'), 'utf8'));
    expect(processTable().some(({ pid, alive }) => pid === child && alive)).toBe(false);
  });

  test('passes arguments as they are', async () => {
    const { stdout } = await run('printf', ['%s', '$(echo no) `no`; "no"'], { timeout: 5000 });

    expect(stdout).toBe('$(echo no) `no`; "no"');
  });
});
