/**
 * What a step must have that brings a backup which nobody answers for: people look at it first. "latest" never means such a one, so that
 * somebody has named it.
 */
export function approvedWhenUntrusted({ id, untrusted }: Named): { readonly approve?: string } {
  return untrusted === undefined
    ? {}
    : {
        approve: `Backup ${id} is untrusted: ${untrusted}. Whoever wrote it decides what is in the database, and what is lost`,
      };
}

interface Named {
  readonly id: string;
  readonly untrusted?: string;
}
