interface Unhelped {
  /** Above the target's limit. Missing: it has none. */
  readonly isBad: boolean | undefined;
  /** What it still is: a sentence. */
  readonly still: string;
  /** What it may be. */
  readonly word: string;
  /** Where the target would say its limit. */
  readonly key: string;
  readonly tried: readonly string[];
}

/** What is said when no repair has helped: that it is still so, and where there is no limit, that this is nobody's knowledge. */
export function unhelpedText({ isBad, still, word, key, tried }: Unhelped): string {
  if (isBad !== undefined) return still;
  const nobody = `Nobody can tell whether it is ${word}: "${key}" of the target names no limit`;
  return tried.length > 0
    ? `${nobody}. What was tried (${tried.join(', ')}) changed little`
    : nobody;
}
