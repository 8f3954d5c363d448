import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { generationsOf } from '../../../../src/activities/logs/file/generations.ts';
import type { LogFile } from '../../../../src/config/schema/logs.ts';
import type { SqliteTarget } from '../../../../src/config/schema/target.ts';
import { TIMEOUT } from '../../../support/timeouts.ts';
import { day, onLog, whileWriting, writerCommand } from './world.ts';
import { writtenIn } from './written.ts';

type Logged = (policy: Pick<LogFile, 'rotate'>) => SqliteTarget;

/** Lines of 1 KiB: 20 MB a second. */
const FAST = 20_000;
const common = { size: '1MB', compress: true } as const;

/** Rotates so many times under a writer that reopens its log at a signal. */
export async function renameUnderLoad(live: string, logged: Logged, times: number) {
  const pidFile = join(live, '../app.pid');
  const reopen = { signal: 'USR1', pidFile, within: '30s' } as const;
  const { rotate, compress } = onLog(logged({ rotate: { ...common, by: 'rename', reopen } }));

  const lines = await whileWriting(writerCommand(live, FAST, 'signal'), async (pid) => {
    writeFileSync(pidFile, `${pid}\n`);
    for (let run = 0; run < times; run += 1) {
      await untilLarge(live);
      expect(await rotate(day(run))).toMatchObject({ changed: true, remarks: [] });
      await compress();
    }
  });

  const written = writtenIn(live);
  process.stdout.write(
    `rename and reopen, ${times} times: ${lines} lines written, ${lines - written.lines} lost, ${written.torn} torn\n`,
  );
  const packed = generationsOf(live).filter((one) => one.packed !== undefined);
  return { ...written, missing: lines - written.lines, packed: packed.length };
}

/** Cuts so many times under a writer that never reopens its log. */
export async function cutUnderLoad(live: string, logged: Logged, times: number) {
  const { rotate } = onLog(logged({ rotate: { ...common, by: 'copytruncate' } }));
  let atRisk = 0;

  const lines = await whileWriting(writerCommand(live, FAST, 'never'), async () => {
    for (let run = 0; run < times; run += 1) {
      await untilLarge(live);
      const rotation = await rotate(day(run));
      expect(rotation.note).toMatch(/^Copied and cut, at most \d+ bytes at risk$/);
      atRisk += rotation.atRisk!;
    }
  });

  const { lines: kept, twice, torn } = writtenIn(live);
  process.stdout.write(
    `copy and cut, ${times} times: ${lines} lines written, ${lines - kept} lost, ${torn} torn, ${atRisk} bytes at risk\n`,
  );
  return { twice, missing: (lines - kept) * 1024, atRisk };
}

async function untilLarge(live: string): Promise<void> {
  await vi.waitFor(() => expect(statSync(live).size).toBeGreaterThan(2 ** 20), TIMEOUT);
}
