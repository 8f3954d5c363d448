import { appendFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { watchDirectory } from '../../src/cli/serve/watch-directory.ts';
import { test } from '../support/target.ts';

const SETTLED = 4000;
const UNENDED = 30_000;

describe('watchDirectory', () => {
  test('waits until nothing has changed for a while', async ({ directory }) => {
    const file = join(directory, 'one.yaml');
    writeFileSync(file, 'name: one\n');
    const watch = watchDirectory(directory);

    const before = watch.isAtRest(0);
    appendFileSync(file, 'enabled: false\n');
    const changed = [watch.isAtRest(1000), watch.isAtRest(3000)];
    appendFileSync(file, 'state: here\n');
    const again = [watch.isAtRest(4500), watch.isAtRest(8000), watch.isAtRest(4500 + SETTLED)];
    watch.settled();

    expect([before, ...changed, ...again]).toEqual([false, false, false, false, false, true]);
    expect(watch.isAtRest(60_000)).toBe(false);
  });

  test('waits longer for a file whose last line has no end', async ({ directory }) => {
    const file = join(directory, 'one.yaml');
    writeFileSync(file, 'name: one\n');
    const watch = watchDirectory(directory);

    writeFileSync(file, 'name: one\nschedu');
    watch.isAtRest(0);

    expect(watch.isAtRest(SETTLED)).toBe(true);
    expect(watch.isUnended(file, SETTLED)).toBe(true);
    expect(watch.isUnended(file, UNENDED)).toBe(false);
    expect(watch.isUnended(join(directory, 'none.yaml'), SETTLED)).toBe(false);
  });

  test.for<readonly [what: string, change: (file: string) => void]>([
    ['removed', (file) => rmSync(file)],
    ['renamed', (file) => renameSync(file, `${file}.old`)],
    ['replaced by one of the same size', (file) => replace(file)],
  ])('sees a file that is %s', async ([, change], { directory }) => {
    const file = join(directory, 'one.yaml');
    writeFileSync(file, 'name: one\n');
    const watch = watchDirectory(directory);

    change(file);
    watch.isAtRest(0);

    expect(watch.isAtRest(SETTLED)).toBe(true);
  });

  test('sees that the directory itself is gone', async ({ directory }) => {
    const watch = watchDirectory(join(directory, 'none'));

    watch.isAtRest(0);
    const before = watch.isAtRest(SETTLED);

    expect(before).toBe(false);
  });
});

function replace(file: string): void {
  writeFileSync(`${file}.new`, 'name: two\n');
  renameSync(`${file}.new`, file);
}
