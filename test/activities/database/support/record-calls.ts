/** Loaded with --import: tells on stderr, at the end, what was written, synced and renamed, in order. */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { knownPath } from './known-path.ts';

const calls: string[][] = [];
const names = new Map<unknown, string>();
const { openSync } = fs;
fs.openSync = (...args) => {
  const fd = openSync(...args);
  names.set(fd, knownPath(args[0]));
  return fd;
};
for (const name of [
  'copyFileSync',
  'fsyncSync',
  'linkSync',
  'renameSync',
  'writeFileSync',
  'writeSync',
] as const) {
  const original = fs[name] as (...args: unknown[]) => unknown;
  Object.assign(fs, {
    [name]: (...args: unknown[]) => {
      const count = name.startsWith('write') ? 1 : 2;
      const paths = args
        .slice(0, count)
        .map((path) => names.get(path) ?? (typeof path === 'string' ? knownPath(path) : path));
      calls.push([name, ...paths.filter((path) => typeof path === 'string')]);
      return original(...args);
    },
  });
}
syncBuiltinESMExports();
const write = process.stdout.write.bind(process.stdout);
// The scenario tells each result: one call of a runbook has ended.
process.stdout.write = (text: string | Uint8Array) => {
  calls.push(['ended']);
  return write(text);
};
process.on('exit', () => process.stderr.write(JSON.stringify(calls)));
