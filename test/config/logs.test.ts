import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { loadTarget } from '../../src/config/load/load.ts';
import { faultsOf, test, write } from './small-target.ts';

const TEMPLATES = join(import.meta.dirname, '../../targets');

describe('logs of a target', () => {
  test('rotate as the manuals say', () => {
    const a = loadTarget('ahgd', TEMPLATES).logs;
    const b = loadTarget('analytics-hub', TEMPLATES).logs;

    expect(a).toMatchObject([{ rotate: { every: 'daily' }, keep: '30d' }]);
    expect(b.map(({ file, rotate }) => [file.split('/').at(-1), rotate])).toMatchObject([
      ['analytics_hub.log', { size: '10MB', copies: 5 }],
      ['access.log', { every: 'daily' }],
      ['telemetry.jsonl', { every: 'weekly' }],
      ['errors.log', { size: '10MB', copies: 10 }],
    ]);
  });

  test.for([
    ['{ size: 1MB, by: watch, reopen: { signal: HUP } }', 'Expected "reopen" only by "rename"'],
    ['{ by: copytruncate }', 'Expected "size", "every" or both'],
    [
      '{ size: 1MB, reopen: { signal: HUP, pidFile: a.pid, service: web } }',
      'Expected "pidFile" or "service" in "reopen", not both',
    ],
  ])('refuse %s', async ([rotate, text], { directory }) => {
    await write(directory, 'shop', { logs: `[{ file: a.log, rotate: ${rotate} }]` });

    expect(faultsOf(directory, 'shop').join('\n')).toContain(text);
  });

  test('refuse a signal that may not be sent', async ({ directory }) => {
    const logs = '[{ file: a.log, rotate: { size: 1MB, reopen: { signal: KILL } } }]';
    await write(directory, 'shop', { logs });

    expect(faultsOf(directory, 'shop')).toEqual([expect.stringContaining('"HUP"')]);
  });
});
