import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  linkSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import { AUDIT_NAMESPACE, headIn } from '../../src/state/audit/head.ts';
import { readAudit } from '../../src/state/audit/read-audit.ts';
import { verifyAudit } from '../../src/state/audit/verify-audit.ts';
import { appendToAudit, rotateAudit } from '../../src/state/audit-log.ts';
import { auditOf } from '../support/audit.ts';
import { test } from '../support/target.ts';

const event = (what: string) => ({
  at: '2026-12-01T03:00:00.000Z',
  run: 'practice/shop/20261201_030000',
  what,
  by: 'ana@db1',
});
const fileOf = ({ state }: SqliteTarget) => join(state, 'audit.jsonl');
const edit = (target: SqliteTarget, change: (lines: string[]) => string[]) => {
  const lines = readFileSync(fileOf(target), 'utf8').trimEnd().split('\n');
  writeFileSync(fileOf(target), `${change(lines).join('\n')}\n`);
};
const words = ['started', 'paused', 'resumed', 'ended'];
const fill = (target: SqliteTarget) =>
  words.forEach((what) => appendToAudit(target, [event(what)]));

describe('an audit', () => {
  test('that nobody touched is proven, across a new file and a retry', ({ target }) => {
    fill(target);
    appendToAudit(target, [event('ended')]);
    expect(rotateAudit(target, '20261202_030000', 1)).toBeDefined();
    expect(verifyAudit(target.state).faults).toEqual([]);
    appendToAudit(target, [event('ended'), event('stopped')]);

    expect(verifyAudit(target.state)).toMatchObject({ lines: 5, faults: [], warnings: [] });
    expect(auditOf(target)).toEqual([event('stopped')]);
    expect(readAudit(target.state, 3).map(({ what }) => what)).toEqual([
      'resumed',
      'ended',
      'stopped',
    ]);
  });

  test('of an older version goes on, and what stood there is known from then on', ({ target }) => {
    writeFileSync(fileOf(target), `${JSON.stringify(event('started'))}\n{"at":"half`);
    fill(target);

    expect(verifyAudit(target.state)).toMatchObject({
      lines: 5,
      faults: [],
      warnings: [expect.stringMatching(/^2 lines of an older version/)],
    });
    edit(target, ([first, ...rest]) => [first!.replace('ana', 'bob'), ...rest]);
    expect(verifyAudit(target.state).faults).toEqual([
      expect.stringMatching(/^audit.jsonl, line 2 was altered/),
    ]);
  });

  test.for<[string, (lines: string[]) => string[], RegExp]>([
    [
      'a byte altered',
      ([a, b, ...c]) => [a!, b!.replace('paused', 'Paused'), ...c],
      /line 2 was altered/,
    ],
    [
      'a line removed',
      ([a, , ...c]) => [a!, ...c],
      /line 1 was altered, or lines after it were removed/,
    ],
    [
      'a line put in',
      ([a, ...c]) => [a!, JSON.stringify(event('approved')), ...c],
      /line 2 was altered, or .* put in/,
    ],
    [
      'its last line altered',
      ([a, b, c, d]) => [a!, b!, c!, d!.replace('ended', 'Ended')],
      /the last lines were cut or altered/,
    ],
    ['its last lines cut', (lines) => lines.slice(0, 2), /the last lines were cut/],
  ])(
    'with %s is a fault, and stays one whatever is written after',
    ([, change, why], { target }) => {
      fill(target);

      edit(target, change);

      expect(verifyAudit(target.state).faults).toEqual([expect.stringMatching(why)]);
      appendToAudit(target, [event('stopped')]);
      expect(verifyAudit(target.state).faults).not.toEqual([]);
    },
  );

  test('that is written anew without the key is a fault, with its head and without', ({
    target,
    directory,
  }) => {
    const other = { ...target, state: join(directory, 'other') };
    fill(target);
    appendToAudit(other, [event('started'), event('ended')]);
    copyFileSync(fileOf(other), fileOf(target));

    expect(verifyAudit(target.state).faults).toEqual([
      expect.stringMatching(/were written anew|were cut/),
    ]);
    rmSync(join(target.state, 'audit'), { recursive: true });
    expect(verifyAudit(target.state).faults).toEqual([
      'There is no signed end: somebody removed it',
    ]);
    renameSync(join(other.state, 'audit'), join(target.state, 'audit'));
    expect(verifyAudit(target.state).faults).toEqual([
      expect.stringMatching(/is not signed by the key ssh-ed25519/),
    ]);
    appendToAudit(target, [event('stopped')]);
    expect(verifyAudit(other.state, verifyAudit(target.state).key).faults).not.toEqual([]);
  });

  test('whose writer was killed before it signed is no fault, and no news to its next attempt', ({
    target,
  }) => {
    fill(target);
    const before = headIn(target.state)!;
    appendToAudit(target, [event('stopped')]);
    const after = headIn(target.state)!;
    for (const end of ['', '.sig']) rmSync(`${after.file}${end}`);
    writeFileSync(before.file, before.content);
    writeFileSync(`${before.file}.sig`, before.signature);

    expect(verifyAudit(target.state)).toMatchObject({
      faults: [],
      warnings: [expect.stringMatching(/^1 line after the signed end/)],
    });
    appendToAudit(target, [event('stopped')]);
    expect(verifyAudit(target.state)).toMatchObject({ lines: 5, faults: [], warnings: [] });
  });

  test('with lines that nobody signed says so for ever', ({ target }) => {
    fill(target);
    writeFileSync(fileOf(target), `${JSON.stringify(event('approved'))}\n`, { flag: 'a' });

    appendToAudit(target, [event('stopped')]);

    expect(verifyAudit(target.state)).toMatchObject({
      faults: [],
      warnings: expect.arrayContaining([
        expect.stringMatching(/^audit.jsonl, line 6 tells of lines/),
      ]),
    });
  });

  test('that is a planted link is not written through', ({ target, directory }) => {
    const victim = join(directory, 'victim');
    writeFileSync(victim, 'precious\n');
    appendToAudit(target, [event('started')]);
    rmSync(fileOf(target));

    symlinkSync(victim, fileOf(target));
    expect(() => appendToAudit(target, [event('ended')])).toThrow('it is a link');
    rmSync(fileOf(target));
    linkSync(victim, fileOf(target));
    expect(() => appendToAudit(target, [event('ended')])).toThrow('it has 2 names');

    expect(readFileSync(victim, 'utf8')).toBe('precious\n');
  });

  test.skipIf(spawnSync('ssh-keygen', ['-?']).error !== undefined)(
    'has a signed end that OpenSSH alone proves',
    ({ target }) => {
      fill(target);
      const { head, key } = verifyAudit(target.state);
      const signers = join(target.state, 'signers');
      writeFileSync(signers, `runbook ${key}\n`);
      const verify = (input: string) =>
        spawnSync(
          'ssh-keygen',
          [
            '-Y',
            'verify',
            '-f',
            signers,
            '-I',
            'runbook',
            '-n',
            AUDIT_NAMESPACE,
            '-s',
            `${head!.file}.sig`,
          ],
          { input },
        ).status;

      expect(verify(head!.content)).toBe(0);
      expect(verify(head!.content.replace(/"bytes":\d/, '"bytes":9'))).not.toBe(0);
    },
  );
});
