import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import {
  forgetTemporal,
  keepFirstTemporal,
  keepTemporalOfTarget,
  otherTemporal,
  type TemporalIdentity,
  temporalOfTarget,
} from '../../src/cli/serve/place/temporal-of-target.ts';
import { test } from '../support/target.ts';

const first: TemporalIdentity = {
  namespaceId: 'a',
  namespace: 'runbooks',
  address: '127.0.0.1:7233',
  dataFile: '/home/ops/temporal.db',
};
const second = { ...first, namespaceId: 'b', dataFile: '/tmp/another.db' };

describe('the Temporal that has the runs and schedules of a target', () => {
  test('is the first that serves it, and no other after that', ({ target }) => {
    expect(otherTemporal(target, second)).toBeUndefined();

    keepTemporalOfTarget(target, first, new Date('2026-01-05T02:00:00Z'));

    expect(otherTemporal(target, first)).toBeUndefined();
    expect(otherTemporal(target, second)).toEqual({ ...first, since: '2026-01-05T02:00:00.000Z' });
  });

  test('is that of the first of two that begin at the same moment, until that takes it back', ({
    target,
  }) => {
    expect(keepFirstTemporal(target, first)).toBe(true);
    expect(keepFirstTemporal(target, second)).toBe(false);
    forgetTemporal(target, second);
    expect(otherTemporal(target, second)).toMatchObject(first);

    forgetTemporal(target, first);
    expect(keepFirstTemporal(target, second)).toBe(true);
    expect(readdirSync(target.state)).toEqual(['temporal.json']);
  });

  test('is the same when its data lie elsewhere now, or it listens elsewhere', ({ target }) => {
    keepTemporalOfTarget(target, first);

    expect(otherTemporal(target, { ...second, namespaceId: 'a' })).toBeUndefined();
    expect(otherTemporal(target, { ...first, address: 'host-b:7233' })).toBeUndefined();
  });

  test('is the same when it begins anew, because its data were lost', ({ target }) => {
    const { dataFile: _, ...elsewhere } = first;
    keepTemporalOfTarget(target, first);
    expect(otherTemporal(target, { ...first, namespaceId: 'b' })).toBeUndefined();
    // No server of our own, at the same address.
    expect(otherTemporal(target, { ...elsewhere, namespaceId: 'b' })).toBeDefined();

    keepTemporalOfTarget(target, elsewhere);
    expect(otherTemporal(target, { ...elsewhere, namespaceId: 'b' })).toBeUndefined();
    expect(
      otherTemporal(target, { ...elsewhere, namespaceId: 'b', namespace: 'tests' }),
    ).toBeDefined();
  });

  test('is not known where what was kept is damaged', ({ target }) => {
    keepTemporalOfTarget(target, first);
    writeFileSync(join(target.state, 'temporal.json'), '{"namespaceId":');

    expect(temporalOfTarget(target)).toBeUndefined();
    expect(otherTemporal(target, second)).toBeUndefined();
  });
});
