import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, vi } from 'vitest';
import { block } from '../../src/activities/security/block/blocks.ts';
import { blockedInProxy } from '../../src/activities/security/block/nginx.ts';
import { Security } from '../../src/config/schema/security/security.ts';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import { startBlockKeeper } from '../../src/worker/block-keeper.ts';
import { openPolicies } from '../../src/worker/policies.ts';
import { openProcessPool, type ProcessPool } from '../../src/worker-process/process-pool.ts';
import { hasNginx, type Nginx, startNginx } from '../support/nginx.ts';
import { reservedPort } from '../support/reserved-port.ts';
import { test as base } from '../support/target.ts';

const ATTACKER = '203.0.113.7';
const RUN = 'security-incident/shop/20260105_020000';
const wait = { timeout: 15_000, interval: 50 };

let pool: ProcessPool;
beforeAll(() => {
  pool = openProcessPool();
});
afterAll(() => pool.close());

const test = base.extend<{ nginx: Nginx }>({
  nginx: [
    async ({ directory, target }, use) => {
      const nginx = await startNginx(join(directory, 'nginx'), await reservedPort());
      target.proxy = nginx.proxy;
      target.security = Security.parse({
        block: {
          kind: 'nginx',
          command: nginx.proxy.drain!.command,
          include: join(directory, 'nginx/doors/blocked.conf'),
        },
      });
      await use(nginx);
      await nginx.stop();
    },
    { auto: true },
  ],
});

describe.skipIf(!hasNginx)('a block keeper (needs nginx)', () => {
  test('ends a block of nginx when its time is over', async ({ target }) => {
    await block(target, RUN, { addresses: [ATTACKER], for: '3s', reason: 'x' });
    const keeper = keep(target);
    expect(blockedInProxy(target)).toEqual([ATTACKER]);

    await vi.waitFor(() => expect(keeper.told).toHaveLength(1), wait);
    expect(blockedInProxy(target)).toEqual([]);
    await keeper.stop();
    expect(keeper.told).toEqual([
      `Warning: What keeps addresses from "${target.name}" was made whole again`,
    ]);
  });

  test('makes again what somebody has removed, and tells it once', async ({ target }) => {
    await block(target, RUN, { addresses: [ATTACKER, '203.0.113.64/26'], for: '1h', reason: 'x' });
    const keeper = keep(target);
    rmSync(target.security.block.include!);

    await vi.waitFor(() => expect(keeper.told).toHaveLength(1), wait);
    await vi.waitFor(() => expect(keeper.looks()).toBeGreaterThan(3), wait);
    expect(blockedInProxy(target).toSorted()).toEqual(['203.0.113.64/26', ATTACKER]);
    await keeper.stop();
    expect(keeper.told).toEqual([
      expect.stringMatching(/^Warning: 2 blocks of ".*" were gone, and are there again/),
    ]);
  });

  test('tells a trouble once, and when it is over', async ({ target, directory }) => {
    await block(target, RUN, { addresses: [ATTACKER], for: '1h', reason: 'x' });
    const real = target.security.block.command!;
    const broken = join(directory, 'broken-nginx');
    writeFileSync(broken, '#!/bin/sh\necho "no such directive" >&2; exit 1\n');
    chmodSync(broken, 0o755);
    rmSync(target.security.block.include!);
    target.security.block.command = [broken];
    const keeper = keep(target);
    await vi.waitFor(() => expect(keeper.told).toHaveLength(1), wait);
    await vi.waitFor(() => expect(keeper.looks()).toBeGreaterThan(3), wait);
    expect(keeper.told).toEqual([
      expect.stringMatching(/^Warning: Cannot look after the blocks of ".*": .*no such directive/),
    ]);

    target.security.block.command = real;

    await vi.waitFor(() => expect(keeper.told.at(-1)).toMatch(/^Able to look after/), wait);
    expect(blockedInProxy(target)).toEqual([ATTACKER]);
    await keeper.stop();
  });

  test('looks at nothing where nobody was ever blocked', async ({ target }) => {
    const keeper = keep(target);
    await new Promise((settle) => setTimeout(settle, 400));
    await keeper.stop();

    expect([keeper.looks(), keeper.told]).toEqual([0, []]);
  });
});

function keep(target: SqliteTarget) {
  const told: string[] = [];
  let looks = 0;
  const keeper = startBlockKeeper({
    policies: openPolicies(target),
    pool: {
      do: (job, signal) => {
        looks += 1;
        return pool.do(job, signal);
      },
    },
    tell: (line) => void told.push(line),
    interval: 100,
  });
  return { ...keeper, told, looks: () => looks };
}
