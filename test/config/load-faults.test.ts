import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { faultsOf, test, write, yaml } from './small-target.ts';

describe('what is wrong in a file', () => {
  test('is reported at once, in the order of its lines', async ({ directory }) => {
    await write(directory, 'shop', {
      runtime: '{ kind: supervisor, unit: shop }',
      app: '{ url: here, health: http://localhost/, timeout: ten, ready: { witin: 60s } }',
      database: '{ kind: sqlite, file: shop.db, mode: 600 }',
      logs: '[{ file: a.log, rotate: {} }]',
      metrics: '{ cpu: { warning: 90%, critical: 80% }, disk: { warning: 80 } }',
      schedules: '{ daily-backup: noon, maintenance-window: window }',
      approvals: '{ by: [nobody] }',
      enabeld: 'true',
    });

    expect(faultsOf(directory, 'shop')).toEqual([
      'Unknown kind "supervisor" of "runtime" in FILE:3: known are "process", "compose", "systemd"',
      'Cannot read "app.url" in FILE:4: Expected a URL, such as "http://localhost:8501", found "here"',
      'Cannot read "app.timeout" in FILE:4: Expected a number and ms, s, m, h or d, such as "30s", found "ten"',
      'Unknown key "app.ready.witin" in FILE:4: did you mean "within"?',
      'Missing key "database.keyTable" in FILE:5',
      'Cannot read "database.mode" in FILE:5: Expected three octal digits in quotes, such as "600", found 600',
      'Cannot read "logs.0.rotate" in FILE:6: Expected "size", "every" or both',
      'Cannot read "metrics.cpu" in FILE:7: Expected "warning" below "critical"',
      'Cannot read "metrics.disk.warning" in FILE:7: Expected a percentage, such as "80%", found 80',
      'Cannot read "schedules.daily-backup" in FILE:8: ' +
        'Expected "hourly", "window", "09:00", "SUNDAY 02:00" or "first SUNDAY 02:00", found "noon"',
      'Cannot read "schedules.maintenance-window" in FILE:8: Cannot find "window" in "maintenance"',
      'Cannot read "approvals.by.0" in FILE:9: Cannot find contact "nobody" in "contacts"',
      'Unknown key "enabeld" in FILE:10: did you mean "enabled"?',
    ]);
  });

  test.for<[string, string, unknown]>([
    [
      'runtime',
      '{ service: app }',
      'Missing key "runtime.kind" in FILE:3: known are "process", "compose", "systemd"',
    ],
    [
      'cache',
      '{ kind: reddis, url: x, scope: prefix:x }',
      'Unknown kind "reddis" of "cache" in FILE:6: did you mean "redis"?',
    ],
    ['enabled', 'maybe', 'Cannot read "enabled" in FILE:6: Expected true or false, found "maybe"'],
    ['logs', 'app.log', 'Cannot read "logs" in FILE:6: Expected a list, found "app.log"'],
    [
      'xyzzy',
      '1',
      expect.stringMatching(/^Unknown key "xyzzy" in FILE:6: known are "name", "enabled", /),
    ],
    [
      'severity',
      '{ sev5: { respond: 1d } }',
      'Unknown key "severity.sev5" in FILE:6: did you mean "sev1"?',
    ],
    [
      'severity',
      '{ sev4: { respond: soon } }',
      expect.stringMatching(/"severity.sev4.respond" .*"next-business-day"/),
    ],
    [
      'calendar',
      '{ timezone: Riyadh }',
      expect.stringMatching(/Expected a time zone, such as "UTC"/),
    ],
    [
      'maintenance',
      '{ window: { calendar: daily, start: "02:00", duration: 1h, cutoff: 1h } }',
      'Cannot read "maintenance.window" in FILE:6: Expected "cutoff" below "duration"',
    ],
    [
      'governor',
      '{ automatic: often }',
      expect.stringMatching(/Expected a rate, such as "3 per hour", found "often"$/),
    ],
  ])('is reported for %s: %s', async ([key, value, fault], { directory }) => {
    await write(directory, 'shop', { [key]: value });

    expect(faultsOf(directory, 'shop')).toEqual([fault]);
  });

  test('never repeats what may be a secret', async ({ directory }) => {
    await write(directory, 'shop', {
      channels: '{ mail: { kind: smtp, url: "smtp://me:hunter2@mail" } }',
    });

    expect(faultsOf(directory, 'shop')).toEqual([
      'Cannot read "channels.mail.url" in FILE:6: ' +
        'Expected "env:NAME" or "file:PATH": the secret itself does not belong here',
    ]);
  });

  test('includes a key that stands twice, and text that is no YAML', async ({ directory }) => {
    await writeFile(join(directory, 'twice.yaml'), 'name: twice\ndirectory: .\nname: twice\n');
    await writeFile(join(directory, 'broken.yaml'), 'name: broken\napp: { url: [ }\n');
    await writeFile(join(directory, 'empty.yaml'), '# nothing yet\n');

    expect(faultsOf(directory, 'twice')).toEqual(['Cannot read FILE:3: Map keys must be unique']);
    expect(faultsOf(directory, 'broken')[0]).toMatch(/^Cannot read FILE:2: /);
    expect(faultsOf(directory, 'empty')).toEqual(['Cannot read FILE: Expected keys and values']);
  });

  test('includes a name that is not the name of its file', async ({ directory }) => {
    await writeFile(join(directory, 'shop.yaml'), yaml('library'));

    expect(faultsOf(directory, 'shop')).toEqual([
      'Cannot read "name" in FILE:1: Expected "shop", as the file, found "library"',
    ]);
  });

  test('is found below an anchor', async ({ directory }) => {
    const text = `${yaml('shop')}\nmetrics:\n  cpu: &limits { warnin: 80% }\n  disk: *limits\n`;
    await writeFile(join(directory, 'shop.yaml'), text);

    expect(faultsOf(directory, 'shop')).toEqual([
      'Unknown key "metrics.cpu.warnin" in FILE:7: did you mean "warning"?',
      'Unknown key "metrics.disk.warnin" in FILE:7: did you mean "warning"?',
    ]);
  });
});
