/**
 * Loaded into every job process with --import: each acting activity notes when it begins and ends, and every change of the
 * file system in between, in the file that RUNBOOK_ACTS names. It notes from inside of what `acting` marks, so with the
 * claim's lock held, if it is, and knows nothing of the claim. Each takes its time, so that two at once would be seen.
 */
import fs, { openSync, readFileSync, writeSync } from 'node:fs';
import { registerHooks, syncBuiltinESMExports } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Act {
  readonly what: 'begin' | 'change' | 'end';
  readonly run: string;
  readonly activity: string;
  /** Names one attempt of one activity. */
  readonly attempt: string;
  /** Nanoseconds of a clock that all processes share. */
  readonly at: string;
}

const MAX_MILLISECONDS = 60;
/** Some take so long that their run can be terminated, and another one let in, while they work. */
const SHARE_SLOW = 0.12;
const SLOW_MILLISECONDS = 5000;
const file = process.env['RUNBOOK_ACTS'];
let job: { readonly run: string; readonly activity: string } | undefined;
let attempt: string | undefined;
let notes: number | undefined;

if (file !== undefined && process.argv[1]?.includes('/job-process.')) {
  process.on('message', (message: typeof job) => (job = message));
  Object.assign(globalThis, { noteActs });
  registerHooks({
    load(url, context, next) {
      const loaded = next(url, context);
      if (!url.endsWith('/os/acting.ts')) return loaded;
      const source = readFileSync(new URL(url), 'utf8');
      const noted = source.replace('Object.assign(activity,', 'Object.assign(noteActs(activity),');
      if (noted === source) throw new Error('Cannot find where "acting" marks an activity');
      return { ...loaded, source: noted };
    },
  });
  for (const name of [
    'copyFileSync',
    'linkSync',
    'renameSync',
    'rmSync',
    'writeFileSync',
  ] as const) {
    const original = fs[name] as (...args: unknown[]) => unknown;
    Object.assign(fs, {
      [name]: (...args: unknown[]) => {
        if (attempt !== undefined) note('change');
        return original(...args);
      },
    });
  }
  syncBuiltinESMExports();
}

function noteActs<Args extends unknown[], Result>(activity: (...args: Args) => Promise<Result>) {
  return async (...args: Args): Promise<Result> => {
    attempt = crypto.randomUUID();
    note('begin');
    await linger(Math.random() < SHARE_SLOW ? SLOW_MILLISECONDS : Math.random() * MAX_MILLISECONDS);
    try {
      return await activity(...args);
    } finally {
      await linger(Math.random() * MAX_MILLISECONDS);
      note('end');
      attempt = undefined;
    }
  };
}

/** Notes all the time that it works: of an attempt that is killed, the last note tells when. */
async function linger(milliseconds: number): Promise<void> {
  for (const end = Date.now() + milliseconds; Date.now() < end; await sleep(20)) note('change');
}

function note(what: Act['what']): void {
  const { run, activity } = job!;
  const act: Act = { what, run, activity, attempt: attempt!, at: String(process.hrtime.bigint()) };
  // One write at the end of the file: those of other processes come before or after it, never in between.
  notes ??= openSync(file!, 'a');
  writeSync(notes, `${JSON.stringify(act)}\n`);
}
