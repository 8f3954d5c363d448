import { join } from 'node:path';
import { expect } from 'vitest';
import { openProcessPool } from '../../../src/worker-process/process-pool.ts';
import { canHang, mountHungDisk, NO_HUNG_DISK } from '../../support/hung-disk.ts';
import { targetIn, test } from '../../support/target.ts';

test.for(['copy', 'directory'] as const)(
  'a %s whose disk hangs is told by host.disks and host.resources',
  { timeout: 60_000 },
  async (what, { directory, skip }) => {
    skip(!canHang, NO_HUNG_DISK);
    const hung = join(directory, 'hung');
    const unmount = await mountHungDisk(hung);
    const usual = targetIn(directory);
    const target =
      what === 'copy'
        ? { ...usual, backups: { ...usual.backups, copy: hung } }
        : { ...usual, directory: hung };
    // A process that asks the disk itself could not go on: here it is one that can be ended.
    const pool = openProcessPool();
    const ask = (activity: string) => {
      const deadline = Date.now() + 20_000;
      const job = { target, run: 'test', activity, args: [], deadline };
      return pool.do(job, AbortSignal.timeout(20_000));
    };
    try {
      const text = `The disk of "${hung}" does not answer`;

      const disks = (await ask('host.disks')) as { note: string };
      expect(disks).toMatchObject({ full: [] });
      expect(disks).toEqual(
        what === 'copy'
          ? expect.not.objectContaining({ hung: [text] })
          : expect.objectContaining({ hung: [text] }),
      );
      expect(disks.note).toContain(text);
      expect(disks.note).toContain(`"${directory}`);

      const { notes, concerns } = (await ask('host.resources')) as Record<string, string[]>;
      expect(concerns).toContain(text);
      expect(notes!.filter((note) => note.startsWith('disk '))).not.toEqual([]);
    } finally {
      unmount();
      pool.close();
    }
  },
);
