import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { stringify } from 'yaml';
import { main } from '../../cli/support/runbook.ts';
import { reservedPort } from '../../support/reserved-port.ts';
import { targetIn } from '../../support/target.ts';
import { SECRET, TOKEN } from './gateway.ts';

export interface GatewayProcess {
  readonly address: string;
  /** Posts one alert with a good token. Answers the status and how long it took. */
  alert(labels: Readonly<Record<string, string>>): Promise<{ status: number; seconds: number }>;
  /** As the kernel does when memory is short. */
  kill(): Promise<void>;
  /** As systemd stops it. Answers the exit code and what it said. */
  stop(): Promise<{ exitCode: number | undefined; stderr: string }>;
}

/** `runbook gateway` for one target that takes every alert, as an operator starts it. It is there once it listens. */
export async function startGatewayProcess(
  target: string,
  temporal: { readonly address: string; readonly namespace: string },
  port?: number,
): Promise<GatewayProcess> {
  const targets = mkdtempSync(join(tmpdir(), 'gateway-'));
  const alerts = [{ match: {} }];
  writeFileSync(
    join(targets, `${target}.yaml`),
    stringify(targetIn(targets, { name: target, alerts })),
  );
  const at = port ?? (await reservedPort());
  const gateway = execa(process.execPath, [main, 'gateway', '--port', `${at}`], {
    reject: false,
    stdin: 'ignore',
    env: {
      NO_COLOR: '1',
      RUNBOOK_TARGETS: targets,
      RUNBOOK_GATEWAY_TOKENS: `alertmanager:${TOKEN}`,
      RUNBOOK_GATEWAY_SECRET: SECRET,
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: temporal.namespace,
    },
  });
  const listens = new Promise<void>((settle) => {
    gateway.stderr.on('data', (chunk: Buffer) => {
      if (chunk.includes('Taking alerts')) settle();
    });
  });
  const ended = gateway.then(({ stderr }) => {
    throw new Error(`Cannot start the gateway: ${stderr}`);
  });
  ended.catch(() => {}); // also when it ends as it was told to
  await Promise.race([listens, ended]);
  const address = `http://127.0.0.1:${at}`;
  return {
    address,
    async alert(labels) {
      const begun = performance.now();
      const { status } = await fetch(`${address}/api/v2/alerts`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` },
        body: JSON.stringify([{ labels }]),
      });
      return { status, seconds: (performance.now() - begun) / 1000 };
    },
    async kill() {
      gateway.kill('SIGKILL');
      await gateway;
      rmSync(targets, { recursive: true, force: true });
    },
    async stop() {
      gateway.kill('SIGTERM');
      const { exitCode, stderr } = await gateway;
      rmSync(targets, { recursive: true, force: true });
      return { exitCode, stderr };
    },
  };
}
