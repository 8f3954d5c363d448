import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { block } from '../../src/activities/security/block/blocks.ts';
import { blockedInProxy } from '../../src/activities/security/block/nginx.ts';
import { Security } from '../../src/config/schema/security/security.ts';
import { hasNginx, type Nginx, startNginx } from '../support/nginx.ts';
import { reservedPort } from '../support/reserved-port.ts';
import { test as base } from '../support/target.ts';
import { runbook } from './support/runbook.ts';
import { targetsIn } from './support/targets-in.ts';

const ADDRESS = '203.0.113.7';
const NETWORK = '203.0.113.0/24';

const test = base.extend<{ nginx: Nginx; env: Record<string, string> }>({
  nginx: [
    async ({ directory, target }, use) => {
      const nginx = await startNginx(join(directory, 'nginx'), await reservedPort());
      mkdirSync(join(directory, 'nginx/doors'), { recursive: true });
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
  env: async ({ directory, target }, use) => use(targetsIn(directory, target)),
});

describe.skipIf(!hasNginx)('security blocks (needs nginx)', () => {
  test('are listed with their ends, and end by hand without Temporal, which the audit knows', async ({
    target,
    env,
  }) => {
    const none = await runbook(['security', 'blocks', 'list'], env);
    await block(target, 'run', {
      addresses: [ADDRESS, NETWORK],
      for: '1h',
      reason: 'brute\nforce',
    });

    const listed = await runbook(['security', 'blocks', 'list'], env);
    const asJson = await runbook(['security', 'blocks', 'list', '--json'], env);
    const first = await runbook(['security', 'blocks', 'end', ADDRESS, '--reason', 'ours'], env);
    const second = await runbook(['security', 'blocks', 'end', NETWORK, '--json'], env);

    expect(none.stdout).toBe(`Nobody is blocked for ${target.name}`);
    expect(listed.stdout.trim().split('\n')).toHaveLength(3);
    expect(listed.stdout).toMatch(/203\.0\.113\.0\/24 +20\d\d-.* yes .* brute.*force/);
    expect(JSON.parse(asJson.stdout)).toMatchObject([{ inForce: true }, { inForce: true }]);
    expect([first.exitCode, first.stdout]).toEqual([
      0,
      `${ADDRESS} is no longer blocked for ${target.name}\nStill blocked: ${NETWORK}. To end that, name it`,
    ]);
    expect(JSON.parse(second.stdout)).toEqual({
      address: NETWORK,
      changed: true,
      stillBlocked: [],
    });
    expect(blockedInProxy(target)).toEqual([]);
    const audit = readFileSync(join(target.state, 'audit.jsonl'), 'utf8');
    expect(audit).toContain('"unblocked"');
    expect(audit).toContain(`address ${ADDRESS}`);
  });

  test('refuse what is no address with a sentence, and say when nobody was blocked', async ({
    target,
    env,
  }) => {
    const wrong = await runbook(['security', 'blocks', 'end', '203.0.113.7;reboot'], env);
    const zone = await runbook(['security', 'blocks', 'end', 'fe80::1%eth0'], env);
    const unknown = await runbook(['security', 'blocks', 'end', '::ffff:203.0.113.9'], env);

    expect(wrong).toMatchObject({ exitCode: 2, stdout: '' });
    expect(wrong.stderr).toMatch(
      /is no address or network[\s\S]*Try: runbook security blocks list/,
    );
    expect(zone.exitCode).toBe(2);
    expect([unknown.exitCode, unknown.stdout]).toEqual([
      0,
      `203.0.113.9 was not blocked for ${target.name}`,
    ]);
  });
});
