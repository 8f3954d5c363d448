import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { findTemporal } from '../../src/dev/server/find-temporal.ts';
import { cachedTemporal } from '../../src/dev/server/temporal-module.ts';
import { compareVersions } from '../../src/dev/server/temporal-version.ts';

let directory: string;
let lines: string[];
const onProgress = (line: string) => void lines.push(line);

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'find-temporal-'));
  lines = [];
  vi.stubEnv('PATH', join(directory, 'bin'));
  vi.stubEnv('RUNBOOK_CACHE', join(directory, 'cache'));
  vi.stubEnv('RUNBOOK_TEMPORAL', '');
  // Nothing listens there: a machine without a way out.
  for (const name of ['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY'])
    vi.stubEnv(name, 'http://127.0.0.1:1');
  for (const name of ['NO_PROXY', 'no_proxy']) vi.stubEnv(name, '');
  await mkdir(join(directory, 'bin'));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(directory, { recursive: true, force: true });
});

describe('findTemporal', () => {
  test('takes the executable of RUNBOOK_TEMPORAL before all others, whatever its version', async () => {
    await fake(join(directory, 'bin/temporal'), '1.40.0');
    const named = await fake(join(directory, 'mine'), '1.20.0');
    vi.stubEnv('RUNBOOK_TEMPORAL', named);

    const found = await findTemporal({ onProgress });

    expect(found).toEqual({ path: named, version: '1.20.0', how: 'RUNBOOK_TEMPORAL' });
  });

  test('says why it cannot use the executable of RUNBOOK_TEMPORAL, instead of taking another', async () => {
    await fake(join(directory, 'bin/temporal'), '1.40.0');
    vi.stubEnv('RUNBOOK_TEMPORAL', '/nowhere/temporal');

    await expect(findTemporal({ onProgress })).rejects.toThrow(
      /^Cannot use "\/nowhere\/temporal" of "RUNBOOK_TEMPORAL": Command failed with ENOENT/,
    );
  });

  test('takes a new enough one on PATH before the cached copy', async () => {
    const onPath = await fake(join(directory, 'bin/temporal'), '1.32.0');
    await fake(await cachedTemporal(), '1.33.0');

    const found = await findTemporal({ onProgress });

    expect(found).toEqual({ path: onPath, version: '1.32.0', how: 'PATH' });
    expect(lines).toEqual([]);
  });

  test('takes the cached copy when the one on PATH is too old, and says so', async () => {
    const onPath = await fake(join(directory, 'bin/temporal'), '1.31.9');
    const cached = await fake(await cachedTemporal(), '1.32.0');

    const found = await findTemporal({ onProgress });

    expect(found).toEqual({ path: cached, version: '1.32.0', how: 'cache' });
    expect(lines).toEqual([
      `"temporal" on PATH: "${onPath}" has server 1.31.9, and 1.32.0 or newer is needed`,
    ]);
  });

  test('passes over a program of that name that is no Temporal', async () => {
    await script(join(directory, 'bin/temporal'), 'echo "temporal 0.3"');
    const cached = await fake(await cachedTemporal(), '1.32.0');

    const found = await findTemporal({ onProgress });

    expect(found.path).toBe(cached);
    expect(lines[0]).toMatch(/names no server version: "temporal 0.3"$/);
  });

  test('builds when nothing is there and nothing can be downloaded, keeps the result and tells both waits', async () => {
    await script(
      join(directory, 'bin/go'),
      `if [ "$1" = version ]; then echo "go version go1.26.8 linux/amd64"; exit; fi
       while [ "$1" != -o ]; do shift; done
       printf '#!/bin/sh\\necho "temporal version 0.0.0-DEV (Server 1.32.0, UI 2.54.1)"' > "$2"
       /bin/chmod +x "$2"`,
    );

    const built = await findTemporal({ onProgress });
    const again = await findTemporal({ onProgress });

    expect(built).toEqual({ path: await cachedTemporal(), version: '1.32.0', how: 'build' });
    expect(again).toEqual({ ...built, how: 'cache' });
    expect(lines).toEqual([
      'Downloading the Temporal server v1.9.1',
      expect.stringMatching(/^Download: /),
      'Building the Temporal server: takes about 4 minutes once',
    ]);
  });

  test('shows the end of what the compiler says when the build fails, and leaves no part behind', async () => {
    await script(
      join(directory, 'bin/go'),
      `if [ "$1" = version ]; then echo "go version go1.26.8 linux/amd64"; exit; fi
       echo "no space left on device" >&2; exit 1`,
    );

    await expect(findTemporal({ onProgress })).rejects.toThrow(
      'Build with Go: no space left on device',
    );
    expect(await cacheContent()).toEqual([]);
  });

  test('does not start a build that the Go on PATH cannot do', async () => {
    await script(join(directory, 'bin/go'), 'echo "go version go1.19.8 linux/amd64"');

    await expect(findTemporal({ onProgress })).rejects.toThrow(
      `Build with Go: "${join(directory, 'bin/go')}" is Go 1.19.8, and 1.26.8 is needed`,
    );
  });

  test('lists every way and what was wrong with it when none is possible', async () => {
    const error = await findTemporal({ onProgress }).catch((reason: unknown) => reason);

    expect(error).toMatchObject({
      message: expect.stringMatching(
        new RegExp(
          [
            '^Cannot find a Temporal server',
            '  "temporal" on PATH: there is none',
            '  Cached copy: there is none',
            '  Download: .+',
            '  Build with Go: there is no "go" on PATH$',
          ].join('\n'),
        ),
      ),
      hint:
        'set TEMPORAL_ADDRESS to a running server, or RUNBOOK_TEMPORAL to a "temporal" executable, ' +
        'or put the Temporal CLI or Go on PATH',
    });
    expect(await cacheContent()).toEqual([]);
  });
});

describe('compareVersions', () => {
  test('compares numbers, not text', () => {
    const sorted = ['1.9.1', '1.32.0', '1.4.10', '1.26'].toSorted(compareVersions);

    expect(sorted).toEqual(['1.4.10', '1.9.1', '1.26', '1.32.0']);
  });
});

function fake(path: string, server: string): Promise<string> {
  return script(path, `echo "temporal version 1.9.1 (Server ${server}, UI 2.54.1)"`);
}

async function script(path: string, lines: string): Promise<string> {
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, `#!/bin/sh\n${lines}\n`);
  await chmod(path, 0o755);
  return path;
}

async function cacheContent(): Promise<string[]> {
  return readdir(join(await cachedTemporal(), '..'));
}
