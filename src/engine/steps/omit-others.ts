interface Line {
  omit(why: string): void;
}

/** Leaves out every line of a plan but its first, which has found that there is nothing to do. */
export function omitOthers(step: Readonly<Record<string, Line>>, why: string): void {
  const [, ...others] = Object.values(step);
  for (const line of others) line.omit(why);
}
