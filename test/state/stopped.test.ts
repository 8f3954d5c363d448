import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { readStopped, removeStopped, writeStopped } from '../../src/state/stopped.ts';
import { test } from '../support/target.ts';

const record = {
  by: 'ops-1',
  because: 'the disk is changed',
  at: '2026-01-05T02:00:00.000Z',
  until: '2026-01-05T04:00:00.000Z',
  run: 'stop-application/shop/1',
};
const during = Date.parse('2026-01-05T03:00:00.000Z');

describe('stopped on purpose', () => {
  test('is what was written, with a sentence that says who, why, until when and what to do', ({
    target,
  }) => {
    writeStopped(target, record);

    expect(readStopped(target, during)).toEqual({
      ...record,
      note: `Stopped on purpose by ops-1 at ${record.at} until ${record.until} because the disk is changed: runbook start start-application -t ${target.name}`,
    });
  });

  test('is over at its end, and never without one', ({ target }) => {
    const { until, ...endless } = record;
    writeStopped(target, record);
    const atEnd = readStopped(target, Date.parse(until));
    writeStopped(target, endless);

    expect(atEnd).toBeUndefined();
    expect(readStopped(target, during + 1e12)?.by).toBe('ops-1');
  });

  test('is not there when nobody did it, and asking makes nothing', ({ target }) => {
    expect(readStopped(target)).toBeUndefined();
    expect(removeStopped(target)).toBe(false);
    expect(readdirSync(target.state)).toEqual([]);
  });

  test('counts when its record cannot be read, until that is removed', ({ target }) => {
    const file = join(target.state, 'stopped.json');
    writeFileSync(file, '{"by":"ops-1"');
    const torn = readStopped(target);
    const removed = removeStopped(target);
    mkdirSync(file);

    expect(torn?.note).toMatch(
      /^Stopped on purpose by somebody at .* cannot be read: runbook start/,
    );
    expect(removed).toBe(true);
    expect(readStopped(target)?.by).toBe('somebody');
  });
});
