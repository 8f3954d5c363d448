import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { fingerprintOf } from '../../src/config/fingerprint.ts';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import { keepPolicy, keptPolicy } from '../../src/state/policies.ts';
import { test } from '../support/target.ts';

describe('keptPolicy', () => {
  test('is the one that was kept, also when an older version wrote it', ({ target }) => {
    const { governor: _, ...older } = target;
    const fingerprint = keepPolicy(target);
    writeFileSync(fileOf(target, fingerprintOf(older as SqliteTarget)), JSON.stringify(older));

    expect(keptPolicy(target, fingerprint)).toEqual(target);
    expect(keptPolicy(target, fingerprintOf(older as SqliteTarget))).toEqual(target);
  });

  test('is none of which somebody has changed a word', ({ target }) => {
    const fingerprint = keepPolicy(target);
    const file = fileOf(target, fingerprint);
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace(target.database.file, '/etc/passwd'));

    expect(text).toContain(target.database.file);
    expect(keptPolicy(target, fingerprint)).toBeUndefined();
  });
});

function fileOf({ state }: SqliteTarget, fingerprint: string): string {
  return join(state, 'policies', `${fingerprint}.json`);
}
