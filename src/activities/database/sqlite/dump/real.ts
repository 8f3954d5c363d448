/** Below it, the sqlite3 program of 3.40 reads one number in four as its neighbour, however many digits it is given (600 000 tried). */
const SMALLEST_READ_RIGHT = 1e-290;
/** Digits of any number that sqlite3 reads as that number: of the fewest that name it, 3.40 takes 7 in 100 000 for their neighbours. */
const DIGITS = 17;
/** In one factor: less than an integer of SQLite holds. */
const BITS = 30;

/** A number as SQL text that every SQLite reads as the same number, and never as an integer. */
export function real(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? '9.0e+999' : '-9.0e+999';
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  if (Math.abs(value) < SMALLEST_READ_RIGHT) return asProduct(value);
  const [digits, exponent] = value.toPrecision(DIGITS).split('e');
  const short = digits!.replace(/\.?0+$/, '');
  if (exponent !== undefined) return `${short.includes('.') ? short : `${short}.0`}e${exponent}`;
  if (!digits!.includes('.')) return `${digits}.0`;
  return short.includes('.') ? short : `${short}.0`;
}

/** A whole number, divided by powers of two: each step is exact, or the last one rounds as the number itself was. */
function asProduct(value: number): string {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  const word = bits.getBigUint64(0);
  const exponent = Number((word >> 52n) & 0x7ffn);
  const fraction = word & 0xfffffffffffffn;
  const whole = exponent === 0 ? fraction : fraction | (1n << 52n);
  const factors: string[] = [];
  for (let left = 1075 - Math.max(1, exponent); left > 0; left -= BITS)
    factors.push(`/${2 ** Math.min(BITS, left)}`);
  return `(${value < 0 ? '-' : ''}${whole}*1.0${factors.join('')})`;
}
