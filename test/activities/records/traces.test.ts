import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { openTraceSender } from '../../../src/activities/records/trace-sender.ts';
import { inheritedEnvironment } from '../../../src/os/process/inherited-environment.ts';
import { runTrace, type TracedRun } from '../../../src/report/run/run-trace.ts';
import { at, ledger, reported } from '../../report/support/reported.ts';
import { reservedPort } from '../../support/reserved-port.ts';
import { lengthOf, startTraceReceiver, told } from '../../support/trace-receiver.ts';

const run = reported() as TracedRun;

function runOf(changes: Parameters<typeof reported>[0]): TracedRun {
  return reported(changes) as TracedRun;
}

afterEach(() => vi.unstubAllEnvs());

describe('the trace of a run', () => {
  test('has a span for the run, each line that began and each part, which nest and last as the ledger says', () => {
    const spans = runTrace(run);
    const byId = new Map(spans.map((span) => [span.spanId, span]));
    const [root, ...others] = spans;

    expect(byId.size).toBe(spans.length);
    expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(
      new Set([expect.stringMatching(/^[0-9a-f]{32}$/)]),
    );
    expect(root).toMatchObject({ name: 'database-recovery', status: { code: 1 } });
    expect([root!.parentSpanId, lengthOf(root!)]).toEqual([undefined, 13_000]);
    for (const span of others) {
      const parent = byId.get(span.parentSpanId!)!;
      expect(BigInt(span.startTimeUnixNano) >= BigInt(parent.startTimeUnixNano)).toBe(true);
      expect(BigInt(span.endTimeUnixNano) <= BigInt(parent.endTimeUnixNano)).toBe(true);
    }
    const all = ledger.flatMap((line) => [line, ...(line.parts ?? [])]);
    expect(others.map((span) => [told(span, 'runbook.step'), lengthOf(span)])).toEqual(
      all
        .filter(({ startedAt }) => startedAt)
        .map(({ id, startedAt, finishedAt }) => [
          id,
          Date.parse(finishedAt!) - Date.parse(startedAt!),
        ]),
    );
    expect(others.find((span) => told(span, 'runbook.step') === 'clear')).toMatchObject({
      status: { code: 2, message: 'connect ECONNREFUSED' },
    });
  });

  test('has what people did and heard as events, and what it took over as a link', () => {
    const [root] = runTrace(run);
    const [before] = runTrace(runOf({ run: run.ending.tookOver!.from }));

    expect(root!.events?.map(({ name }) => name)).toEqual([
      'approved',
      'decided',
      'notified',
      'notified',
    ]);
    expect(root!.links).toEqual([{ traceId: before!.traceId, spanId: before!.spanId }]);
  });

  test('has a span for each attempt, from one decision to the next', () => {
    const lines = ledger.map((line) => (line.id === 'copy' ? { ...line, attempt: 2 } : line));
    const decided = { what: 'decided', choice: 'retry', step: 'copy', by: 'x', at: at(8) } as const;
    const spans = runTrace(runOf({ ledger: lines, interventions: [decided] }));
    const attempts = spans.filter(({ name }) => name === 'attempt');

    expect(attempts.map((span) => [told(span, 'runbook.attempt'), lengthOf(span)])).toEqual([
      ['1', 900],
      ['2', 2000],
    ]);
    expect(attempts.map(({ status }) => status.code)).toEqual([2, undefined]);
    // An older run does not say when.
    expect(
      runTrace(runOf({ ledger: lines, interventions: [] })).map(({ name }) => name),
    ).not.toContain('attempt');
  });

  test('joins that of the run that it is a part of, and links to one that goes on by itself', () => {
    const part = `${run.ending.run}/copy.2`;
    const other = 'send-offsite/demo/20260105_020009';
    const lines = ledger.map((line) =>
      line.id === 'copy' ? { ...line, runs: [part, other] } : line,
    );
    const parent = runTrace(runOf({ ledger: lines }));
    const [child] = runTrace(runOf({ run: part, runbook: 'daily-backup' }));
    const [begun] = runTrace(
      runOf({ run: other, because: `begun by ${run.ending.run}`, tookOver: undefined }),
    );

    const call = parent.find(({ spanId }) => spanId === child!.parentSpanId)!;
    expect([child!.traceId, told(call, 'runbook.run')]).toEqual([parent[0]!.traceId, part]);
    const copy = parent.find((span) => told(span, 'runbook.step') === 'copy')!;
    expect(call.parentSpanId).toBe(copy.spanId);
    expect(copy.links).toEqual([{ traceId: begun!.traceId, spanId: begun!.spanId }]);
    expect(begun!.links).toEqual([{ traceId: parent[0]!.traceId, spanId: parent[0]!.spanId }]);
    expect([begun!.traceId === parent[0]!.traceId, begun!.parentSpanId]).toEqual([
      false,
      undefined,
    ]);
  });

  test('is of a bounded size, whatever a ledger holds', () => {
    const lines = Array.from({ length: 3000 }, (_, index) => ({
      ...ledger[0]!,
      id: `a${index}`,
      note: 'x'.repeat(5000),
    }));

    expect(JSON.stringify(runTrace(runOf({ ledger: lines }))).length).toBeLessThan(2_500_000);
  });
});

describe('who sends traces', () => {
  test('sends one message a run to the endpoint that the environment names, and nothing without', async () => {
    const receiver = await startTraceReceiver();
    const lines: string[] = [];
    const sender = openTraceSender({ tell: (line) => void lines.push(line) });
    sender.send(run);
    vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', `${receiver.url}/otlp/`);
    vi.stubEnv('OTEL_EXPORTER_OTLP_HEADERS', 'x-token=a%2Cb, x-team=ops');
    vi.stubEnv('OTEL_RESOURCE_ATTRIBUTES', 'deployment.environment.name=production');
    sender.send(run);
    await vi.waitFor(() => expect(receiver.posts).toHaveLength(1));
    vi.stubEnv('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', `${receiver.url}/traces`);
    sender.send(run);
    await vi.waitFor(() => expect(receiver.posts).toHaveLength(2));
    await receiver.close();

    const [post, second] = receiver.posts;
    expect([post!.path, second!.path, lines]).toEqual(['/otlp/v1/traces', '/traces', []]);
    expect(post!.headers).toMatchObject({
      'content-type': 'application/json',
      'x-token': 'a,b',
      'x-team': 'ops',
    });
    expect(post!.resource).toMatchObject({
      'service.name': 'durable-runbooks',
      'deployment.environment.name': 'production',
    });
    expect(post!.spans).toEqual(JSON.parse(JSON.stringify(runTrace(run))));
  });

  test('reads what is secret from a file, too', async () => {
    const receiver = await startTraceReceiver();
    const directory = mkdtempSync(join(tmpdir(), 'traces-'));
    writeFileSync(join(directory, 'headers'), 'x-token=of a file\n');
    vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', receiver.url);
    vi.stubEnv('OTEL_EXPORTER_OTLP_HEADERS_FILE', join(directory, 'headers'));
    const lines: string[] = [];
    const sender = openTraceSender({ tell: (line) => void lines.push(line) });
    sender.send(run);
    await vi.waitFor(() => expect(receiver.posts).toHaveLength(1));
    rmSync(directory, { recursive: true });
    sender.send(run);
    await receiver.close();

    expect(receiver.posts.map(({ headers }) => headers['x-token'])).toEqual(['of a file']);
    expect(lines).toEqual([expect.stringContaining('OTEL_EXPORTER_OTLP_HEADERS_FILE')]);
  });

  test('tells once that nobody takes them, and when somebody does again', async () => {
    let status = 503;
    const receiver = await startTraceReceiver(() => status);
    const lines: [string, boolean][] = [];
    const sender = openTraceSender({ tell: (...line) => void lines.push(line) });
    const url = receiver.url.replace('//', '//me:secret@');
    const sent = async (endpoint: string, count: number) => {
      vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', endpoint);
      sender.send(run);
      await vi.waitFor(() => expect(receiver.posts).toHaveLength(count));
      await sleep(50);
    };
    await sent(url, 1);
    await sent(`http://127.0.0.1:${await reservedPort()}`, 1);
    await sent('nowhere', 1);
    status = 200;
    await sent(url, 2);
    await sent('ftp://x', 2);
    await receiver.close();

    expect(lines).toEqual([
      [
        expect.stringMatching(/^Cannot send the traces of runs: 127\.0\.0\.1:\d+ answered 503$/),
        false,
      ],
      ['Able to send the traces of runs again', true],
      [expect.stringContaining('no URL'), false],
    ]);
  });

  test('waits for nobody who hangs, and keeps no more than a few messages for them', async () => {
    const receiver = await startTraceReceiver(() => 'never');
    vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', receiver.url);
    const lines: string[] = [];
    const sender = openTraceSender({ limit: 700, tell: (line) => void lines.push(line) });
    const begun = performance.now();
    for (let index = 0; index < 50; index += 1) sender.send(run);
    const taken = performance.now() - begun;
    await vi.waitFor(() => expect(receiver.posts).toHaveLength(20));
    await sleep(900);
    sender.send(run);
    await vi.waitFor(() => expect(receiver.posts).toHaveLength(21));
    await receiver.close();

    expect(taken).toBeLessThan(300);
    expect(lines).toEqual([expect.stringContaining('has 20 unanswered')]);
  });

  test('has variables that no application inherits', () => {
    vi.stubEnv('OTEL_EXPORTER_OTLP_HEADERS', 'x-token=secret');

    expect(inheritedEnvironment()).not.toHaveProperty('OTEL_EXPORTER_OTLP_HEADERS');
  });
});
