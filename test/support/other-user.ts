import {
  chmodSync,
  chownSync,
  closeSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whoever the application runs as: not us. */
export const APPLICATION_USER = 65_534;

export const isRoot = process.getuid?.() === 0;

/** Gives directories and files to the application's user. */
export function giveAway(...paths: readonly string[]): void {
  for (const path of paths) chownSync(path, APPLICATION_USER, APPLICATION_USER);
}

export type Canary = ReturnType<typeof makeCanary>;

/** Files that are root's alone, in a directory that everybody may pass. `changes` says what became of them: nothing, one hopes. */
export function makeCanary() {
  const directory = mkdtempSync(join(tmpdir(), 'of-root-'));
  mkdirSync(join(directory, 'conf.d'));
  chmodSync(directory, 0o755);
  for (const name of ['secret', 'app.log', 'conf.d/app.conf', 'conf.d/app.db'])
    writeFileSync(join(directory, name), `of root: ${name}\n`.repeat(20), { mode: 0o600 });
  const before = picture(directory);
  return {
    directory,
    file: (name: string) => join(directory, name),
    remove: () => rmSync(directory, { recursive: true }),
    changes: () => {
      const after = picture(directory);
      const names = new Set([...before.keys(), ...after.keys()]);
      return [...names].filter((name) => before.get(name) !== after.get(name));
    },
  };
}

/** Of each thing below: what it is, whose, since when, and what is in it. */
function picture(directory: string): Map<string, string> {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' }).toSorted();
  return new Map(
    ['.', ...names].map((name) => {
      const file = join(directory, name);
      const { mode, uid, gid, ino, nlink, mtimeMs, size } = lstatSync(file);
      const about = lstatSync(file);
      const content = about.isFile()
        ? readOnce(file)
        : about.isSymbolicLink()
          ? readlinkSync(file)
          : '';
      return [name, JSON.stringify([mode, uid, gid, ino, nlink, mtimeMs, size, content])];
    }),
  );
}

function readOnce(file: string): string {
  const fd = openSync(file, 'r');
  try {
    return readFileSync(fd, 'utf8');
  } finally {
    closeSync(fd);
  }
}
