import { setTimeout as sleep } from 'node:timers/promises';
import { startGatewayProcess } from '../../gateway/support/gateway-process.ts';
import { reservedPort } from '../../support/reserved-port.ts';

export interface DoomedGateway {
  /** Every kill so far, in ms since 1970. */
  readonly kills: readonly number[];
  /** Posts an alert until the gateway says that it has it, as Alertmanager and Prometheus do. */
  alert(labels: Readonly<Record<string, string>>): Promise<void>;
  /** Kills it with -9: it is started again on the same port. */
  kill(): Promise<void>;
  close(): Promise<void>;
}

/** A gateway in a process of its own under a supervisor. */
export async function openDoomedGateway(
  target: string,
  temporal: { readonly address: string; readonly namespace: string },
): Promise<DoomedGateway> {
  const port = await reservedPort();
  const kills: number[] = [];
  let coming = startGatewayProcess(target, temporal, port);
  await coming;

  return {
    kills,
    async alert(labels) {
      for (;;) {
        const { status } = await (await coming).alert(labels).catch(() => ({ status: 0 }));
        if (status === 200) return;
        await sleep(500);
      }
    },
    async kill() {
      const gateway = await coming;
      kills.push(Date.now());
      coming = gateway.kill().then(() => startGatewayProcess(target, temporal, port));
      await coming;
    },
    async close() {
      await (await coming).stop();
    },
  };
}
