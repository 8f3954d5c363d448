import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { grpcCompressionFor } from '../../../client/connection/grpc-compression-for.ts';
import { simulateIncident } from '../../../client/incidents/simulate-incident.ts';
import { countText } from '../../../config/text/count-text.ts';
import { rings } from '../../../config/schema/channels.ts';
import type { Target } from '../../../config/schema/target.ts';
import type { Severity } from '../../../config/schema/values/severity.ts';
import { inMilliseconds, UpToAYear } from '../../../config/time/duration.ts';
import { instantOf } from '../../../config/time/instant.ts';
import { UsageError } from '../../../config/usage-error.ts';
import { findTemporal } from '../../../dev/server/find-temporal.ts';
import { startTemporal } from '../../../dev/server/start-temporal.ts';
import type { IncidentKind } from '../../../incident/alert-report.ts';
import type { Incident } from '../../../incident/incident.ts';
import type { Delivery, Page } from '../../../incident/page.ts';
import { sleepsUntil } from '../../../notify/channels/audience.ts';
import { type Attempt, openChannels } from '../../../notify/channels/open-channels.ts';
import { columns } from '../../../report/columns.ts';
import { durationText, timeText } from '../../../report/times.ts';
import { bundleWorkflows, startWorker } from '../../../worker.ts';
import { targetFor } from '../../input/target-for.ts';
import { installLog } from '../../output/log.ts';
import { print, printJson, say } from '../../output/say.ts';

export interface SimulateOptions {
  readonly target?: string;
  readonly severity: Severity;
  readonly kind?: IncidentKind;
  readonly at?: string;
  readonly ackAfter?: string;
  readonly for: string;
  readonly json?: boolean;
}

/** One line of the table, and one element of the JSON array. */
interface Row {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Since the incident began. */
  readonly afterMilliseconds: number;
  readonly contact: string;
  readonly member?: string;
  readonly channels: readonly string[];
}

const QUEUE = 'simulation';
/** Enough for once through any policy. */
const MAX_LINES = 14;

/** Asks the real incident, on a server of its own, who is notified when. */
export async function runSimulation(options: SimulateOptions): Promise<void> {
  const { severity, kind, json } = options;
  const target = targetFor(options.target);
  const at = timeOf(options.at);
  const length = lengthOf('--for', options.for);
  const ackAfter =
    options.ackAfter === undefined ? undefined : lengthOf('--ack-after', options.ackAfter);
  if (target.escalation.length === 0)
    throw new UsageError(
      `"${target.name}" has no "escalation": nobody would be notified`,
      `runbook target check ${target.name}`,
    );
  installLog({ level: 'WARN' });
  const begun = performance.now();
  await using parts = new AsyncDisposableStack();
  const pages: { page: Page; deliveries: readonly Delivery[] }[] = [];
  const client = await serve(target, parts, async (page) => {
    const deliveries = await openChannels(target, undefined, undefined, recorded).send(page);
    pages.push({ page, deliveries });
    return deliveries;
  });
  const ready = performance.now();
  const incident = await simulateIncident(client, {
    report: {
      target: target.name,
      fingerprint: 'simulated',
      status: 'firing',
      severity,
      ...(kind && { kind }),
      title: 'Simulated',
      source: 'simulation',
      at: at.toISOString(),
    },
    at,
    said: ackAfter ? [{ after: ackAfter, answer: { what: 'acknowledge', by: 'somebody' } }] : [],
    length,
    queue: QUEUE,
  });
  const rows = pages
    // Its review is an incident of its own.
    .filter(({ page }) => page.event === 'trigger' && page.thread.startsWith(`${incident.id}/`))
    .map(({ page, deliveries }) => rowOf(page, deliveries, incident.openedAt));
  if (json) return printJson(rows);
  const lines = [...rows.map(lineOf), ...turnsOf(incident)].toSorted(([a], [b]) =>
    a!.localeCompare(b!),
  );
  print(columns([['WHEN', 'AFTER', 'WHO', 'BY'], ...lines.slice(0, MAX_LINES)]).join('\n'));
  if (lines.length > MAX_LINES)
    print(
      `... and so on until somebody answers: ${countText(rows.length, 'page')} in all (--json)`,
    );
  say(
    `${options.for} in ${durationText(performance.now() - ready)}, after ${durationText(ready - begun)} to start`,
  );
}

const recorded: Attempt = async ([channel, how], message) => {
  const { member } = message;
  const until = sleepsUntil(message);
  return {
    channel: until === undefined ? channel : `${channel} at ${timeText(until)}`,
    delivered: true,
    // Of a sev1 what does not ring tells nobody.
    ...(rings(how) && { rings: true }),
    ...(member !== undefined && { member }),
    detail: 'simulated',
  };
};

function rowOf(page: Page, deliveries: readonly Delivery[], openedAt: string): Row {
  const members = [...new Set(deliveries.flatMap((one) => one.member ?? []))];
  return {
    at: page.at,
    afterMilliseconds: Date.parse(page.at) - Date.parse(openedAt),
    contact: page.contact,
    ...(members.length > 0 && { member: members.join(', ') }),
    channels: [...new Set(deliveries.map(({ channel }) => channel))],
  };
}

function lineOf({ at, afterMilliseconds, contact, member, channels }: Row): string[] {
  return [
    timeText(at),
    durationText(afterMilliseconds),
    member ? `${contact} (${member})` : contact,
    channels.join(', ') || 'NOBODY: no channel reaches this contact',
  ];
}

/** When paging stops and begins again. */
function turnsOf({ timeline, openedAt }: Incident): string[][] {
  return timeline
    .filter(({ what }) => what === 'acknowledged' || what === 'expired')
    .map(({ at, what, by }) => [
      timeText(at),
      durationText(Date.parse(at) - Date.parse(openedAt)),
      what === 'acknowledged' ? by : '',
      what === 'acknowledged' ? 'acknowledges: nobody is paged' : 'the acknowledgement ends',
    ]);
}

async function serve(
  target: Target,
  parts: AsyncDisposableStack,
  deliver: (page: Page) => Promise<readonly Delivery[]>,
): Promise<Client> {
  const directory = mkdtempSync(join(tmpdir(), 'simulation-'));
  parts.defer(() => rmSync(directory, { recursive: true, force: true }));
  const { path } = await findTemporal({ onProgress: say });
  const namespace = 'simulation';
  const server = await startTemporal({
    path,
    namespace,
    dataFile: join(directory, 'temporal.db'),
    durability: 'NORMAL',
    ui: false,
    closed: true,
  });
  parts.defer(() => server.stop());
  const { address, connectionOptions } = server;
  const connection = await Connection.connect({ ...connectionOptions, address });
  parts.defer(() => connection.close());
  const native = await NativeConnection.connect({
    ...connectionOptions,
    address,
    grpcCompression: grpcCompressionFor(address),
  });
  parts.defer(() => native.close());
  const worker = await startWorker({
    connection: native,
    namespace,
    targets: [],
    known: [target],
    deliver: (_target, page) => deliver(page),
    searchAttributes: false,
    workflowBundle: await bundleWorkflows(),
    queue: QUEUE,
  });
  parts.defer(() => worker.stop());
  return new Client({ connection, namespace });
}

function timeOf(text: string | undefined): Date {
  if (text === undefined) return new Date();
  const time = instantOf(text);
  if (time === undefined)
    throw new UsageError(
      `Cannot read --at "${text}": Expected a time such as "2026-12-25T02:00:00Z"`,
      'runbook simulate escalation --help',
    );
  // The server skips time, and cannot turn it back.
  if (time < Date.now() - 60_000)
    throw new UsageError(
      `--at ${text} is in the past: time can only be skipped`,
      'the same time of a later week',
    );
  return new Date(time);
}

function lengthOf(option: string, text: string): number {
  const [fault] = UpToAYear.safeParse(text).error?.issues ?? [];
  if (!fault) return inMilliseconds(text);
  throw new UsageError(`Cannot read ${option} "${text}": ${fault.message}`, `${option} 20m`);
}
