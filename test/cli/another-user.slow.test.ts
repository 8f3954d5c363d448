import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { openClaim } from '../../src/state/claim.ts';
import { closedCheckout } from '../support/closed-checkout.ts';
import { APPLICATION_USER, isRoot } from '../support/other-user.ts';
import { targetIn } from '../support/target.ts';
import { reported } from '../report/support/reported.ts';
import { request } from './support/claim.ts';

/** What is built for tests is closed to others, sources are not. */
const main = join(import.meta.dirname, '../../src/cli/main.ts');
let root: string;
let env: Record<string, string>;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'another-user-'));
  chmodSync(root, 0o755);
  const targets = join(root, 'targets');
  mkdirSync(targets);
  const target = { ...targetIn(root, { name: 'shop' }), state: join(root, 'state') };
  writeFileSync(join(targets, 'shop.yaml'), stringify(target));
  env = {
    RUNBOOK_TARGETS: targets,
    RUNBOOK_TARGET: 'shop',
    TEMPORAL_ADDRESS: '127.0.0.1:1',
    HOME: '/nonexistent',
  };
  // A run that died has the target: whoever may not look must not hear that nothing is incomplete.
  const dead = { isOpen: async () => false, stop: async () => {} };
  await openClaim(target).take('database-recovery/shop/20260105_020000', request, dead);
  mkdirSync(target.backups.directory, { recursive: true });
  for (const closed of [target.state, target.backups.directory]) chmodSync(closed, 0o700);
});
afterAll(() => rmSync(root, { recursive: true }));

/** As a user who may read the policy, and nothing of ours. */
function type(args: string, more: Record<string, string> = {}) {
  return execa(
    'setpriv',
    [
      `--reuid=${APPLICATION_USER}`,
      `--regid=${APPLICATION_USER}`,
      '--clear-groups',
      process.execPath,
      main,
      ...args.split(' '),
    ],
    { env: { ...env, ...more }, reject: false, stdin: 'ignore' },
  );
}

describe.skipIf(!isRoot || closedCheckout() !== undefined)(
  'a user who may not look into the state directory',
  () => {
    test.concurrent.for([
      'repair',
      'status',
      'check',
      'audit show',
      'audit verify',
      'report 20260105 --target shop',
      'backups prune --plan',
    ])('is told so by "%s" in a sentence, and nothing that is not so', async (command) => {
      const { exitCode, stdout, stderr } = await type(command);

      expect(exitCode).toBe(/^(status|check)/.test(command) ? 3 : 2);
      expect(stderr).toMatch(
        /^Error: Cannot use ".*(state|backups).*": permission denied\nTry: the same as the user who runs the worker$/m,
      );
      expect(`${stdout}${stderr}`).not.toMatch(/\n {4}at |Nothing is incomplete/);
    });

    test('is shown the report of another target all the same, and told what is passed over', async () => {
      const both = join(root, 'both');
      mkdirSync(both);
      cpSync(join(root, 'targets/shop.yaml'), join(both, 'shop.yaml'));
      const open = { ...targetIn(root, { name: 'open' }), state: join(root, 'open') };
      writeFileSync(join(both, 'open.yaml'), stringify(open));
      mkdirSync(join(open.state, 'runs'), { recursive: true });
      const { run } = reported();
      writeFileSync(join(open.state, 'runs', 'one.json'), JSON.stringify(reported()));

      const { exitCode, stdout, stderr } = await type(`report ${run}`, { RUNBOOK_TARGETS: both });

      expect([exitCode, stdout]).toEqual([
        0,
        expect.stringMatching(/^Database recovery of demo: /),
      ]);
      expect(stderr).toContain(
        `Reports of "shop" are not looked at: "${join(root, 'state')}" is closed to this user`,
      );
    });
  },
);
