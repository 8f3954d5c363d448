import { afterEach, describe, expect, vi } from 'vitest';
import { viewRun } from '../../src/client/runs/view-run.ts';
import type { Ledger } from '../../src/engine/run/ledger.ts';
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

describe('the trace of a run', () => {
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
