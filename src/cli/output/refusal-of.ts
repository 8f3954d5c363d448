/** What the system calls it when this user may not have a file, and how a person does. */
const words: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EROFS: 'its file system is read-only',
  ENOENT: 'it is not there',
  ENOTDIR: 'something in its path is no directory',
  SQLITE_CANTOPEN: 'it may not be opened',
  SQLITE_READONLY: 'it may not be written',
  SQLITE_NOTADB: 'it is damaged, and no database of SQLite any more',
  SQLITE_CORRUPT: 'it is damaged',
};
const DAMAGED = ['SQLITE_NOTADB', 'SQLITE_CORRUPT'];
const MISSING = ['ENOENT', 'ENOTDIR'];

/** A file that this user may not have, or that is not there, in a sentence. Undefined: the error is of another kind. */
export function refusalOf(
  error: unknown,
): { readonly sentence: string; readonly hint: string } | undefined {
  const { code, path } = error as { code?: unknown; path?: unknown };
  const word = typeof code === 'string' ? words[code] : undefined;
  if (word === undefined || typeof path !== 'string') return undefined;
  const sentence = `Cannot use "${path}": ${word}`;
  if (DAMAGED.includes(code as string))
    return {
      sentence,
      hint: `move it away and restart the worker: mv "${path}" "${path}.damaged". What it knew of incomplete runs is not known then (docs/own-recovery.md)`,
    };
  return {
    sentence,
    hint: MISSING.includes(code as string)
      ? 'runbook doctor, on the host of the target'
      : 'the same as the user who runs the worker',
  };
}
