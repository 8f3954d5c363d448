import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startLifeline } from '../../src/dev/server/lifeline.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lifeline-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

describe('startLifeline', () => {
  test('passes arguments on as they are, writes what is printed to the log, and tells the exit code', async () => {
    const log = join(directory, 'log');

    const program = await startLifeline('sh', ['-c', 'echo "$1"; exit 7', 'sh', "it's $HOME *"], {
      log,
    });

    expect(await program.ended).toBe(7);
    expect(await readFile(log, 'utf8')).toBe("it's $HOME *\n");
  });

  test('tells the pid of the program, not of its guard', async () => {
    const program = await startLifeline('sleep', ['60']);

    const command = await readFile(`/proc/${program.pid}/cmdline`, 'utf8');
    await program.stop();

    expect(command).toBe(['sleep', '60', ''].join('\0'));
    expect(await isAlive(program.pid)).toBe(false);
  });

  test('forces a program that does not listen, after its grace', async () => {
    const log = join(directory, 'log');
    const deaf = 'trap "" TERM; echo up; while :; do sleep 0.1; done';
    const program = await startLifeline('sh', ['-c', deaf], { log, grace: 1000 });
    while ((await readFile(log, 'utf8')) === '') await sleep(20);

    await program.stop();

    expect(await program.ended).toBe(128 + 9);
  });

  test('tells of a program that is not there as a shell does', async () => {
    const program = await startLifeline('no-such-program', []);

    expect(await program.ended).toBe(127);
  });

  test('ends the program when its guard is killed', async () => {
    const program = await startLifeline('sleep', ['60']);

    process.kill(await parentOf(program.pid), 'SIGKILL');

    expect(await isAlive(program.pid, 5000)).toBe(false);
  });

  test('passes a signal on, and waits for the end', async () => {
    const log = join(directory, 'log');
    const program = await startLifeline(
      'sh',
      ['-c', 'trap "sleep 0.3; echo bye; exit 5" TERM; echo up; while :; do sleep 0.1; done'],
      { log },
    );
    while ((await readFile(log, 'utf8')) === '') await sleep(20);

    process.kill(await parentOf(program.pid), 'SIGTERM');

    expect(await program.ended).toBe(5);
    expect(await readFile(log, 'utf8')).toBe('up\nbye\n');
  });

  test('ends the program when we are killed with -9', async () => {
    const module = new URL('../../src/dev/server/lifeline.ts', import.meta.url).href;
    const code = `
      const { startLifeline } = await import(${JSON.stringify(module)});
      console.log((await startLifeline('sleep', ['60'])).pid);`;
    const parent = spawn(process.execPath, ['--input-type=module', '--eval', code]);
    const [output] = (await once(parent.stdout, 'data')) as [Buffer];

    parent.kill('SIGKILL');

    expect(await isAlive(Number(output), 5000)).toBe(false);
  });
});

/** Whether it lives still, after at most `timeout` ms to end. */
async function isAlive(pid: number, timeout = 0): Promise<boolean> {
  for (const deadline = Date.now() + timeout; ; await sleep(20)) {
    try {
      process.kill(pid, 0);
    } catch {
      return false;
    }
    if (Date.now() >= deadline) return true;
  }
}

async function parentOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^PPid:\s*(\d+)$/m.exec(status)![1]);
}
