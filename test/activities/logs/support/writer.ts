/**
 * An application that writes numbered lines of 1 KiB into a log. It ends on SIGTERM, and then says how many it wrote.
 *
 * Usage: writer.ts <log> <lines a second> <how>. `signal`: opens its log anew on USR1. `watch`: whenever another file has
 * its name. `never`: does not. `place`: writes at its own place in the file, not at the end.
 */
import { closeSync, constants, fstatSync, openSync, statSync, writeSync } from 'node:fs';

const [file, perSecond, how] = process.argv.slice(2) as [string, string, string];
const MAX_BURST = 500;
const append = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND;
const open = () => openSync(file, how === 'place' ? constants.O_RDWR | constants.O_CREAT : append);
let fd = open();
let lines = 0;
const begun = performance.now();

const timer = setInterval(() => {
  const due = ((performance.now() - begun) / 1000) * Number(perSecond);
  // On a busy machine it falls behind, and hears its signals all the same.
  const most = Math.min(due, lines + MAX_BURST);
  for (; lines < most; lines += 1) {
    if (how === 'watch' && isReplaced()) reopen();
    writeSync(fd, `${`${lines} `.padEnd(1023, 'x')}\n`);
  }
}, 2);
if (how === 'signal') process.on('SIGUSR1', reopen);
process.on('SIGTERM', () => {
  clearInterval(timer);
  process.stdout.write(`${lines}\n`);
});
process.stdout.write('begun\n');

function reopen(): void {
  closeSync(fd);
  fd = open();
}

function isReplaced(): boolean {
  return statSync(file, { throwIfNoEntry: false })?.ino !== fstatSync(fd).ino;
}
