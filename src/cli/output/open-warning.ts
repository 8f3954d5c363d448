/** What a server of our own without a door means. `why`: what the machine says. */
export function openWarning(why: string): string {
  return (
    'Every user of this machine can read and start runs, and so act as the user of the worker: the Temporal server cannot be closed ' +
    `to them, because it can have no network of its own here (${why}). See docs/access.md`
  );
}
