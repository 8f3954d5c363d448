import { describe, expect, test } from 'vitest';
import { DOWN, watching } from './support/watching.ts';

describe('a watch, where one fault has several signs,', () => {
  test('tells of no error, slowness or proxy that follows from an application that is down', () => {
    const watch = watching();
    const all = {
      ...DOWN,
      'response.failures': 'critical',
      'response.p95': 'critical',
      'proxy.page': 'critical',
    } as const;

    expect(watch.take(all, 3).told).toEqual(['firing ApplicationDown sev1']);
    // What follows stands in its details.
    expect(watch.take(all, 30).told).toEqual(['firing ApplicationDown sev1']);
    expect(watch.last.map(({ name }) => name)).toContain('response.p95');
  });

  test('tells of a full disk what follows from it, at once and as gravely, and of the rest when it is free again', () => {
    const watch = watching();
    const full = { ...DOWN, 'data.rows': 'critical', 'disk.used /app': 'full' } as const;

    expect(watch.take(full, 3).told).toEqual(['firing DiskFull /app sev1']);
    expect(watch.last.map(({ name }) => name)).toEqual([
      'disk.used /app',
      'app.health',
      'app.page',
    ]);
    // The database follows, too, and is told there.
    expect(watch.take(full, 20).told).toEqual(['firing DiskFull /app sev1']);
    expect(watch.last.map(({ name }) => name)).toContain('data.rows');
    expect(watch.take({ ...DOWN, 'disk.used /app': 'ok' }).told).toEqual([
      'firing ApplicationDown sev1',
    ]);
  });

  test('holds nothing back for a disk that the application can do without', () => {
    const watch = watching(() => false);

    expect(watch.take({ ...DOWN, 'disk.used /app': 'full' }, 3).told).toEqual([
      'firing ApplicationDown sev1',
    ]);
  });

  test('tells nothing of one that is stopped on purpose, and that what was wrong is over', () => {
    const watch = watching();
    watch.take(DOWN, 3);
    const stopped = {
      'app.health': 'not applicable',
      'app.page': 'not applicable',
      'response.p95': 'not applicable',
      'response.failures': 'not applicable',
    } as const;

    expect(watch.take(stopped, 5).told).toEqual(['resolved ApplicationDown sev1']);
    expect(watch.take(stopped, 100).told).toEqual([]);
  });

  test('opens an incident of its own for a database without rows, and for each disk', () => {
    const watch = watching((disk) => disk.name.endsWith('/app'));
    const known = { 'database.size': 'critical', 'disk.used /backups': 'critical' } as const;
    watch.take(known, 10);

    expect(watch.take({ ...known, 'data.rows': 'critical' }, 5).told).toEqual([
      'firing DatabaseTrouble unusable sev2',
    ]);
    const more = { ...known, 'data.rows': 'critical', 'disk.used /app': 'critical' } as const;
    expect(watch.take(more, 5).told).toEqual(['firing DiskFull /app sev2']);
  });

  test('pages for an application that goes down after its disk was told as less grave, and tells a new figure at once', () => {
    const watch = watching();
    watch.take({ 'disk.used /app': 'critical' }, 6);

    expect(watch.take({ 'disk.used /app': 'full', ...DOWN }, 3).told).toEqual([
      'firing ApplicationDown sev1',
    ]);
    expect(
      watch.take({ 'disk.used /app': 'full', ...DOWN, 'data.rows': 'critical' }, 10).told,
    ).toEqual(['firing ApplicationDown sev1', 'firing DiskFull /app sev2']);
    expect(watch.last.map(({ name }) => name)).toContain('data.rows');
  });

  test('takes a disk for full by what is left, not by its share', () => {
    const watch = watching();

    expect(watch.take({ 'disk.used /app': 'critical', ...DOWN }, 3).told).toEqual([
      'firing ApplicationDown sev1',
    ]);
  });

  test('is as grave as the rules of the target say, and raises a full disk above them', () => {
    const watch = watching();
    watch.beside({ severityOf: (alert) => (alert.alertname === 'DiskFull' ? 'sev4' : 'sev2') });

    expect(watch.take({ 'disk.used /app': 'critical' }, 6).told).toEqual([
      'firing DiskFull /app sev4',
    ]);
    watch.take({}, 5);
    expect(watch.take({ 'disk.used /app': 'full', ...DOWN }, 3).told).toEqual([
      'firing DiskFull /app sev2',
    ]);
  });

  test('holds a database that cannot be read for what follows from an application that is down', () => {
    const watch = watching();

    expect(watch.take({ ...DOWN, 'data.rows': 'critical' }, 30).told).toEqual([
      'firing ApplicationDown sev1',
      'firing ApplicationDown sev1',
    ]);
    expect(watch.last.map(({ name }) => name)).toContain('data.rows');
  });

  test('says nothing of an application that a run has taken down, and goes on with its disks', () => {
    const watch = watching();
    watch.beside({ takenDown: true });

    expect(
      watch.take({ ...DOWN, 'data.rows': 'critical', 'disk.used /app': 'critical' }, 30).told,
    ).toEqual(['firing DiskFull /app sev2']);
    watch.beside({ takenDown: false });
    expect(watch.take({ ...DOWN, 'disk.used /app': 'critical' }, 2).told).toEqual([]);
    expect(watch.take({ ...DOWN, 'disk.used /app': 'critical' }).told).toEqual([
      'firing ApplicationDown sev1',
    ]);
  });

  test('keeps open what was told before a run took the application down, until it is seen to be well', () => {
    const watch = watching();
    watch.take(DOWN, 3);
    watch.beside({ takenDown: true });

    expect(watch.take(DOWN, 10).told).toEqual([]);
    watch.beside({ takenDown: false });
    expect(watch.take({}, 4).told).toEqual([]);
    expect(watch.take({}).told).toEqual(['resolved ApplicationDown sev1']);
  });

  test('counts nothing that was seen before a run took it down, and ends by no warning what was told before', () => {
    const watch = watching();
    watch.take({ 'response.p95': 'critical' }, 6);
    watch.take(DOWN, 2);
    watch.beside({ takenDown: true });
    watch.take(DOWN, 3);
    watch.beside({ takenDown: false });

    expect(watch.take(DOWN, 2).told).toEqual([]);
    expect(watch.take({ 'response.p95': 'warning' }, 20).told).toEqual([]);
    expect(watch.take({}, 5).told).toEqual(['resolved SlowResponses sev2']);
  });

  test('gives a start its time, and one that is started again and again no more of it', () => {
    const watch = watching();
    const all = { ...DOWN, 'response.failures': 'critical' } as const;
    watch.beside({ starts: { at: watch.now + 1, within: 300_000 } });

    expect(watch.take(all, 5)).toEqual({ told: [], soon: false });
    for (let times = 0; times < 2; times += 1) {
      watch.beside({ starts: { at: watch.now + 1, within: 300_000 } });
      expect(watch.take(all).told).toEqual([]);
    }
    watch.beside({ starts: { at: watch.now + 1, within: 300_000 } });
    expect(watch.take(all).told).toEqual(['firing ApplicationDown sev1']);
  });

  test('gives no time to one that has answered since its start', () => {
    const watch = watching();
    watch.beside({ starts: { at: watch.now - 1, within: 300_000 } });

    expect(watch.take(DOWN, 3).told).toEqual(['firing ApplicationDown sev1']);
  });
});
