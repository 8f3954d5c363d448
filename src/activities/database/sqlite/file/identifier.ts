/** A name as SQLite takes it in a statement, whatever it has in it. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
