/** Throws numbers from 0 up to 1: the same ones for the same seed. (Mulberry32, by Tommy Ettinger, public domain.) */
export function dice(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The seed of this run of the tests, from RUNBOOK_SEED: another one each time without it. */
export function seedOfThisRun(): number {
  return Number(process.env['RUNBOOK_SEED'] ?? Date.now() % 1_000_000);
}
