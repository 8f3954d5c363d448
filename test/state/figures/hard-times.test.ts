import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { openFigures } from '../../../src/state/figures/open-figures.ts';
import { canMount, fillDisk, mountDisk, NO_DISK } from '../../support/small-disk.ts';
import { test } from '../../support/target.ts';
import { after, figure } from './figure.ts';

const WRITER = join(import.meta.dirname, 'writer.ts');

describe('figures.db', () => {
  test('on a full disk refuses with a sentence, keeps what it had, and goes on when there is room', ({
    directory,
    skip,
  }) => {
    skip(!canMount, NO_DISK);
    const state = join(directory, 'small');
    const unmount = mountDisk(state, 1);
    try {
      const store = openFigures(state);
      store.record([figure('cpu', 1)], after(0));
      store.close();
      const filler = fillDisk(state);

      expect(() => store.record([figure('cpu', 2)], after(60))).toThrow(
        /^Cannot write ".*figures.db": /,
      );
      store.close();
      rmSync(filler);
      expect(store.record([figure('cpu', 3)], after(120))).toEqual({});
      expect(store.raw('cpu', after(0), after(120)).map(({ value }) => value)).toEqual([1, 3]);
      expect(readdirSync(state).filter((name) => name.includes('damaged'))).toEqual([]);
      store.close();
    } finally {
      unmount();
    }
  });

  test('takes what two processes write, of which one is killed in the middle again and again', async ({
    target,
  }) => {
    const store = openFigures(target.state);
    for (let round = 0; round < 4; round += 1) {
      const writer = fork(WRITER, [target.state], { execArgv: [] });
      await once(writer, 'message');
      for (let second = 0; second < 20; second += 1)
        expect(store.record([figure('ours', second)], after(round * 100 + second))).toEqual({});
      await sleep(20 * round);
      writer.kill('SIGKILL');
      await once(writer, 'exit');
    }

    expect(store.raw('ours', after(0), after(1000))).toHaveLength(80);
    expect(store.raw('theirs', after(0), after(1e6)).length).toBeGreaterThan(10);
    expect(readdirSync(target.state).filter((name) => name.includes('damaged'))).toEqual([]);
    store.close();
  });

  test('is begun anew once, whichever of two processes finds it damaged', ({ target }) => {
    const one = openFigures(target.state);
    const other = openFigures(target.state);
    one.record([figure('cpu', 1)], after(0));
    other.record([figure('cpu', 1)], after(1));
    one.close();
    other.close();
    writeFileSync(join(target.state, 'figures.db'), 'x'.repeat(10_000));

    const told = [
      one.record([figure('cpu', 2)], after(2)),
      other.record([figure('cpu', 3)], after(3)),
    ];
    expect(told.filter(({ begunAnew }) => begunAnew !== undefined)).toHaveLength(1);
    expect(one.raw('cpu', after(0), after(10)).map(({ value }) => value)).toEqual([2, 3]);
    expect(statSync(join(target.state, 'figures.db')).mode & 0o777).toBe(0o600);
    one.close();
    other.close();
  });

  test('that is removed while it is open is made anew, and read from there', ({ target }) => {
    const writer = openFigures(target.state);
    const reader = openFigures(target.state);
    writer.record([figure('cpu', 1)], after(0));
    expect(reader.newest()).toHaveLength(1);
    for (const end of ['', '-wal', '-shm'])
      rmSync(join(target.state, `figures.db${end}`), { force: true });

    expect(reader.newest()).toEqual([]);
    writer.record([figure('cpu', 2)], after(60));
    expect(reader.raw('cpu', after(0), after(60)).map(({ value }) => value)).toEqual([2]);
    writer.close();
    reader.close();
  });
});
