/**
 * A number as PostgreSQL's `trim_scale(value)::text` writes a numeric: no exponent, no zeros at its end. Of a REAL that is the shortest
 * decimal that reads back as the same REAL. Undefined: it is no number.
 */
export function decimalOf(value: bigint | number): string | undefined {
  if (typeof value === 'bigint') return String(value);
  if (!Number.isFinite(value)) return undefined;
  return plainDecimal(String(value));
}

/** The same of text such as `-12.50` or `1e3`, which must be nothing but a number. */
export function decimalOfText(text: string): string | undefined {
  // PostgreSQL has at most 131 072 digits before the point; nobody means so many.
  if (text.length > 1000 || !/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?$/i.test(text))
    return undefined;
  return plainDecimal(text);
}

function plainDecimal(text: string): string {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e');
  const isNegative = mantissa.startsWith('-');
  const [whole = '', fraction = ''] = mantissa.replace(/^[+-]/, '').split('.');
  const point = whole.length + Number(exponent);
  const digits = whole + fraction;
  const before = point > 0 ? digits.slice(0, point).padEnd(point, '0') : '';
  const after = point >= 0 ? digits.slice(point) : digits.padStart(digits.length - point, '0');
  const shownBefore = before.replace(/^0+/, '') || '0';
  const shownAfter = after.replace(/0+$/, '');
  const plain = shownAfter === '' ? shownBefore : `${shownBefore}.${shownAfter}`;
  return isNegative && plain !== '0' ? `-${plain}` : plain;
}
