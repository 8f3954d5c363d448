import fs from 'node:fs';

/** What is named by a handle on its directory, as it is known without one. */
export function knownPath(path: unknown): string {
  const text = String(path);
  const held = /^\/proc\/self\/fd\/\d+/.exec(text)?.[0];
  return held === undefined ? text : text.replace(held, fs.readlinkSync(held));
}
