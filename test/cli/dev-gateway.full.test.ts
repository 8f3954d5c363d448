import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { reservedPort } from '../support/reserved-port.ts';
import { runbook } from './support/runbook.ts';

const PATIENCE = { timeout: 120_000 };

describe('runbook dev --gateway-port', () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'dev-gateway-'));
  });

  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  test('says what is wrong with its settings before anything is started', async () => {
    const port = String(await reservedPort());

    const { exitCode, stderr } = await dev(port, { RUNBOOK_GATEWAY_TOKENS: 'alertmanager:abc' });

    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('less than 16 letters')]);
    expect(readdirSync(directory)).toEqual([]);
  });

  test('ends, and all that it has started, when somebody else listens there', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };

    const { exitCode, stderr } = await dev(String(port));
    other.close();

    // Without a code it would have been ended by the timeout.
    expect([exitCode, stderr]).toEqual([
      2,
      expect.stringContaining(
        `Error: Cannot listen at 127.0.0.1:${port}: somebody else does\nTry: `,
      ),
    ]);
  });

  async function dev(gatewayPort: string, env: NodeJS.ProcessEnv = {}) {
    const own = { ...env, XDG_DATA_HOME: directory };
    const port = String(await reservedPort());
    return runbook(['dev', '--port', port, '--gateway-port', gatewayPort], own, PATIENCE);
  }
});
