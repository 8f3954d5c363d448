/** What `sqlite3_complete` knows of a text: https://sqlite.org/src/file/src/complete.c */
type State = 'start' | 'normal' | 'explain' | 'create' | 'trigger' | 'semi' | 'end';

const CLOSING: Readonly<Record<string, string>> = { "'": "'", '"': '"', '`': '`', '[': ']' };
/** What ends a run of text in which nothing happens. */
const PLAIN = /[^\s;'"`[\-/\w$]+|[ \t\n\f\r]+|[\w$]+/y;

/**
 * The statements of a file as the sqlite3 program reads them from its input: line by line, without what ends a line, until there is a
 * `;` that ends a statement. Where it would take a line for a command of its own, or would drop what is left, this fails.
 */
export function* statementsOf(lines: Iterable<string>): Generator<string> {
  let statement = '';
  let scan = openScan();
  for (const raw of lines) {
    const line = raw.replace(/\r?\n$/, '');
    if (statement === '') {
      if (line.trim() === '') continue;
      if (/^[.#]/.test(line)) throw new Error(`it would be taken for a command: "${line}"`);
    } else if (/^\s*(\/|go)\s*$/i.test(line) && scan.isWhole(';'))
      throw new Error(`the line "${line.trim()}" would end a statement`);
    const piece = statement === '' ? line : `\n${line}`;
    statement += piece;
    if (!scan.takes(piece)) continue;
    yield statement;
    statement = '';
    scan = openScan();
  }
  if (statement.trim() !== '') throw new Error('it ends in the middle of a statement');
}

interface Scan {
  /** Reads on, and answers whether all that it has read ends a statement. */
  takes(piece: string): boolean;
  /** The same with `more` after it, without reading on. */
  isWhole(more: string): boolean;
}

function openScan(from: { state: State; until: string | undefined } = START): Scan {
  let { state, until } = from;
  return {
    takes(piece) {
      for (let at = 0; at < piece.length;) at = step(piece, at);
      // A comment of one line ends with it.
      if (until === '\n') until = undefined;
      return until === undefined && state === 'start';
    },
    isWhole: (more) => openScan({ state, until }).takes(more),
  };

  function step(text: string, at: number): number {
    if (until !== undefined) {
      const end = text.indexOf(until, at);
      if (end < 0) return text.length;
      const length = until.length;
      until = undefined;
      return end + length;
    }
    const two = text.slice(at, at + 2);
    if (two === '--' || two === '/*') {
      until = two === '--' ? '\n' : '*/';
      return at + 2;
    }
    const closing = CLOSING[text.charAt(at)];
    if (closing !== undefined) {
      state = next(state, 'other');
      until = closing;
      return at + 1;
    }
    if (text.charAt(at) === ';') {
      state = next(state, ';');
      return at + 1;
    }
    PLAIN.lastIndex = at;
    const run = PLAIN.exec(text)?.[0] ?? text.charAt(at);
    if (run.trim() !== '') state = next(state, run.toLowerCase());
    return at + run.length;
  }
}

const START = { state: 'start', until: undefined } as const;

/** Only the body of a trigger has `;` within: it ends with `; end;`. */
function next(state: State, token: string): State {
  if (token === ';') return state === 'trigger' || state === 'semi' ? 'semi' : 'start';
  switch (state) {
    case 'start':
      return token === 'explain' ? 'explain' : token === 'create' ? 'create' : 'normal';
    case 'explain':
      return token === 'create'
        ? 'create'
        : token === 'query' || token === 'plan'
          ? state
          : 'normal';
    case 'create':
      return token === 'trigger'
        ? 'trigger'
        : token === 'temp' || token === 'temporary'
          ? state
          : 'normal';
    case 'trigger':
    case 'end':
      return 'trigger';
    case 'semi':
      return token === 'end' ? 'end' : 'trigger';
    case 'normal':
      return state;
  }
}
