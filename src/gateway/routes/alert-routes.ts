import type { FastifyInstance, FastifyRequest } from 'fastify';
import { countText } from '../../config/text/count-text.ts';
import type { ReadAlerts } from '../alerts/alert.ts';
import { combine } from '../alerts/combine.ts';
import { gatherStorm } from '../alerts/gather-storm.ts';
import { readAlertmanager } from '../alerts/read-alertmanager.ts';
import { readPrometheus } from '../alerts/read-prometheus.ts';
import { routeAlert } from '../alerts/route-alert.ts';
import { nameForLog } from '../alerts/text.ts';
import { ComeAgain } from '../intake/come-again.ts';
import type { Gateway } from '../intake/gateway.ts';
import type { Result } from '../intake/measures.ts';
import { openRoom } from '../intake/room.ts';
import { sourceOfHeader } from '../intake/sources.ts';
import { Unauthorized } from '../intake/unauthorized.ts';

const readers = {
  '/alertmanager/webhook': { name: 'alertmanager', read: readAlertmanager },
  '/api/v2/alerts': { name: 'prometheus', read: readPrometheus },
} as const;

/** More than 10 000 alerts. An Alertmanager that is told that it is too much never sends it again. */
const MAX_BYTES = 16 * 1024 * 1024;
/** Of all bodies that are read or wait to become durable. */
const MOST_BYTES = 4 * MAX_BYTES;

/** Alerts as Alertmanager and Prometheus send them: answered with 200 only when each is durable in Temporal. */
export function alertRoutes(app: FastifyInstance, gateway: Gateway): void {
  const room = openRoom(MOST_BYTES);
  for (const [path, { name, read }] of Object.entries(readers))
    app.route({
      method: 'POST',
      url: path,
      bodyLimit: MAX_BYTES,
      // Before the body is read, and once it was counted.
      async preParsing(request, reply) {
        const source = sourceOfHeader(request.headers.authorization, gateway.sources);
        if (source === undefined && gateway.sources.length > 0) throw new Unauthorized();
        request.source = source ?? name;
        const leave = room.enter(sizeOf(request));
        if (!leave) throw new ComeAgain('Other alerts wait to become durable');
        reply.raw.once('close', leave);
      },
      async handler(request, reply) {
        const found = read(request.body, new Date());
        if (!found || (found.invalid > 0 && found.alerts.length === 0)) {
          gateway.measures.alerts.inc({ source: request.source, result: 'invalid' });
          return reply.code(400).send({ error: `Cannot read this as alerts of ${name}` });
        }
        await takeAlerts(found, request, gateway);
        return reply.send({ status: 'durable' });
      },
    });
}

/** Where nobody says how much comes, it may be all. */
function sizeOf({ headers }: FastifyRequest): number {
  const length = Number(headers['content-length'] ?? MAX_BYTES);
  return Math.min(length || 0, MAX_BYTES);
}

async function takeAlerts(
  { alerts, invalid, truncated }: ReadAlerts,
  { source }: FastifyRequest,
  { targets, intake, measures, log }: Gateway,
): Promise<void> {
  // What is left out may still fire, and share an incident with what is said to be over.
  const believed = alerts.filter(({ status }) => status === 'firing' || truncated === 0);
  const routed = believed.map((alert) => ({ alert, reports: routeAlert(alert, targets, source) }));
  const stray = routed.filter(({ reports }) => reports.length === 0);
  const all = combine(routed.flatMap((one) => one.reports));
  const reports = gatherStorm(all, targets, intake.knows);

  const count = (result: Result, times = 1) => measures.alerts.inc({ source, result }, times);
  count('unrouted', stray.length);
  count('invalid', invalid);
  count('doubtful', alerts.length - believed.length);
  for (const name of new Set(stray.map(({ alert }) => nameForLog(alert.labels['alertname']))))
    log(`No target takes the alert "${name}" of ${source}`);
  if (invalid > 0) log(`Cannot read ${countText(invalid, 'alert')} of ${source}`);
  if (truncated > 0)
    log(`${source} left out ${countText(truncated, 'alert')}: give its receiver no "max_alerts"`);

  const stop = measures.intake.startTimer();
  try {
    for (const result of await intake.take(reports)) count(result);
    stop();
  } catch (error) {
    count('failed', all.length);
    throw error;
  }
}
