/**
 * What the sqlite3 program does without writing a file, running a program or opening anything else. `-safe` of 3.40 refuses most others
 * itself; it lets `.trace` and `.testcase` write, and later ones may know more.
 */
const HARMLESS = new Set(
  `auth bail changes databases dbinfo dump eqp exit explain fullschema header headers help index indexes indices limit lint mode
  nullvalue parameter print progress prompt q quit schema separator sha3sum show stats table tables timeout timer version width`.split(
    /\s+/,
  ),
);

/** Such as "Cannot use .trace here". Undefined: the sqlite3 program may have this line. */
export function refusalOf(line: string): string | undefined {
  // It would join the line with the next one, which would then begin with what nobody has looked at.
  if (line.includes('\0')) return 'Cannot use a line with a NUL';
  // Its tables write files, also in a database that is only read. A name is never of two lines.
  if (/zipfile/i.test(line)) return 'Cannot use zipfile here: it writes files';
  const [, command] = /^\s*\.\s*(\S*)/.exec(line) ?? [];
  if (command === undefined || HARMLESS.has(command)) return undefined;
  // It knows abbreviations and quotes, too: what is not written in full is not known to be harmless.
  const shown = /^[a-z0-9]{1,20}$/i.test(command) ? `.${command}` : 'this command';
  return `Cannot use ${shown} here: only commands that write no file and open nothing, in full`;
}
