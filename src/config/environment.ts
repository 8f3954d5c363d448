/** The environment variables that are read here, all in one place. Read at each call, so that nothing is decided at import. */
export function environment() {
  const { env } = process;
  return {
    /** The directory of `<target>.yaml` files. */
    targets: env['RUNBOOK_TARGETS'] || 'targets',
    /** Where the embedded Temporal server's executable is kept, instead of the user's cache directory. */
    cache: env['RUNBOOK_CACHE'] || undefined,
    /** A `temporal` executable that is used whatever its version. */
    temporal: env['RUNBOOK_TEMPORAL'] || undefined,
    /** Where executables are looked for, as in every shell. */
    path: env['PATH'] ?? '',
  };
}
