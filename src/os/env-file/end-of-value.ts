import { afterContinued, endOfLine, goesOn, slashesBefore, withoutReturn } from './lines.ts';

/** Where a value ends, its comment included, or where what is unclear about it ends, and what that is. */
export interface EndOfValue {
  /** Before the line feed. */
  readonly end: number;
  readonly fault?: string;
}

const OPEN = 'has a quote that does not close';
const GOES_ON = 'ends with a backslash, as if it went on';

/** Readers differ about escapes: a quote counts as closed only where it is for all of them. */
export function endOfValue(text: string, start: number): EndOfValue {
  const quote = text[start];
  if (quote === '"' || quote === "'") return endOfQuoted(text, start, quote);
  const end = endOfLine(text, start);
  const body = withoutReturn(text.slice(start, end));
  // Only Node and its dotenv take it for a quote.
  if (quote === '`' && !body.includes('`', 1)) return { end: text.length, fault: OPEN };
  // It may be a space for some: a vertical tab, or one that does not break.
  if (/^[^!-~]+["'`]/.test(body))
    return { end: text.length, fault: 'has an odd space before its quote' };
  return goesOn(body) ? { end: afterContinued(text, start), fault: GOES_ON } : { end };
}

function endOfQuoted(text: string, start: number, quote: string): EndOfValue {
  let escaped = false;
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\0') return { end: text.length, fault: 'has a NUL byte' };
    if (text[at] !== quote) continue;
    const slashes = slashesBefore(text, at, start + 1);
    if (slashes === 0) return afterQuoted(text, start, at, escaped);
    if (quote === "'" || slashes % 2 === 0)
      return { end: text.length, fault: 'has a backslash before a quote' };
    escaped = true;
  }
  return { end: text.length, fault: OPEN };
}

function afterQuoted(text: string, start: number, close: number, escaped: boolean): EndOfValue {
  const end = endOfLine(text, close);
  const rest = withoutReturn(text.slice(close + 1, end));
  if (!/^[ \t]*(?:#.*)?$/.test(rest))
    return {
      end: /["'`]/.test(rest) ? text.length : afterContinued(text, close),
      fault: 'goes on after its closing quote',
    };
  if (goesOn(rest)) return { end: afterContinued(text, close), fault: GOES_ON };
  // Node ends the value at an escaped quote, and goes on with the next line.
  if (escaped && text.slice(start, close).includes('\n'))
    return { end, fault: 'has an escaped quote in a value of several lines' };
  return { end };
}
