/** Text from outside as one line that does nothing to a terminal. */
export function oneLine(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/\s*[\r\n\u2028\u2029]+\s*/g, '; ')
    .replaceAll(/\p{Cc}/gu, '\uFFFD')
    .trim();
}
