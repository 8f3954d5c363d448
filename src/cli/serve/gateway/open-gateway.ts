import { connectLazily } from '../../../client/connection/connect-lazily.ts';
import { environment } from '../../../config/environment.ts';
import type { Target } from '../../../config/schema/target.ts';
import { readSources } from '../../../gateway/intake/sources.ts';
import { expectSafe, startGateway } from '../../../gateway/start-gateway.ts';
import { toldFromElsewhere } from './told-from-elsewhere.ts';
import { say, sayNews } from '../../output/say.ts';

interface Listen {
  readonly host: string;
  readonly port: number;
}

/** What the environment says of it, read before anything is started. Error: `UsageError`. */
export function gatewaySettings(targets: readonly Target[], listen: Listen) {
  const { gatewayTokens, gatewaySecret: secret } = environment();
  const sources = readSources(gatewayTokens);
  expectSafe({ sources, secret, targets, listen });
  return { sources, secret, ...toldFromElsewhere(targets) };
}

/** Takes alerts in until it is closed, and says from whom. `address`: of Temporal, where TEMPORAL_ADDRESS does not say it. */
export async function openGateway(
  targets: readonly Target[],
  listen: Listen,
  address?: string,
): Promise<{ close(): Promise<void> }> {
  const { sources, senders, shown, secret } = gatewaySettings(targets, listen);
  const client = connectLazily(address);
  try {
    const running = await startGateway({
      client,
      targets,
      listen,
      sources,
      senders,
      shown,
      secret,
      log: sayNews,
    });
    say(
      `Taking alerts at ${running.address} for ${targets.map(({ name }) => name).join(', ') || 'no target'}`,
      sources.length > 0
        ? `From ${sources.map(({ name }) => name).join(', ')}, by token`
        : 'From everybody on this host: RUNBOOK_GATEWAY_TOKENS is not set',
      ...(senders.length > 0
        ? [`Told from elsewhere how ${senders.map(({ name }) => name).join(', ')} is, by token`]
        : []),
      ...(secret ? [] : ['No link acknowledges: RUNBOOK_GATEWAY_SECRET is not set']),
    );
    return {
      async close() {
        await running.stop();
        await client.connection.close();
      },
    };
  } catch (error) {
    await client.connection.close();
    throw error;
  }
}
