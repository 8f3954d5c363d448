/** Loaded with --import: stops before the rename onto the live name (PAUSE_AT), says so, and waits until it is released. */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { knownPath } from './known-path.ts';

const live = process.env['PAUSE_AT']!;
const { renameSync } = fs;
fs.renameSync = (from, to) => {
  if (knownPath(to) === live && String(from).includes('.staged-')) {
    fs.writeFileSync(`${live}.paused`, '');
    const pause = new Int32Array(new SharedArrayBuffer(4));
    while (fs.existsSync(`${live}.paused`)) Atomics.wait(pause, 0, 0, 5);
  }
  renameSync(from, to);
};
syncBuiltinESMExports();
