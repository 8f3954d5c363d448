import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { figuresOf } from '../../../src/activities/health/figures-of.ts';
import { writeContainment } from '../../../src/state/containment.ts';
import { test } from '../../support/target.ts';

describe('figuresOf', () => {
  test('names a source that fails, and hides no other by it', async ({ target }) => {
    const spoilt = { ...target, app: { ...target.app, health: 'no URL' } };

    const figures = await figuresOf(spoilt);

    const verdictOf = (name: string) => figures.find((one) => one.name === name)?.verdict;
    expect(verdictOf('health.application')).toBe('unknown');
    expect(verdictOf('data.rows')).toBe('ok');
    expect(verdictOf('response.failures')).toBe('ok');
    expect(verdictOf(`disk.inodes ${target.directory}`)).toBe('ok');
    expect(new Set(figures.map(({ name }) => name)).size).toBe(figures.length);
    expect(figures.every(({ note, source, at }) => note && source && at)).toBe(true);
  });

  test('asks nothing of an application that is kept down, and calls nobody for it', async ({
    target,
  }) => {
    writeContainment(target, {
      by: 'ops-1',
      since: '2026-01-05T02:00:00.000Z',
      reason: 'it sends data away',
      run: 'contain/x',
      ran: true,
    });

    const figures = await figuresOf(target);

    const ofIt = figures.filter(({ name }) => /^(app\.(?!users)|response|proxy)/.test(name));
    expect(ofIt.map(({ verdict }) => verdict)).not.toContain('critical');
    expect(ofIt[0]!.note).toContain('Contained by ops-1');
    expect(figures.find(({ name }) => name === 'data.rows')).toMatchObject({ verdict: 'ok' });
  });

  test('touches no byte of the database, and writes its counters only', async ({ target }) => {
    const { file } = target.database;
    const before = readFileSync(file);
    writeFileSync(join(target.state, 'counters.json'), 'spoilt');

    await figuresOf(target);

    expect(readFileSync(file).equals(before)).toBe(true);
    expect(JSON.parse(readFileSync(join(target.state, 'counters.json'), 'utf8'))).toMatchObject({
      totals: { 'cpu.all': expect.any(Number) },
    });
  });
});
