import { hostname } from 'node:os';
import { version } from '../../config/version.ts';
import { sendHttp, troubleOf } from '../../os/http/send-http.ts';
import { runTrace, type TracedRun } from '../../report/run/run-trace.ts';
import { type TraceReceiver, traceReceiver } from './trace-receiver.ts';

interface Options {
  /** Takes what goes wrong, once, and `isOver` when it is over. */
  readonly tell: (line: string, isOver: boolean) => void;
  /** In ms, for the answer to one trace. */
  readonly limit?: number;
}

/** In ms. */
const LIMIT = 2000;
/** So many wait for an answer at once. More are not sent: a receiver that hangs must not fill the memory. */
const MAX_UNANSWERED = 20;

/**
 * Sends the traces of runs to who receives OTLP by HTTP in JSON, where the environment names one. Nothing waits for it: what is not taken
 * within 2 s is lost, and never sent again, and that is told once until one is taken.
 */
export function openTraceSender({ tell, limit = LIMIT }: Options) {
  let unanswered = 0;
  let trouble: string | undefined;

  return {
    /** Returns at once. */
    send(run: TracedRun): void {
      try {
        const receiver = traceReceiver();
        if (receiver) void post(run, receiver);
      } catch (error) {
        failed((error as Error).message);
      }
    },
  };

  async function post(run: TracedRun, receiver: TraceReceiver): Promise<void> {
    if (unanswered >= MAX_UNANSWERED)
      return failed(`${receiver.url.host} has ${MAX_UNANSWERED} unanswered`);
    unanswered += 1;
    try {
      const answer = await sendHttp(receiver.url, {
        method: 'POST',
        headers: { ...receiver.headers, 'content-type': 'application/json' },
        body: JSON.stringify(messageOf(run, receiver)),
        signal: AbortSignal.timeout(limit),
      });
      answer.drop();
      if (answer.ok) taken();
      else failed(`${receiver.url.host} answered ${answer.status}`);
    } catch (error) {
      failed(`${receiver.url.host} does not answer (${troubleOf(error)})`);
    } finally {
      unanswered -= 1;
    }
  }

  function failed(why: string): void {
    if (trouble === undefined) tell(`Cannot send the traces of runs: ${why}`, false);
    trouble = why;
  }

  function taken(): void {
    if (trouble !== undefined) tell('Able to send the traces of runs again', true);
    trouble = undefined;
  }
}

/** `ExportTraceServiceRequest` of OTLP 1. */
function messageOf(run: TracedRun, { service, attributes }: TraceReceiver) {
  const known = {
    'host.name': hostname(),
    ...attributes,
    'service.name': service,
    'service.version': version,
  };
  const resource = {
    attributes: Object.entries(known).map(([key, value]) => ({
      key,
      value: { stringValue: value },
    })),
  };
  const scope = { name: 'durable-runbooks', version };
  return { resourceSpans: [{ resource, scopeSpans: [{ scope, spans: runTrace(run) }] }] };
}
