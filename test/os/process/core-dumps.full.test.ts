import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WHOLE_CORES } from '../../../src/os/process/core-dumps.ts';

const SECRET = 'canary-core-81f3';
/** Where the kernel writes them elsewhere, or hands them to a program, they are not to be found. */
const pattern = readOr('/proc/sys/kernel/core_pattern').trim();

describe.skipIf(pattern !== 'core')(
  `a core dump (needs core_pattern "core", it is "${pattern}")`,
  () => {
    let directory: string;

    beforeEach(() => {
      directory = mkdtempSync(join(tmpdir(), 'cores-'));
    });
    afterEach(() => rmSync(directory, { recursive: true, force: true }));

    test('of a process of ours, and of one that it starts, has no secret of its memory', () => {
      const ours = `const { keepMemoryOutOfCores } = await import(${JSON.stringify(new URL('../../../src/os/process/core-dumps.ts', import.meta.url).href)}); keepMemoryOutOfCores();`;

      expect(coreOf(`${ours} process.abort()`)).toBe('without');
      expect(coreOf(`${ours} ${ABORT_CHILD}`)).toBe('without');
    });

    test('of an application is whole, as one of any other process is', () => {
      expect(coreOf('process.abort()')).toBe('with');
      const ours = 'require("fs").writeFileSync("/proc/self/coredump_filter", "0x0");';
      const child = `require("child_process").spawnSync("/bin/sh", ["-c", ${JSON.stringify(`${WHOLE_CORES}exec "$@"`)}, "sh", process.execPath, "-e", "process.abort()"])`;
      expect(coreOf(`${ours} ${child}`)).toBe('with');
    });

    /** Whether the secret of its environment is in what it leaves. */
    function coreOf(script: string): 'with' | 'without' | 'none' {
      const isModule = script.includes('await');
      const kind = isModule ? ['--input-type=module'] : [];
      spawnSync(
        '/bin/sh',
        ['-c', 'ulimit -c unlimited && exec "$@"', 'sh', process.execPath, ...kind, '-e', script],
        { cwd: directory, env: { PATH: process.env['PATH'], CANARY: SECRET }, stdio: 'ignore' },
      );
      const cores = readdirSync(directory).filter((name) => name.startsWith('core'));
      if (cores.length === 0) return 'none';
      const isThere = cores.some((name) => has(join(directory, name)));
      for (const name of cores) rmSync(join(directory, name));
      return isThere ? 'with' : 'without';
    }
  },
);

const ABORT_CHILD =
  'const { spawnSync } = await import("node:child_process"); spawnSync(process.execPath, ["-e", "process.abort()"]);';

/** It may be larger than what Node reads at once. */
function has(file: string): boolean {
  return (
    spawnSync('grep', ['-qaF', SECRET, file], { stdio: 'ignore' }).status === 0 ||
    execFileSync('wc', ['-c', file], { encoding: 'utf8' }).startsWith('0 ')
  );
}

function readOr(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
