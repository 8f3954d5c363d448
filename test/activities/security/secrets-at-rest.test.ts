import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { secretsFigure } from '../../../src/activities/security/checklist/secrets-at-rest.ts';
import { test } from '../../support/target.ts';

const AT = '2026-12-02T03:00:00.000Z';

describe('secretsFigure', () => {
  test.for([
    ['a NUL in its line', 'NAME=x\nSHOP_PASSWORD=\0hunter2hunter2\n'],
    ['a quote that does not close', 'NAME=x\nSHOP_PASSWORD="hunter2hunter2\n'],
  ] as const)(
    'knows nothing of a secret with %s, and does not say that there is none',
    ([, text], { target }) => {
      writeFileSync(join(target.directory, '.env'), text);

      const figure = secretsFigure(target, AT);

      expect(figure.verdict).toBe('unknown');
      expect(figure.note).toContain('line 2 of it is not clear to all readers');
      expect(JSON.stringify(figure)).not.toContain('hunter2');
    },
  );

  test('names keys and lines, and no value', ({ target }) => {
    writeFileSync(join(target.directory, '.env'), 'SHOP_PASSWORD=hunter2hunter2\nTOKEN="open\n');

    const figure = secretsFigure(target, AT);

    expect(figure).toMatchObject({ verdict: 'warning', value: 1 });
    expect(figure.note).toMatch(/1 secret in \.env \(SHOP_PASSWORD\).*line 2 of it/);
    expect(JSON.stringify(figure)).not.toContain('hunter2');
  });

  test('follows no link to a file of another user', ({ target }) => {
    symlinkSync('/etc/shadow', join(target.directory, '.env'));

    expect(secretsFigure(target, AT).verdict).not.toBe('ok');
  });
});
