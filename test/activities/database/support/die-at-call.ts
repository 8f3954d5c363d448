/**
 * Loaded with --import: kills this process, as kill -9 does, right before its n-th call that changes the file
 * system (DIE_AT). A copy dies half-way instead. Nothing but the target is counted: paths outside pass. With DIE_AT_OPEN
 * opening a file to write counts, too.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { opensToRead } from '../../../support/opens-to-read.ts';
import { knownPath } from './known-path.ts';

const dieAt = Number(process.env['DIE_AT']);
const inside = process.env['DIE_IN']!;
const changing = [
  'chmodSync',
  'chownSync',
  'copyFileSync',
  'fchmodSync',
  'fchownSync',
  'ftruncateSync',
  'futimesSync',
  'linkSync',
  'mkdirSync',
  'mkdtempSync',
  ...(process.env['DIE_AT_OPEN'] ? (['openSync'] as const) : []),
  'renameSync',
  'rmSync',
  'rmdirSync',
  'unlinkSync',
  'writeFileSync',
  'writeSync',
] as const;

let calls = 0;
for (const name of changing) {
  const original = fs[name] as (...args: unknown[]) => unknown;
  Object.assign(fs, {
    [name]: (...args: unknown[]) => {
      const ours = typeof args[0] === 'number' || knownPath(args[0]).startsWith(inside);
      const counts = ours && !(name === 'openSync' && opensToRead(args[1]));
      if (counts && (calls += 1) === dieAt) {
        if (name === 'copyFileSync') tear(String(args[0]), String(args[1]));
        process.kill(process.pid, 'SIGKILL');
      }
      return original(...args);
    },
  });
}
syncBuiltinESMExports();

function tear(source: string, destination: string): void {
  const fd = fs.openSync(source, 'r');
  const half = Buffer.alloc(Math.floor(fs.fstatSync(fd).size / 2));
  fs.readSync(fd, half, 0, half.length, 0);
  const out = fs.openSync(destination, 'wx', 0o600);
  fs.appendFileSync(out, half);
}
