// oxlint-disable-next-line no-control-regex
const PIECES = /\u001B\[([?\d;]*)([A-Za-z])|./gsu;

/** What a terminal shows after it was written to: as far as `top` uses one, with wrap switched off, one cell a letter. */
export function screenModel(columns: number, rows: number) {
  const cells = Array.from({ length: rows }, () => Array.from({ length: columns }, () => ' '));
  let [row, column] = [0, 0];

  return {
    write(text: string): void {
      for (const [piece, parameters = '', command] of text.matchAll(PIECES))
        if (command === undefined) put(piece);
        else obey(command, parameters);
    },
    lines: () => cells.map((line) => line.join('').trimEnd()),
  };

  function put(letter: string): void {
    cells[row]![column] = letter;
    // The cursor stays on the last cell.
    column = Math.min(column + 1, columns - 1);
  }

  function obey(command: string, parameters: string): void {
    if (command === 'H') {
      const [y = 1, x = 1] = parameters.split(';').filter(Boolean).map(Number);
      [row, column] = [Math.min(y, rows) - 1, Math.min(x, columns) - 1];
    } else if (command === 'K') cells[row]!.fill(' ', column);
    else if (command === 'J') for (const line of cells) line.fill(' ');
    else if (!'mhl'.includes(command)) throw new Error(`It knows no "${command}"`);
  }
}
