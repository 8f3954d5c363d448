import { readFileSync } from 'node:fs';
import { UsageError } from './usage-error.ts';

/** The environment variables that are read here, all in one place. Read at each call, so that nothing is decided at import. */
export function environment() {
  const { env } = process;
  return {
    /** The directory of `<target>.yaml` files. */
    targets: env['RUNBOOK_TARGETS'] || 'targets',
    /** Where the embedded Temporal server's executable and compiled code are kept, instead of the user's cache directory. */
    cache: env['RUNBOOK_CACHE'] || undefined,
    /** The target of verbs that are given none. */
    target: env['RUNBOOK_TARGET'] || undefined,
    /** A running Temporal server; without it, `dev` and `demo` start their own. */
    temporalAddress: env['TEMPORAL_ADDRESS'] || undefined,
    /** Where the Temporal UI of that server is, for links to runs. */
    temporalUi: env['TEMPORAL_UI_URL'] || undefined,
    /** A `temporal` executable that is used whatever its version. */
    temporal: env['RUNBOOK_TEMPORAL'] || undefined,
    /** Where people reach the gateway, for links in messages. */
    gatewayUrl: env['RUNBOOK_GATEWAY_URL'] || undefined,
    /** Signs those links. */
    get gatewaySecret() {
      return secret('RUNBOOK_GATEWAY_SECRET');
    },
    /** Who may send alerts to the gateway: `name:token`, separated by blanks. */
    get gatewayTokens() {
      return secret('RUNBOOK_GATEWAY_TOKENS');
    },
    /** Who may tell a gateway how a target stands: `target:token`, separated by blanks. */
    get gatewaySenders() {
      return secret('RUNBOOK_GATEWAY_SENDERS');
    },
    /** Where the gateway keeps what it was told. */
    gatewayState: env['RUNBOOK_GATEWAY_STATE'] || undefined,
    /** With it a worker tells the gateway at `gatewayUrl` how its targets stand. */
    get gatewayStatusToken() {
      return secret('RUNBOOK_GATEWAY_STATUS_TOKEN');
    },
    /** Where a worker listens for Prometheus: a port of loopback, or an address and a port. */
    metrics: env['RUNBOOK_METRICS'] || undefined,
    /** How what goes on is logged: `text` or `json`. */
    logFormat: env['RUNBOOK_LOG_FORMAT'] || undefined,
    /** What a receiver of traces wants to hear with each: most often a token. */
    get otelHeaders() {
      return secret('OTEL_EXPORTER_OTLP_TRACES_HEADERS') ?? secret('OTEL_EXPORTER_OTLP_HEADERS');
    },
    /** As OpenTelemetry has it: who receives traces. */
    otel: {
      endpoint: env['OTEL_EXPORTER_OTLP_ENDPOINT'] || undefined,
      tracesEndpoint: env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] || undefined,
      service: env['OTEL_SERVICE_NAME'] || undefined,
      attributes: env['OTEL_RESOURCE_ATTRIBUTES'] || undefined,
      isOff: env['OTEL_SDK_DISABLED'] === 'true' || env['OTEL_TRACES_EXPORTER'] === 'none',
    },
    /** Where runs that change the host itself leave their claim and what they keep, instead of `/var/lib/durable-runbooks`. */
    hostDirectory: env['RUNBOOK_HOST_DIRECTORY'] || undefined,
    /** Who became root by sudo, which says so itself. */
    sudoUser: env['SUDO_USER'] || undefined,
    /** As Node has it: its own requests heed HTTP_PROXY, HTTPS_PROXY and NO_PROXY, and so do ours. */
    heedsProxy: env['NODE_USE_ENV_PROXY'] === '1',
    /** Where executables are looked for, as in every shell. */
    path: env['PATH'] ?? '',
  };
}

/** All of ours that are in files can be read. Error: `UsageError`. */
export function expectSettings(): void {
  const settings = environment();
  for (const name of Object.keys(settings) as (keyof typeof settings)[]) void settings[name];
}

/** One that a target names as a secret. */
export function variable(name: string): string | undefined {
  return process.env[name];
}

/**
 * A secret of our own settings: the variable, or what is in the file that `<variable>_FILE` names, as with the secrets of Docker and the
 * credentials of systemd. Read each time, so that a changed one counts at once. Error: `UsageError`.
 */
function secret(name: string): string | undefined {
  const { env } = process;
  const value = env[name] || undefined;
  const file = env[`${name}_FILE`] || undefined;
  if (file === undefined) return value;
  if (value !== undefined)
    throw new UsageError(`${name} and ${name}_FILE are both set`, `unset ${name}`);
  const fault = (why: string) => new UsageError(`Cannot read ${name}_FILE: "${file}" ${why}`);
  const content = contentOf(file, (code) =>
    fault(code === 'ENOENT' ? 'is not there' : `cannot be read (${code})`),
  );
  if (content === '') throw fault('is empty');
  return content;
}

/** What a file of one secret holds. `failed` makes the error of the file system's code. */
export function contentOf(file: string, failed: (code: string) => Error): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw failed(String((error as NodeJS.ErrnoException).code));
  }
}
