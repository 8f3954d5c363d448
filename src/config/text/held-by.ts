/** What a run hears that cannot have its target, as a sentence. */
export function heldBy(target: string, holder: string, since: string): string {
  return `"${target}" is held by "${holder}" since ${since}`;
}

/** The run behind which another stands, by that sentence. */
export function holderIn(sentence: string): string | undefined {
  return /^"[^"]+" is held by "([^"]+)" since /.exec(sentence)?.[1];
}
