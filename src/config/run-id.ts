/** Of runs of which some are parts of others (`<parent>/<step>`), the outermost. */
export function outermost(ids: readonly string[]): string[] {
  return ids.filter((id) => !ids.some((other) => id.startsWith(`${other}/`)));
}
