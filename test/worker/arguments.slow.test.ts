import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { argumentsByType } from '../../src/worker/arguments/arguments-by-type.ts';
import { expectArguments } from '../../src/worker/arguments/expect-arguments.ts';
import { hostile } from '../support/hostile.ts';

const SEED = Number(process.env['RUNBOOK_SEED'] ?? 14);
/** Calls of each activity. */
const MANY = process.env['RUNBOOK_TESTS'] === 'full' ? 40 : 4;

interface Call {
  readonly type: string;
  readonly args: readonly unknown[];
}

describe('expectArguments', () => {
  const recorded = recordedCalls();

  test('takes every call of every saved history', () => {
    const wrong = recorded.flatMap((call) => faultOf(call) ?? []);

    expect(recorded.length).toBeGreaterThan(1000);
    expect(wrong).toEqual([]);
  });

  test('refuses what is no argument of any activity, by name, and never for its length alone slowly', () => {
    const deep = JSON.parse('['.repeat(50_000) + ']'.repeat(50_000)) as unknown;
    const wide = Array.from({ length: 500_000 }, () => '');
    const never = [[Symbol('unreadable')], [null], [deep], [wide], ['x'.repeat(3_000_000)]];
    const more = [Array.from({ length: 20 }, () => '20260105_020000')];
    const begun = performance.now();

    const taken = Object.keys(argumentsByType).flatMap((type) =>
      [...never, ...more].flatMap((args) => (faultOf({ type, args }) === undefined ? type : [])),
    );

    expect(taken).toEqual([]);
    expect(performance.now() - begun).toBeLessThan(20_000);
  });

  test('answers whatever comes with a refusal or nothing, and no other error', () => {
    const { json, among } = hostile(SEED);
    const legal = new Map(recorded.map((call) => [call.type, call.args]));
    let refused = 0;
    let all = 0;
    for (const type of Object.keys(argumentsByType))
      for (let index = 0; index < MANY; index += 1) {
        const args = [...(legal.get(type) ?? [])];
        const at = among([0, 1]);
        args[at] = JSON.parse(json(args[at]));
        all += 1;
        refused += faultOf({ type, args }) === undefined ? 0 : 1;
      }

    expect(all).toBeGreaterThan(400);
    expect(refused / all).toBeGreaterThan(0.9);
  });
});

/** Undefined: it is taken. Throws what is no refusal. */
function faultOf({ type, args }: Call): string | undefined {
  try {
    expectArguments(type, args);
    return undefined;
  } catch (error) {
    expect(error).toMatchObject({ type: 'BadArguments', nonRetryable: true });
    const { message } = error as Error;
    expect(message).toContain(`"${type}"`);
    expect(message.length).toBeLessThan(1200);
    return `${type}: ${message}`;
  }
}

function recordedCalls(): Call[] {
  const files = globSync([
    'test/runbooks/*/histories/*.json',
    'test/workflows/standing/histories/*.json',
  ]);
  return files.flatMap((file) => {
    const { events } = JSON.parse(readFileSync(file, 'utf8')) as { events: readonly Event[] };
    return events.flatMap(({ activityTaskScheduledEventAttributes: call }) =>
      call ? { type: call.activityType.name, args: (call.input?.payloads ?? []).map(valueOf) } : [],
    );
  });
}

interface Event {
  readonly activityTaskScheduledEventAttributes?: {
    readonly activityType: { readonly name: string };
    readonly input?: { readonly payloads?: readonly Payload[] };
  };
}

interface Payload {
  readonly metadata: { readonly encoding: string };
  readonly data?: string;
}

function valueOf({ metadata, data = '' }: Payload): unknown {
  const encoding = Buffer.from(metadata.encoding, 'base64').toString();
  return encoding === 'binary/null'
    ? undefined
    : JSON.parse(Buffer.from(data, 'base64').toString());
}
