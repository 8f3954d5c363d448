/** What takes no cell of its own: marks above letters, and what joins letters. */
const NOTHING = /^[\p{Mn}\p{Me}\u200C\u200D]$/u;

/** What takes two cells: the ranges of Unicode's East Asian Width "W" and "F", rounded up to their blocks, and emoji. */
const TWO =
  /^[\u1100-\u115F\u2329\u232A\u2630-\u2637\u268A-\u268F\u2E80-\u303E\u3041-\u33FF\u3400-\uA4CF\uA960-\uA97C\uAC00-\uD7A3\uF900-\uFAFF\uFE10-\uFE19\uFE30-\uFE6F\uFF01-\uFF60\uFFE0-\uFFE6\u{16FE0}-\u{1B2FF}\u{1D300}-\u{1D3FF}\u{1F000}-\u{1FAFF}\u{20000}-\u{3FFFD}\p{Emoji_Presentation}]$/u;
/** Makes an emoji of the letter before it. */
const EMOJI_SIGN = '\uFE0F';

const ASCII = /^[ -~]*$/;

/** How many cells of a terminal a text takes. Never less than it does. */
export function cellsOf(text: string): number {
  if (ASCII.test(text)) return text.length;
  return Array.from(text, widthOf).reduce((sum, width) => sum + width, 0);
}

/** The beginning of a text that is too long, and a sign that there is more. */
export function cut(text: string, cells: number): string {
  if (cellsOf(text) <= cells) return text;
  if (cells < 1) return '';
  let taken = '';
  let width = 0;
  for (const letter of text) {
    width += widthOf(letter);
    if (width > cells - 1) break;
    taken += letter;
  }
  return `${taken}…`;
}

export function padCells(text: string, cells: number): string {
  return text + ' '.repeat(Math.max(cells - cellsOf(text), 0));
}

/** A command over as many lines as it needs, so that nothing of it is cut and a shell takes it as it stands. */
export function wrapCommand(text: string, cells: number): string[] {
  if (cellsOf(text) <= cells) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && cellsOf(longer) > cells - 2) {
      lines.push(`${line} \\`);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}

function widthOf(letter: string): number {
  if (letter === EMOJI_SIGN) return 1;
  if (NOTHING.test(letter)) return 0;
  return TWO.test(letter) ? 2 : 1;
}
