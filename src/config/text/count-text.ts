/** `1 row`, `2 rows`, `no rows`. */
export function countText(count: number | 'no', one: string, more = `${one}s`): string {
  return `${count} ${count === 1 ? one : more}`;
}
