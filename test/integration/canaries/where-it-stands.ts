import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The files below these directories in which one of the words stands, but for those whose names say that it does. */
export function whereItStands(
  words: readonly string[],
  directories: readonly string[],
  except: readonly string[] = [],
): string[] {
  return directories.flatMap((directory) =>
    readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !except.includes(entry.name))
      .flatMap(({ parentPath, name }) => {
        const text = readFileSync(join(parentPath, name), 'latin1');
        return words
          .filter((word) => spellings(word).some((spelling) => text.includes(spelling)))
          .map((word) => `${word} in ${join(parentPath, name)}`);
      }),
  );
}

/** As it is, in JSON, in a URL, in a file of libpq, and in base64 that begins with it. */
export function spellings(word: string): string[] {
  return [
    word,
    JSON.stringify(word).slice(1, -1),
    encodeURIComponent(word),
    word.replaceAll(/[\\:]/g, String.raw`\$&`),
    Buffer.from(word).toString('base64').replace(/=+$/, '').slice(0, -1),
  ];
}
