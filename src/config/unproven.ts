/** What a check could not prove of a database, and why: it is neither sound nor damaged by that. */
export interface Unproven {
  /** Such as `quick_check of "items"`. */
  readonly check: string;
  /** Such as `no such collation sequence: de_phone`. */
  readonly why: string;
}

interface Checked {
  /** Names of the checks that it passed. */
  readonly checks: readonly string[];
  readonly unproven?: readonly Unproven[] | undefined;
}

/** As text: `passed sha256, schema; not proven: quick_check of "items" (no such collation sequence: de_phone)`. */
export function passedText({ checks, unproven = [] }: Checked): string {
  const passed = `passed ${checks.join(', ')}`;
  return unproven.length > 0 ? `${passed}; ${unprovenText(unproven)}` : passed;
}

export function unprovenText(unproven: readonly Unproven[]): string {
  return `not proven: ${unproven.map(({ check, why }) => `${check} (${why})`).join(', ')}`;
}
