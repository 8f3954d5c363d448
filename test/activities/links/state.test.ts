import { linkSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { writeDurably } from '../../../src/os/files/durable-files.ts';
import { appendToAudit } from '../../../src/state/audit-log.ts';
import { isRoot, makeCanary } from '../../support/other-user.ts';
import { test } from '../../support/target.ts';

const EVENT = { at: '2026-01-05T02:00:00.000Z', run: 'test/run', what: 'started', by: 'x' };

describe.skipIf(!isRoot)('what we write beside the application (needs root)', () => {
  for (const make of [symlinkSync, linkSync])
    test(`goes into no file of root that has the audit's name, by ${make.name}`, ({ target }) => {
      const canary = makeCanary();
      mkdirSync(target.state, { recursive: true });
      make(canary.file('secret'), join(target.state, 'audit.jsonl'));
      const before = readFileSync(canary.file('secret'), 'utf8');

      expect(() => appendToAudit(target, [EVENT])).toThrow(/link|name/);

      expect(readFileSync(canary.file('secret'), 'utf8')).toBe(before);
      canary.remove();
    });

  for (const make of [symlinkSync, linkSync])
    test(`goes into no file of root that has the name of what is half written, by ${make.name}`, ({
      directory,
    }) => {
      const canary = makeCanary();
      make(canary.file('secret'), join(directory, 'pin.json.part'));
      const before = readFileSync(canary.file('secret'), 'utf8');

      expect(() => writeDurably(join(directory, 'pin.json'), '{}')).toThrow(/ELOOP|EMLINK/);

      expect(readFileSync(canary.file('secret'), 'utf8')).toBe(before);
      canary.remove();
    });

  test('is written where nothing stands in the way', ({ target, directory }) => {
    appendToAudit(target, [EVENT]);
    writeDurably(join(directory, 'pin.json'), '{}');

    expect(readFileSync(join(target.state, 'audit.jsonl'), 'utf8')).toContain('test/run');
    expect(readFileSync(join(directory, 'pin.json'), 'utf8')).toBe('{}');
  });
});
