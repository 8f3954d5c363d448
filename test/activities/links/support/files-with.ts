import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** Plain files below a directory in which a text stands. What lies behind a link that was left by the swapper is no copy. */
export function filesWith(text: string, directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((file) => realpathSync(file).startsWith(`${realpathSync(directory)}/`))
    .filter((file) => {
      const content = readFileSync(file);
      return (file.endsWith('.gz') ? gunzipSync(content) : content).includes(text);
    });
}
