/** Where the line at `at` ends: before its line feed. */
export function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end;
}

export function withoutReturn(raw: string): string {
  return raw.endsWith('\r') ? raw.slice(0, -1) : raw;
}

/** How many backslashes stand before `end`, and not before `start`. */
export function slashesBefore(text: string, end: number, start = 0): number {
  let count = 0;
  while (end - count > start && text[end - count - 1] === '\\') count += 1;
  return count;
}

/** systemd joins it with the next line. */
export function goesOn(line: string): boolean {
  const body = withoutReturn(line);
  return slashesBefore(body, body.length) % 2 === 1;
}

/** Where the last of the lines ends that go on, one into the next. */
export function afterContinued(text: string, at: number): number {
  let begin = at;
  let end = endOfLine(text, begin);
  while (end < text.length && goesOn(text.slice(begin, end))) {
    begin = end + 1;
    end = endOfLine(text, begin);
  }
  return end;
}
