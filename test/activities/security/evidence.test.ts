import {
  lchownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect } from 'vitest';
import { collectEvidence } from '../../../src/activities/security/evidence/collect.ts';
import {
  ensureEvidencePlace,
  openPart,
} from '../../../src/activities/security/evidence/evidence-place.ts';
import { writeReport } from '../../../src/activities/security/evidence/report.ts';
import { openSealing } from '../../../src/activities/security/evidence/sealing.ts';
import { LogFile } from '../../../src/config/schema/logs.ts';
import { Security } from '../../../src/config/schema/security/security.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { namesIn } from '../../../src/os/files/names-in.ts';
import { ensureSigningKey, keysOf } from '../../../src/os/sign/signing-key.ts';
import { canMount, fillDisk, mountDisk, NO_DISK } from '../../support/small-disk.ts';
import { test } from '../../support/target.ts';

const NOBODY = 65_534;
const STAMP = '20260105_020000';
const RUN = `security-incident/shop/${STAMP}`;
const OTHER = `security-incident/shop/of-an-alert`;

describe('collectEvidence', () => {
  test('is sealed once, and lies apart from that of another run of the same second', async ({
    target,
  }) => {
    quiet(target);

    const first = await collectEvidence(target, RUN, STAMP);
    const again = await collectEvidence(target, RUN, STAMP);
    const other = await collectEvidence(target, OTHER, STAMP);
    const report = await writeReport(target, OTHER, STAMP, { incident: 'x', actions: [] });

    expect([first.changed, again.changed, other.changed]).toEqual([true, false, true]);
    expect(again.head).toEqual(first.head);
    expect(first.directory).toBe(join(target.state, 'security', STAMP));
    expect(other.directory).toBe(join(target.state, 'security', `${STAMP}-2`));
    expect(report.file).toBe(join(other.directory, 'report.txt'));
    expect(namesIn(join(target.state, 'security')).filter((one) => /part/.test(one))).toEqual([]);
  });

  test('of an attempt that another one has overtaken is the other one’s', async ({ target }) => {
    quiet(target);
    const slow = collectEvidence(target, RUN, STAMP);
    const quick = await collectEvidence(target, RUN, STAMP);

    expect((await slow).head).toEqual(quick.head);
  });

  test('that comes after the report was written says where it lies', async ({ target }) => {
    quiet(target);
    await writeReport(target, RUN, STAMP, { incident: 'x', actions: [] });

    const late = collectEvidence(target, RUN, STAMP);

    await expect(late).rejects.toMatchObject({
      type: 'TooLate',
      message: expect.stringMatching(/lies in ".*\.part-\d+-\w+"/),
    });
  });

  test.skipIf(!canMount)(
    `that cannot be written leaves nothing that takes space (${NO_DISK})`,
    async ({ target, directory }) => {
      quiet(target);
      target.state = join(directory, 'disk');
      const unmount = mountDisk(target.state, 16);
      try {
        ensureSigningKey(keysOf(target.state));
        fillDisk(target.state);

        await expect(collectEvidence(target, RUN, STAMP)).rejects.toMatchObject({ code: 'ENOSPC' });

        expect(namesIn(join(target.state, 'security'))).toEqual([]);
      } finally {
        unmount();
      }
    },
  );

  test('follows no link of the application, and says so', async ({ target }) => {
    quiet(target);
    const planted = join(target.directory, 'planted');
    mkdirSync(planted);
    const link = join(planted, 'app.log');
    symlinkSync('/etc/shadow', link);
    if (process.getuid?.() === 0)
      for (const one of [planted, link]) lchownSync(one, NOBODY, NOBODY);
    target.logs = [LogFile.parse({ file: join(planted, 'app.log'), format: 'text' })];
    target.security.evidence = [join(planted, 'app.log')];

    const { directory, missing } = await collectEvidence(target, RUN, STAMP);

    const all = readdirSync(directory).map((name) => readFileSync(join(directory, name), 'utf8'));
    expect(all.join()).not.toMatch(/^root:/m);
    expect(missing.join()).toContain('app.log');
  });
});

describe('openSealing', () => {
  test.skipIf(!canMount)(
    `describes what a full disk has no space for, and goes on (${NO_DISK})`,
    ({ target, directory }) => {
      const disk = join(directory, 'disk');
      const unmount = mountDisk(disk, 16);
      try {
        const log = join(target.directory, 'large.log');
        writeFileSync(log, Buffer.alloc(9 * 2 ** 20, 'x\n'));
        fillDisk(disk, 4);
        const sealing = openSealing(disk, ensureSigningKey(keysOf(target.state)));

        // What was free when it was decided to copy is taken by others now.
        const item = sealing.file(log, Infinity);
        const next = sealing.text('after.txt', 'x', 'small');

        expect(item).toMatchObject({
          name: '',
          why: 'There is no space for a copy of it',
          sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        });
        expect(next.name).toBe('002-after.txt');
        expect(readdirSync(disk).toSorted()).toEqual([
          '002-after.txt',
          '002-after.txt.sig',
          'filler',
        ]);
      } finally {
        unmount();
      }
    },
  );
});

describe('openPart', () => {
  test('removes what attempts of its run have left that are no more, and nothing else', ({
    target,
  }) => {
    ensureEvidencePlace(target, RUN, STAMP);
    const parent = join(target.state, 'security');
    for (const [name, run] of [
      ['dead', RUN],
      ['others', OTHER],
    ] as const) {
      const part = join(parent, `${STAMP}.part-${name === 'dead' ? 4_194_301 : 4_194_302}-0`);
      mkdirSync(part);
      writeFileSync(join(part, 'run.json'), JSON.stringify({ run }));
    }

    const part = openPart(target, RUN, STAMP);

    expect(readdirSync(parent).toSorted()).toEqual(
      [STAMP, `${STAMP}.part-4194302-0`, basename(part)].toSorted(),
    );
  });
});

function quiet(target: SqliteTarget): void {
  target.security = Security.parse({ logins: { files: [], journal: false } });
}
