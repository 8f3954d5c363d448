/** Sequences that a terminal obeys: CSI, OSC with its end, and those of two letters. */
const ESCAPES =
  // oxlint-disable-next-line no-control-regex
  /(?:\u001B\[|\u009B)[\d;:<=>?]*[ -/]*[@-~]|\u001B[\]PX^_][^\u0007\u001B]*(?:\u0007|\u001B\\)|\u001B[ -/]*[0-~]/g;

/** What nobody sees, and what turns the order of letters round. Letters of Arabic and Persian are joined by U+200C and U+200D. */
const UNSEEN = /[\p{Cf}--[\u200C\u200D]]/gv;

const PRINTABLE = /^[ -~\n\t]*$/;

/** Ends of lines for a terminal, a browser or an editor, other than \n. */
const LINE_ENDS = /\r\n?|[\u0085\u2028\u2029]/g;

/**
 * Text from outside that does nothing but to be read: on a terminal, in HTML, in Markdown. It keeps ends of lines and tabs; what
 * a terminal would obey, and what hides or turns letters round, is `mark`.
 */
export function plainText(text: string, mark = '\uFFFD'): string {
  // Most text has nothing of that, and this is soon seen.
  if (PRINTABLE.test(text)) return text;
  return text
    .toWellFormed()
    .replaceAll(ESCAPES, mark)
    .replaceAll(LINE_ENDS, '\n')
    .replaceAll(/[\p{Cc}--[\n\t]]/gv, mark)
    .replaceAll(UNSEEN, mark);
}

/** What `styleText` of Node writes for the colours that we use. None of them hides anything. */
// oxlint-disable-next-line no-control-regex
const STYLES = /(\u001B\[(?:0|1|2|22|3[1-6]|39|90)m)/;

/** The same for text of ours, whose colours stay. */
export function styledText(text: string): string {
  return text
    .split(STYLES)
    .map((part, at) => (at % 2 === 1 ? part : plainText(part)))
    .join('');
}

/** The same as one line of at most `most` letters. */
export function plainLine(text: string, most = Infinity): string {
  // What is cut off need not be read: a line may have megabytes.
  const part = Number.isFinite(most) ? text.slice(0, most * 4 + 1000) : text;
  const plain = plainText(part).replaceAll('\t', ' ');
  const line = (plain.includes('\n') ? plain.replaceAll(/\s*\n+\s*/g, '; ') : plain).trim();
  return line.length > most ? `${line.slice(0, most - 1).toWellFormed()}…` : line;
}
