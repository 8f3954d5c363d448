/**
 * Loaded into every job process with --import: makes the next job of one activity linger, as a slow disk would, until it is
 * released. `working`: it lingers before its first change of the target, under the lock if it holds one. `waiting`:
 * before the process even hears of the job. Ordered by the file `linger.json` beside the target, released by its removal.
 */
import { ChildProcess } from 'node:child_process';
import fs, { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { opensToRead } from '../support/opens-to-read.ts';

const changing = [
  'copyFileSync',
  'linkSync',
  'openSync',
  'renameSync',
  'rmSync',
  'writeFileSync',
] as const;
/** With these Compose makes containers anew, and Docker ends them. */
const CHANGING = ['up', 'stop', 'rm'];
let armed: string | undefined;

if (process.argv[1]?.includes('/job-process.')) {
  process.on('message', hear);
  for (const name of changing) {
    const original = fs[name] as (...args: unknown[]) => unknown;
    const wrapped = (...args: unknown[]) => {
      // To read is not to change.
      if (name !== 'openSync' || !opensToRead(args[1])) lingerOnce();
      return original(...args);
    };
    Object.assign(fs, { [name]: wrapped });
  }
  syncBuiltinESMExports();
  // oxlint-disable-next-line typescript/unbound-method -- it is applied to each socket
  const { connect } = Socket.prototype;
  // SQLite writes without Node. The claim's own database is not the target.
  const { default: Database } = await import('better-sqlite3');
  // oxlint-disable-next-line typescript/unbound-method -- it is applied to each database
  const { exec } = Database.prototype;
  Database.prototype.exec = function execLate(this: InstanceType<typeof Database>, sql: string) {
    if (!this.name.endsWith('claim.db') && !this.readonly) lingerOnce();
    return Reflect.apply(exec, this, [sql]);
  };
  // `spawn` of one that is made is no part of Node's published types.
  const made = ChildProcess.prototype as unknown as { spawn(options: Spawned): unknown };
  // oxlint-disable-next-line typescript/unbound-method -- it is applied to each child
  const { spawn } = made;
  made.spawn = function spawnLate(this: ChildProcess, options: Spawned) {
    if (/compose|docker/.test(options.file) && options.args?.some((one) => CHANGING.includes(one)))
      lingerOnce();
    return Reflect.apply(spawn, this, [options]);
  };
  Socket.prototype.connect = function connectLate(this: Socket, ...args: unknown[]) {
    lingerOnce();
    return Reflect.apply(connect, this, args) as Socket;
  };
}

interface Spawned {
  readonly file: string;
  readonly args?: readonly string[];
}

function hear(job: unknown): void {
  const { target, activity } = job as { target?: { directory: string }; activity?: string };
  if (!target) return;
  const order = join(target.directory, '..', 'linger.json');
  if (!existsSync(order)) return;
  const wanted = JSON.parse(readFileSync(order, 'utf8')) as { activity: string; when: string };
  if (wanted.activity !== activity || existsSync(`${order}.begun`)) return;
  armed = order;
  if (wanted.when === 'waiting') lingerOnce();
}

function lingerOnce(): void {
  const order = armed;
  if (order === undefined) return;
  armed = undefined;
  writeFileSync(`${order}.begun`, '');
  const pause = new Int32Array(new SharedArrayBuffer(4));
  while (existsSync(order)) Atomics.wait(pause, 0, 0, 10);
}
