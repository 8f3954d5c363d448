/** The workflows of a version that is otherwise: `from`, which must be there, is `to`. */
export function changed(code: string, from: string, to: string): string {
  if (!code.includes(from)) throw new Error(`The bundle has no "${from}"`);
  return code.replaceAll(from, to);
}
