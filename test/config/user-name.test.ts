import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { userName } from '../../src/config/user-name.ts';
import { isRoot, NEEDS_ROOT } from '../support/application-user.ts';
import { closedCheckout } from '../support/closed-checkout.ts';

const NOBODY = 61_987;

describe('userName', () => {
  test.skipIf(!isRoot || closedCheckout() !== undefined)(
    `knows a user without a name by the number (${NEEDS_ROOT})`,
    () => {
      const module = new URL('../../src/config/user-name.ts', import.meta.url).href;
      const program = `import { userName } from ${JSON.stringify(module)}; console.log(userName())`;

      const told = execFileSync(process.execPath, ['--input-type=module', '-e', program], {
        uid: NOBODY,
        gid: NOBODY,
        encoding: 'utf8',
      });

      expect(told.trim()).toBe(`uid-${NOBODY}`);
      expect(userName()).not.toBe('');
    },
  );
});
