import { copyFileSync, linkSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect } from 'vitest';
import { isThere } from '../../../src/os/files/file-facts.ts';
import { canMount, NO_DISK } from '../../support/small-disk.ts';
import { test } from '../../support/target.ts';
import { refusal } from './support/fixtures.ts';
import { whileRunning } from './support/processes.ts';
import { STAMP, systemsOf } from './support/scenarios.ts';

const writer = fileURLToPath(new URL('support/writer.ts', import.meta.url));

describe('a database that somebody has open in other mounts, or another root', () => {
  for (const [how, within, command] of [
    ['mounted by itself', '', `mount --bind "$1" "$2/app.db"; exec "$3" "$4" "$2/app.db" WAL`],
    [
      'in another root',
      'twice',
      `mount --rbind / "$2"; mkdir -p "$2$2"; touch "$2$2/app.db";
       mount --bind "$1" "$2$2/app.db"; exec chroot "$2" "$3" "$4" "$2/app.db" WAL`,
    ],
  ] as const)
    test(`is not copied while it is ${how}`, async ({ target, directory, skip }) => {
      skip(!canMount, NO_DISK);
      const there = join(directory, 'there');
      mkdirSync(there);
      writeFileSync(join(there, 'app.db'), '');
      const script = ['sh', '-e', '-c', command, 'sh', target.database.file, there];

      await whileRunning(
        'unshare',
        ['--mount', ...script, process.execPath, writer],
        async (pid) => {
          const { message, type } = await refusal(systemsOf(target).backups.snapshot(STAMP));
          expect(type).toBe('SidecarsElsewhere');
          expect(message).toContain(`Process ${pid} (node)`);
          expect(message).toContain(`"${within ? there : ''}${there}/app.db-wal" is its log`);
          expect(message).toContain(`mount "${directory}" and not the file`);
        },
      );
    });

  test('is copied while its directory is mounted elsewhere', async ({
    target,
    directory,
    skip,
  }) => {
    skip(!canMount, NO_DISK);
    const there = join(directory, 'there');
    mkdirSync(there);
    const command = `mount --bind "$1" "$2"; exec "$3" "$4" "$2/app.db" WAL`;
    const script = ['sh', '-e', '-c', command, 'sh', directory, there, process.execPath, writer];

    await whileRunning('unshare', ['--mount', ...script], async () => {
      expect((await systemsOf(target).backups.snapshot(STAMP)).changed).toBe(true);
    });
  });

  test('is not copied while a chroot has a hard link of it', async ({
    target,
    directory,
    skip,
  }) => {
    skip(process.getuid?.() !== 0 || !isThere('/bin/busybox'), 'needs root and busybox');
    const jail = join(directory, 'jail');
    mkdirSync(jail);
    copyFileSync('/bin/busybox', join(jail, 'sh'));
    linkSync(target.database.file, join(jail, 'app.db'));
    const held = 'exec 3<>/app.db 4<>/app.db-wal; echo held; read -r end';

    await whileRunning('chroot', [jail, '/sh', '-c', held], async (pid) => {
      const { message } = await refusal(systemsOf(target).backups.snapshot(STAMP));
      expect(message).toContain(`Process ${pid} (sh)`);
      expect(message).toContain(`"${jail}/app.db-wal" is its log`);
    });
  });
});
