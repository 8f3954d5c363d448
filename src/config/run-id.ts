/** Of runs of which some are parts of others (`<parent>/<step>`), the outermost. */
export function outermost(ids: readonly string[]): string[] {
  return ids.filter((id) => !ids.some((other) => id.startsWith(`${other}/`)));
}

/** What stands in the middle of each workflow id of ours: `daily-backup/shop/20260105_020000`, `incident/shop/...`. Undefined: it is none. */
export function targetNameIn(id: string): string | undefined {
  return id.split('/')[1];
}
