import { afterEach, describe, expect, vi } from 'vitest';
import { viewRun } from '../../src/client/runs/view-run.ts';
import type { Ledger } from '../../src/engine/run/ledger.ts';
import { decide, failing, waiting } from '../support/people.ts';
import { test } from '../support/run.ts';
import { lengthOf, startTraceReceiver, told } from '../support/trace-receiver.ts';
import { TIMEOUT } from '../support/timeouts.ts';

afterEach(() => vi.unstubAllEnvs());

function sum(ledger: Ledger): number {
  return ledger.reduce(
    (all, { startedAt, finishedAt }) =>
      startedAt ? all + Date.parse(finishedAt!) - Date.parse(startedAt) : all,
    0,
  );
}

const asking = test.extend({ decisions: { wait: '5m', waitWhileDown: '0s' } });

describe('the trace of a run', () => {
  asking('has each attempt that a person asked for, and who did', async ({ runs }) => {
    const receiver = await startTraceReceiver();
    vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', receiver.url);

    await runs.run(
      'practice',
      {},
      {
        around: failing('http.isReady', 1),
        meanwhile: async (run, client) => {
          const decided = await waiting(client, run, 'check');
          await decide(decided, { step: 'check', attempt: 1, choice: 'retry', by: 'ops-2' });
        },
      },
    );
    await vi.waitFor(() => expect(receiver.posts).toHaveLength(1), TIMEOUT);
    await receiver.close();

    const spans = receiver.spans();
    const line = spans.find((span) => told(span, 'runbook.step') === 'check')!;
    const [first, second, ...more] = spans.filter(
      ({ parentSpanId }) => parentSpanId === line.spanId,
    );
    expect([first!.name, second!.name, more]).toEqual(['attempt', 'attempt', []]);
    expect([first!.startTimeUnixNano, second!.startTimeUnixNano, second!.endTimeUnixNano]).toEqual([
      line.startTimeUnixNano,
      first!.endTimeUnixNano,
      line.endTimeUnixNano,
    ]);
    expect(first!.endTimeUnixNano > first!.startTimeUnixNano).toBe(true);
    const [event] = spans[0]!.events!.filter(({ name }) => name === 'decided');
    expect([event!.timeUnixNano, told(event!, 'by')]).toEqual([first!.endTimeUnixNano, 'ops-2']);
  });

  test('is one tree with that of its undone part, and lasts as its ledger says', async ({
    runs,
  }) => {
    const receiver = await startTraceReceiver();
    vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', receiver.url);

    const { run, ending } = await runs.run('parent', { bug: true });
    await vi.waitFor(() => expect(receiver.posts).toHaveLength(2), TIMEOUT);
    await receiver.close();

    const spans = receiver.spans();
    const byId = new Map(spans.map((span) => [span.spanId, span]));
    const roots = spans.filter(({ parentSpanId }) => parentSpanId === undefined);
    expect(roots.map((span) => told(span, 'runbook.run'))).toEqual([run]);
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
    expect(byId.size).toBe(spans.length);
    for (const span of spans.filter(({ parentSpanId }) => parentSpanId)) {
      const parent = byId.get(span.parentSpanId!)!;
      expect([span.name, span.startTimeUnixNano >= parent.startTimeUnixNano]).toEqual([
        span.name,
        true,
      ]);
      expect([span.name, span.endTimeUnixNano <= parent.endTimeUnixNano]).toEqual([
        span.name,
        true,
      ]);
    }
    const child = await viewRun(runs.client, `${run}/practise`);
    expect([ending.outcome, child.ending?.outcome]).toEqual(['undone', 'undone']);
    for (const { spans: own } of receiver.posts) {
      const id = told(own[0]!, 'runbook.run');
      const lines = own.filter(({ parentSpanId }) => parentSpanId === own[0]!.spanId);
      const { ledger } = id === run ? ending : child.ending!;
      expect(lines.length).toBeGreaterThan(0);
      expect(lines.reduce((all, span) => all + lengthOf(span), 0)).toBe(sum(ledger));
    }
  });

  test('keeps no run from ending, when who receives it hangs', async ({ runs }) => {
    const asked: number[] = [];
    const receiver = await startTraceReceiver(() => {
      asked.push(Date.now());
      return 'never';
    });
    vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', receiver.url);

    const { ending, endedAt } = await runs.run('practice');
    await receiver.close();

    expect([ending.outcome, asked.length]).toEqual(['done', 1]);
    // It is given up after 2 s.
    expect(Date.parse(endedAt!) - asked[0]!).toBeLessThan(1000);
  });
});
