import type { temporal } from '@temporalio/proto';

type Payload = temporal.api.common.v1.IPayload;

export interface Hostile {
  /** What somebody sends who reaches Temporal and means no good: bytes that are no JSON, other shapes, too much. */
  readonly payloads: (legal: unknown) => { payloads?: Payload[] } | undefined;
  /** Such a value as JSON. */
  readonly json: (legal: unknown) => string;
  readonly among: <Item>(items: readonly Item[]) => Item;
}

/**
 * The same one for the same seed. `short`: no message is long. A long one costs the server and the worker several times as much, and a border that takes
 * twenty of them takes the next, too.
 */
export function hostile(seed: number, { short = false } = {}): Hostile {
  const share = short ? 0.001 : 1;
  let state = seed;

  return { payloads, json, among };

  function payloads(legal: unknown): { payloads?: Payload[] } | undefined {
    const text = Buffer.from(json(legal));
    const kind = below(20);
    if (kind === 0) return undefined;
    if (kind === 1) return { payloads: [] };
    if (kind === 2) return { payloads: [{}] };
    if (kind === 3) return { payloads: [payload('json/plain', text.subarray(0, text.length / 2))] };
    if (kind === 4) return { payloads: [payload('json/plain', Buffer.from([0xff, 0xfe, 0x00]))] };
    if (kind === 5) return { payloads: [payload('no/such', text)] };
    if (kind === 6) return { payloads: [payload('json/protobuf', text)] };
    if (kind === 7) return { payloads: [payload('binary/plain', text)] };
    if (kind === 8) return { payloads: [payload('binary/null', text)] };
    if (kind === 9)
      return { payloads: [payload('json/plain', text), {}, payload('no/such', text)] };
    if (kind === 10) return { payloads: [{ data: text }] };
    return { payloads: [payload('json/plain', text)] };
  }

  function json(legal: unknown): string {
    const kind = below(12);
    if (kind === 0) return '['.repeat(20_000 * share) + ']'.repeat(20_000 * share);
    if (kind === 1) return `[${Array.from({ length: 100_000 * share }, () => '""').join(',')}]`;
    if (kind === 2) return '{"__proto__":{"by":"x","step":"y"},"constructor":{"prototype":{}}}';
    if (kind === 3) return JSON.stringify('x'.repeat(900_000 * share));
    if (kind < 7) return JSON.stringify(scalar());
    if (typeof legal !== 'object' || legal === null) return JSON.stringify([scalar()]);
    const keys = Object.keys(legal);
    const changed: Record<string, unknown> = { ...legal, [among(keys)]: scalar() };
    if (kind === 7) delete changed[among(keys)];
    const text = JSON.stringify(changed);
    return kind === 8 ? `{"__proto__":null,${text.slice(1)}` : text;
  }

  function scalar(): unknown {
    return among<unknown>([
      null,
      true,
      0,
      -1,
      1e308,
      '',
      '\u0000\u001B[31m\u202E',
      '../../../../victim',
      '__proto__',
      'x'.repeat(below(200_000) * share),
      [],
      [null],
      {},
      { $ne: 1 },
      Array.from({ length: 30_000 * share }, () => ''),
    ]);
  }

  function among<Item>(items: readonly Item[]): Item {
    return items[below(items.length)]!;
  }

  /** Mulberry32. */
  function below(most: number): number {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % most;
  }
}

function payload(encoding: string, data: Uint8Array): Payload {
  return { metadata: { encoding: Buffer.from(encoding) }, data };
}
