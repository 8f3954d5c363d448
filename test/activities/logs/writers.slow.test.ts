import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, vi } from 'vitest';
import { generationsOf } from '../../../src/activities/logs/file/generations.ts';
import { runtimeActivities } from '../../../src/activities/runtime/runtime-activities.ts';
import { TIMEOUT } from '../../support/timeouts.ts';
import { cutUnderLoad, renameUnderLoad } from './support/under-load.ts';
import { day, onLog, test, whileWriting, writerCommand } from './support/world.ts';
import { writtenIn } from './support/written.ts';

const size = '1MB';

describe('logs.rotate while a writer writes 20 MB a second', () => {
  test('loses no line by rename and reopen, and tears none', async ({ live, logged }) => {
    const seen = await renameUnderLoad(live, logged, 3);

    expect(seen).toMatchObject({ missing: 0, twice: 0, torn: 0, packed: 2 });
  });

  test('loses no more by copy and cut than it says', async ({ live, logged }) => {
    const { missing, twice, atRisk } = await cutUnderLoad(live, logged, 3);

    expect(twice).toBe(0);
    expect(missing).toBeLessThanOrEqual(atRisk);
  });
});

describe('logs.rotate of a log that somebody has open', () => {
  test('tells the first process of the application by its signal', async ({ live, logged }) => {
    const target = logged({ rotate: { size, reopen: { signal: 'USR1', within: '30s' } } });
    const runtime = {
      kind: 'process',
      command: writerCommand(live, 2000, 'signal'),
      environment: {},
      log: join(live, '../out.log'),
      stopGrace: '5s',
    } as const;
    const world = { ...target, runtime: { ...runtime, command: [...runtime.command] } };
    const { start, stop } = runtimeActivities(world, 'test');
    await start();
    try {
      await vi.waitFor(() => expect(statSync(live).size).toBeGreaterThan(2 ** 20), TIMEOUT);

      expect(await onLog(world).rotate(day(0))).toMatchObject({ changed: true, remarks: [] });

      await vi.waitFor(() => expect(statSync(live).size).toBeGreaterThan(0), TIMEOUT);
    } finally {
      await stop();
    }
    const lines = Number(readFileSync(runtime.log, 'utf8').trim().split('\n').at(-1));
    expect(writtenIn(live)).toEqual({ lines, twice: 0, torn: 0 });
  });

  test('leaves it where nothing is said of how it takes up a new one', async ({ live, logged }) => {
    const { rotate } = onLog(logged({ rotate: { every: 'daily' } }));

    await whileWriting(writerCommand(live, 100, 'never'), async (pid) => {
      await sleep(100);
      const { remarks, failed } = await rotate(day(1));

      expect(failed).toBe(true);
      expect(remarks[0]).toContain(`process ${pid} (node) has it open, and "rotate" does not say`);
      expect(generationsOf(live)).toEqual([]);
    });
  });

  test('gives a watching writer a new file, and waits for nothing', async ({ live, logged }) => {
    const { rotate } = onLog(logged({ rotate: { every: 'daily', by: 'watch' } }));

    const lines = await whileWriting(writerCommand(live, 2000, 'watch'), async () => {
      await sleep(100);
      expect(await rotate(day(1))).toMatchObject({ changed: true, remarks: [] });
      await vi.waitFor(() => expect(statSync(live).size).toBeGreaterThan(0), TIMEOUT);
    });

    expect(writtenIn(live)).toEqual({ lines, twice: 0, torn: 0 });
  });

  test('reports one that writes on into the old file, and leaves that alone', async ({
    live,
    logged,
  }) => {
    const pidFile = join(live, '../app.pid');
    const reopen = { signal: 'USR1', pidFile, within: '300ms' } as const;
    const policy = { rotate: { size, reopen, copies: 1 } } as const;
    const { rotate, compress, prune } = onLog(logged(policy));
    const deaf = writerCommand(live, 4000, 'never');
    const [node, ...args] = deaf;
    // It handles the signal, and does nothing.
    const command = [
      node!,
      '--import',
      'data:text/javascript,process.on("SIGUSR1",()=>{})',
      ...args,
    ];

    await whileWriting(command, async (pid) => {
      writeFileSync(pidFile, `${pid}`);
      await vi.waitFor(() => expect(statSync(live).size).toBeGreaterThan(2 ** 20), TIMEOUT);
      const first = await rotate(day(0));
      await sleep(1100);
      const next = await rotate(day(1));
      writeFileSync(`${live}.${day(0.5)}`, 'newer');
      await compress();
      await prune(day(60));

      const text = `process ${pid} (node) still writes into "app.log.${day(0)}"`;
      expect(first.remarks[0]).toContain(text);
      expect(next).toMatchObject({ changed: false, note: 'It is empty' });
      expect(next.remarks[0]).toContain(text);
      expect(generationsOf(live).at(-1)).toEqual({ stamp: day(0), plain: `${live}.${day(0)}` });
    });
    await compress();
    expect(generationsOf(live).at(-1)?.packed).toBe(`${live}.${day(0)}.gz`);
  });

  test('signals nobody who is not the writer, or whom the signal would end', async ({
    live,
    logged,
  }) => {
    const pidFile = join(live, '../app.pid');
    const reopen = { signal: 'HUP', pidFile } as const;
    const { rotate } = onLog(logged({ rotate: { every: 'daily', reopen } }));

    await whileWriting(
      writerCommand(join(live, '../other.log'), 10, 'signal'),
      async (stranger) => {
        await whileWriting(writerCommand(live, 100, 'never'), async (pid) => {
          await sleep(100);
          const missing = await rotate(day(1));
          writeFileSync(pidFile, `${stranger}`);
          const other = await rotate(day(1));
          writeFileSync(pidFile, `${pid}`);
          const unprepared = await rotate(day(1));

          expect(missing.remarks[0]).toContain('there is no process id in');
          expect(other.remarks[0]).toContain(`process ${stranger} of "${pidFile}" is not the one`);
          expect(unprepared.remarks[0]).toContain(`process ${pid} does not handle HUP`);
          expect(generationsOf(live)).toEqual([]);
          process.kill(pid, 0);
          process.kill(stranger, 0);
        });
      },
    );
  });

  test('does not cut under one that would go on behind a hole', async ({ live, logged }) => {
    const { rotate } = onLog(logged({ rotate: { every: 'daily', by: 'copytruncate' } }));
    rmSync(live, { force: true });

    const lines = await whileWriting(writerCommand(live, 100, 'place'), async (pid) => {
      await sleep(100);
      const { remarks } = await rotate(day(1));

      expect(remarks[0]).toContain(`process ${pid} (node) does not append`);
    });

    expect(writtenIn(live)).toEqual({ lines, twice: 0, torn: 0 });
  });
});
