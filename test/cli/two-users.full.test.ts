import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findNetworkNamespace } from '../../src/dev/server/closed/network-namespace.ts';
import { userEntry } from '../../src/os/owner/user-entry.ts';
import { isReplaced, NAME } from '../runbooks/rotate-secrets/with-secret.ts';
import { closedCheckout } from '../support/closed-checkout.ts';
import { type ClosedDev, startClosedDev } from './support/closed-dev.ts';
import { openShop, whyNoShop } from './support/shop-to-rotate.ts';

const found = await findNetworkNamespace();
/** Users that every Debian has. */
const [ANA, BEN, CAROL] = ['games', 'backup', 'daemon'].map((name) => userEntry(name)?.uid);
const NOBODY = 65_534;
const why =
  'refusal' in found
    ? 'there is no network of its own'
    : process.getuid?.() !== 0 || ANA === undefined || BEN === undefined || CAROL === undefined
      ? 'needs root, and users "games", "backup" and "daemon"'
      : (closedCheckout() ?? whyNoShop);

describe.skipIf(why !== undefined)(
  `a run that one user starts and another approves, through the closed door (${why ?? 'as root'})`,
  () => {
    let directory: string;
    let shop: Awaited<ReturnType<typeof openShop>>;
    let dev: ClosedDev;
    let run: string;

    beforeAll(async () => {
      directory = mkdtempSync(join(tmpdir(), 'two-users-'));
      shop = await openShop(directory, 'two-users', { Ana: 'games', Ben: 'backup' });
      const { targets } = shop;
      dev = await startClosedDev(directory, { targets, serve: ['two-users'] });
      const data = ['--data', join(directory, 'temporal.db')];
      for (const login of ['games', 'backup', 'daemon'])
        await dev.type('access', 'grant', login, ...data);
    }, 180_000);
    afterAll(async () => {
      await dev?.stop();
      await shop?.close();
      rmSync(directory, { recursive: true, force: true });
    });

    test('is refused in words to everybody else, and told with how each was known', async () => {
      const shown: string[] = [];
      const typed = async (who: string, uid: number, ...args: readonly string[]) => {
        const { exitCode, stdout, stderr } = await dev.typeAs(uid, ...args);
        shown.push(`${who}$ runbook ${args.join(' ')}\n${stderr}${stdout}\n[${exitCode}]`);
        return { exitCode, text: `${stderr}\n${stdout}` };
      };
      const start = ['start', 'rotate-secrets', '-t', 'two-users', '--secret', NAME];

      const started = await typed('ana', ANA!, ...start, '--because', 'it is due');
      run = /rotate-secrets\/two-users\/\d{8}_\d{6}/.exec(started.text)![0];
      const stranger = await typed('nobody', NOBODY, 'approve', run);
      const own = await typed('ana', ANA!, 'approve', run);
      const asBen = await typed('ana', ANA!, 'approve', run, '--by', 'Ben');
      const noApprover = await typed('carol', CAROL!, 'approve', run);
      const noStep = await typed('ben', BEN!, 'approve', run, '--step', 'stop');
      const before = isReplaced(shop.target);
      const approved = await typed('ben', BEN!, 'approve', run, '--reason', 'I was asked by Ana');
      const ended = await dev.type('follow', run);
      const late = await typed('ben', BEN!, 'approve', run);
      const report = await dev.type('report', run);
      const audit = await dev.type('audit', 'show', '-t', 'two-users');
      const verified = await dev.type('audit', 'verify', '-t', 'two-users');
      const log = readFileSync(join(directory, 'temporal.db.door/log'), 'utf8');
      shown.push(report.stdout, audit.stdout, verified.stdout, log);
      if (process.env['RUNBOOK_SHOW'] !== undefined)
        process.stderr.write(`${shown.join('\n----\n')}\n`);

      expect(started.exitCode).toBe(3);
      expect(
        [stranger, own, asBen, noApprover, noStep, late].map(({ exitCode }) => exitCode),
      ).toEqual([4, 2, 2, 2, 2, 2]);
      expect(stranger.text).toContain('is closed to user "nobody"');
      expect(own.text).toMatch(/games@\S+ \(login\) started this run, and cannot answer for it/);
      expect(asBen.text).toMatch(
        /games@\S+ \(login\) for "Ben" started this run, and cannot answer for it/,
      );
      expect(noApprover.text).toMatch(/daemon@\S+ .*may not answer for this target/);
      expect(noStep.text).toMatch(/Step "stop" waits for no approval/);
      expect(before).toBe(false);
      expect([approved.exitCode, ended.exitCode]).toEqual([0, 0]);
      expect(isReplaced(shop.target)).toBe(true);
      expect(report.stdout).toMatch(/by games@\S+ \(login\)/);
      expect(report.stdout).toMatch(/approved "generate" by backup@\S+ \(login\)/);
      expect(audit.stdout).toMatch(
        /backup@\S+ \(login\): approved "generate", \S+: I was asked by Ana/,
      );
      expect(verified.exitCode).toBe(0);
      expect(log).toContain('nobody');
    }, 400_000);
  },
);
