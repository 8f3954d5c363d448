import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { describe, expect } from 'vitest';
import { findOnPath } from '../../src/dev/server/find-on-path.ts';
import { canMount } from '../support/small-disk.ts';
import { test } from '../support/target.ts';
import { applicationFaults } from './noticed/application.ts';
import { certificateFaults } from './noticed/certificates.ts';
import { databaseFaults } from './noticed/database.ts';
import { type Fault, play, type Row } from './noticed/fault.ts';
import { logFaults } from './noticed/logs.ts';
import { diskFaults, endDisk, redisFaults } from './noticed/machine.ts';
import { noticedPage, verdictsOf } from './noticed/page.ts';

const PAGE = fileURLToPath(new URL('../../docs/noticed.md', import.meta.url));
const programs = [
  'curl',
  'fuser',
  'lsof',
  'openssl',
  'python3',
  'redis-cli',
  'redis-server',
  'sqlite3',
];
const canRun = canMount && programs.every((name) => findOnPath(name));

// Skipped where this is not root, or one of the manuals' programs is not on PATH.
describe.skipIf(!canRun)("the manuals' own commands and ours (needs root)", () => {
  test('are told apart by the faults that they notice, as docs/noticed.md has it', async ({
    target,
    directory,
  }) => {
    const place = { target, directory };
    const redis = await redisFaults(place);
    const certificates = await certificateFaults(place);
    const disks = diskFaults(place);
    const rows: Row[] = [];
    try {
      const faults: readonly Fault[] = [
        ...(await applicationFaults(place)),
        ...databaseFaults(place),
        ...disks,
        ...redis.faults,
        ...certificates.faults,
        ...(await logFaults(place)),
      ];
      for (const fault of faults) rows.push(...(await play(fault)));
    } finally {
      endDisk(place);
      certificates.end();
      await redis.end();
    }

    const page = noticedPage(rows);
    if (process.env['RUNBOOK_WRITE_NOTICED']) {
      writeFileSync(PAGE, page);
      // Its columns are as wide as letters look, not as there are letters.
      await execa('oxfmt', [PAGE], { preferLocal: true });
    }

    const unseen = rows.filter(({ fault, finding }) => !isWell(fault) && finding === undefined);
    expect(unseen.map(({ fault }) => fault)).toEqual([]);
    expect(rows.filter(({ fault, finding }) => isWell(fault) && finding !== undefined)).toEqual([]);
    expect(existsSync(PAGE) && verdictsOf(readFileSync(PAGE, 'utf8'))).toEqual(verdictsOf(page));
  });
});

function isWell(fault: string): boolean {
  return fault.startsWith('All is well');
}
