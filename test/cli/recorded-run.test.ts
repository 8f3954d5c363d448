import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, vi } from 'vitest';
import { recordedRun } from '../../src/cli/local/recorded-run.ts';
import { targetFor } from '../../src/cli/input/target-for.ts';
import { targetsFor } from '../../src/cli/input/targets-for.ts';
import { loadTarget } from '../../src/config/load/load.ts';
import { storeRunReport } from '../../src/state/run-reports.ts';
import { test, write } from '../config/small-target.ts';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe('the report of a run that only its target knows', () => {
  test('is found by a part of its id in any target that can be read, the newest of several', async ({
    directory,
  }) => {
    await targetsIn(directory);
    const [shop, library] = ['shop', 'library'].map((name) => loadTarget(name, directory));
    storeRunReport(shop!, view('daily-backup/shop/20260105_020000'), '');
    storeRunReport(library!, view('daily-backup/library/20260104_020000'), '');
    storeRunReport(library!, view('daily-backup/library/20260106_020000'), '');

    expect(recordedRun('shop/20260105', undefined)?.run).toBe('daily-backup/shop/20260105_020000');
    expect(recordedRun('daily-backup', undefined)?.run).toBe(
      'daily-backup/library/20260106_020000',
    );
    expect(recordedRun('daily-backup', 'shop')?.run).toBe('daily-backup/shop/20260105_020000');
    expect(recordedRun('weekly-backup', undefined)).toBeUndefined();
  });
});

describe('a file of a target that cannot be read', () => {
  test('hides no other where all are meant, and is told', async ({ directory }) => {
    await targetsIn(directory);
    await writeFile(join(directory, 'broken.yaml'), 'name: [\n');
    const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);

    expect(targetsFor([]).map(({ name }) => name)).toEqual(['library', 'shop']);
    expect(String(stderr.mock.calls[0]![0])).toMatch(/^Warning: left out: .*broken\.yaml/);
    expect(targetFor('shop').name).toBe('shop');
  });

  test('may be the one that is meant where none is named: that is refused', async ({
    directory,
  }) => {
    vi.stubEnv('RUNBOOK_TARGETS', directory);
    await write(directory, 'shop');
    await writeFile(join(directory, 'broken.yaml'), 'name: [\n');

    expect(() => targetFor(undefined)).toThrow(
      /^No target is named, and a file cannot be read:\n.*broken\.yaml/,
    );
  });
});

async function targetsIn(directory: string) {
  vi.stubEnv('RUNBOOK_TARGETS', directory);
  await mkdir(directory, { recursive: true });
  await write(directory, 'shop', { state: './shop-state' });
  await write(directory, 'library', { state: './library-state' });
}

function view(run: string) {
  const day = run.slice(-15, -7);
  return { run, startedAt: `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}T02:00:00.000Z` };
}
