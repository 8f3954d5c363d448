import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';

/**
 * Every file below `root` but those below `without`, and what would be `victim` in each directory above: where paths that climb out of
 * the state directory lead.
 */
export function treesAround(root: string, without: string): string[] {
  const victims: string[] = [];
  for (let at = without; at !== dirname(at); at = dirname(at))
    victims.push(`${join(at, 'victim')} ${existsSync(join(at, 'victim'))}`);
  const inside = readdirSync(root, { recursive: true, withFileTypes: true })
    .map((entry) => ({ entry, file: join(entry.parentPath, entry.name) }))
    .filter(({ file }) => !`${file}${sep}`.startsWith(`${without}${sep}`))
    .map(({ entry, file }) => {
      const { ino, mode, mtimeMs, size } = lstatSync(file);
      const content = entry.isFile() && size < 10_000 ? readFileSync(file, 'latin1') : '';
      return `${file} ${ino} ${mode} ${mtimeMs} ${size} ${content}`;
    });
  return [...victims, ...inside.toSorted()];
}
