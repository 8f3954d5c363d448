import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { lookAtClock } from '../../src/watchdog/looks/clock.ts';
import { lookAtDisks } from '../../src/watchdog/looks/disk.ts';
import { openMemoryFile } from '../../src/watchdog/memory-file.ts';

const directory = mkdtempSync(join(tmpdir(), 'watchdog-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('the clock', () => {
  const begin = { wall: Date.UTC(2026, 11, 1), steady: 5000 };

  test('goes evenly, also when NTP moves it a little', () => {
    const later = { wall: begin.wall + 3_605_000, steady: begin.steady + 3_600_000 };

    expect(lookAtClock(begin, later).state).toBe('ok');
  });

  test.each([
    ['forward', 3600],
    ['back', -3600],
  ])('was set %s', (way, seconds) => {
    const later = { wall: begin.wall + 60_000 + seconds * 1000, steady: begin.steady + 60_000 };

    const found = lookAtClock(begin, later);

    expect(found.state).toBe('wrong');
    expect(found.text).toContain(`set ${way} by 3600 s`);
  });
});

describe('a disk', () => {
  test('is full when less is free than the target says, and not when more is', async () => {
    const { bavail, bsize } = statfsSync(directory);
    const free = bavail * bsize;

    const full = await lookAtDisks([directory], free * 2);
    const enough = await lookAtDisks([directory], free / 2);

    expect(full).toMatchObject({ subject: 'disk', state: 'wrong' });
    expect(full.text).toContain(`"${directory}"`);
    expect(enough.state).toBe('ok');
  });

  test('of a place that is not there yet is that of the directory above', async () => {
    expect((await lookAtDisks([join(directory, 'not', 'yet')], 1)).state).toBe('ok');
  });
});

describe('what is remembered', () => {
  test('is read by the next process', () => {
    const state = join(directory, 'state');
    const memory = { server: { since: '2026-12-01T03:00:00.000Z', text: 'Nobody answers' } };

    openMemoryFile(state).write(memory);

    expect(openMemoryFile(state).read()).toEqual(memory);
  });

  test.each(['{', '[]', '{"server":{"since":7}}', 'null'])(
    'is nothing where the file holds %s',
    (text) => {
      const state = join(directory, 'spoilt');
      mkdirSync(state, { recursive: true });
      writeFileSync(join(state, 'watchdog.json'), text);

      expect(openMemoryFile(state).read()).toEqual({});
    },
  );

  test('keeps nobody from being told where it cannot be written', () => {
    writeFileSync(join(directory, 'file'), '');

    expect(() => openMemoryFile(join(directory, 'file')).write({})).not.toThrow();
  });
});
