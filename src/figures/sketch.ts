/**
 * A histogram in buckets that grow by 2 %: any percentile within 1 %, in some 50 bytes an hour, and a day is the sum of its hours. The
 * mean of 24 percentiles is none: with one bad hour it was wrong by a factor of 3.
 */
export interface Sketch {
  readonly n: number;
  /** How many values fell into a bucket, by its number. They are in the order of the values. */
  readonly buckets: ReadonlyMap<number, number>;
}

const RATIO = 1.02;
const LOG = Math.log(RATIO);
/** Above the number of the smallest value that a double can have: 0 is bucket 0, and negative values have negative numbers. */
const OFFSET = 40_000;

/** Error: `RangeError` for what is no number, for one of them would spoil all that come after it. */
export function sketchOf(values: Iterable<number>): Sketch {
  return summed((add) => {
    for (const value of values) add(bucketOf(value), 1);
  });
}

/** Also of sketches as they are stored: of thousands, to decode each by itself would cost more than all else. */
export function mergeSketches(sketches: Iterable<Sketch | Uint8Array>): Sketch {
  return summed((add) => {
    for (const sketch of sketches)
      if (sketch instanceof Uint8Array) readBuckets(sketch, add);
      else for (const [bucket, count] of sketch.buckets) add(bucket, count);
  });
}

type Add = (bucket: number, count: number) => void;

/** Not from within `addAll`: there is one place to add in. */
function summed(addAll: (add: Add) => void): Sketch {
  let n = 0;
  const touched: number[] = [];
  try {
    addAll((bucket, count) => {
      n += count;
      const place = bucket + 2 * OFFSET;
      if (counts[place] === 0) touched.push(place);
      counts[place]! += count;
    });
    const buckets = new Map<number, number>();
    for (const place of Int32Array.from(touched).toSorted())
      buckets.set(place - 2 * OFFSET, counts[place]!);
    return { n, buckets };
  } finally {
    for (const place of touched) counts[place] = 0;
  }
}

/** Of each bucket that there can be, all 0 between two merges: a year has millions of additions. */
const counts = new Float64Array(4 * OFFSET + 1);

/** `share` from 0 to 1: 0.95 is the value that 95 % do not exceed. Undefined: there are no values. */
export function percentileOf({ n, buckets }: Sketch, share: number): number | undefined {
  if (n === 0) return undefined;
  const rank = Math.max(1, Math.ceil(share * n));
  let passed = 0;
  let last = 0;
  for (const [bucket, count] of buckets) {
    passed += count;
    last = bucket;
    if (passed >= rank) break;
  }
  return valueOf(last);
}

/** Most buckets hold up to 3 values, and take one byte: the distance to the one before and the count. */
export function encodeSketch({ buckets }: Sketch): Uint8Array {
  const bytes: number[] = [];
  let before = 0;
  for (const [bucket, count] of buckets) {
    const gap = bytes.length === 0 ? zigzag(bucket) : bucket - before;
    pushVarint(bytes, gap * 4 + Math.min(count - 1, 3));
    if (count > 3) pushVarint(bytes, count - 4);
    before = bucket;
  }
  return Uint8Array.from(bytes);
}

/** Error: `RangeError` for bytes that are no sketch. */
export function decodeSketch(bytes: Uint8Array): Sketch {
  return mergeSketches([bytes]);
}

/** Each bucket once, in their order. */
function readBuckets(bytes: Uint8Array, add: Add): void {
  let at = 0;
  let bucket = 0;
  while (at < bytes.length) {
    const isFirst = at === 0;
    const head = varint();
    const gap = Math.floor(head / 4);
    if (!isFirst && gap === 0) throw notASketch();
    bucket = isFirst ? unzigzag(gap) : bucket + gap;
    if (Math.abs(bucket) > 2 * OFFSET) throw notASketch();
    add(bucket, head % 4 === 3 ? varint() + 4 : (head % 4) + 1);
  }

  function varint(): number {
    let value = 0;
    for (let factor = 1; factor <= 2 ** 42; factor *= 128) {
      const byte = bytes[at];
      if (byte === undefined) throw notASketch();
      at += 1;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
    throw notASketch();
  }
}

function bucketOf(value: number): number {
  if (!Number.isFinite(value)) throw new RangeError(`Expected a number, not ${value}`);
  if (value === 0) return 0;
  const size = OFFSET + Math.ceil(Math.log(Math.abs(value)) / LOG);
  return value > 0 ? size : -size;
}

/** The middle of a bucket, in the sense that its ends are equally wrong. */
function valueOf(bucket: number): number {
  if (bucket === 0) return 0;
  const size = (2 * RATIO ** (Math.abs(bucket) - OFFSET)) / (RATIO + 1);
  return bucket > 0 ? size : -size;
}

function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

function unzigzag(value: number): number {
  return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
}

function pushVarint(bytes: number[], value: number): void {
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  bytes.push(rest);
}

function notASketch(): RangeError {
  return new RangeError('Expected the bytes of a sketch');
}
