/** Numbers by chance that are the same each time (mulberry32). */
export function drawing(seed: number) {
  let state = seed;

  function uniform(): number {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  function normal(): number {
    return Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  }

  return {
    uniform,
    normal,
    /** Around `middle`, with a relative spread. */
    lognormal: (middle: number, spread: number) => middle * Math.exp(spread * normal()),
  };
}
