import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Target } from '../../../config/schema/target.ts';
import { inMilliseconds } from '../../../config/time/duration.ts';
import { writeStatusFile } from '../../../state/figures/status-file.ts';
import { sayOf } from '../../output/say.ts';
import type { StatusSender } from './send-status.ts';
import { statusContents } from './status-content.ts';

/** How soon a change is seen. */
const LOOK_MILLISECONDS = 2000;
/** Temporal lists a change about a second later. */
const LISTED_MILLISECONDS = 3000;
/** A run does something each second, and each status asks Temporal for dozens of things. */
const SPACING_MILLISECONDS = 10_000;
/** While Temporal does not answer, this is what each takes. */
const LIMIT_MILLISECONDS = 5000;
/** Where nothing is measured. */
const USUAL = inMilliseconds('1m');

/** What is written when somebody does something: begins a run, stops or contains it, practises, turns automation off. Never opened here. */
const TELLING = ['audit.jsonl', 'claim.db', 'stopped.json', 'containment.json', 'drills.jsonl'];

interface Kept {
  target: Target;
  /** Of the files that tell of a change. */
  seen: string;
  /** When it is to be written next, and when that was begun last, in ms of the process. */
  due: number;
  begun: number;
  /** Which lines were how bad. */
  verdicts?: string;
  trouble?: string;
  writing?: Promise<void> | undefined;
}

/**
 * Writes `status.json` into the state directory of each target: after each sample, and soon after whatever changes on this host. It
 * asks Temporal, and goes on without; a gateway elsewhere is told the same. Whatever goes wrong is told once, and harms nobody.
 */
export function keepStatus(client: Client, targets: readonly Target[], sender?: StatusSender) {
  const all = new Map(targets.map((target): [string, Kept] => [target.name, begun(target)]));
  const contentOf = statusContents(client);
  const over = new AbortController();
  const ended = loop();

  return {
    /** It was just measured, by this policy. */
    sampled(target: Target): void {
      const kept = all.get(target.name);
      if (!kept) return;
      kept.target = target;
      void write(kept);
    },

    /** Something was done for a run or an incident of it. */
    changed(name: string | undefined): void {
      const kept = name === undefined ? undefined : all.get(name);
      if (!kept) return;
      const soon = performance.now() + LISTED_MILLISECONDS;
      kept.due = Math.min(kept.due, Math.max(soon, kept.begun + SPACING_MILLISECONDS));
    },

    /** Somebody else serves it now. */
    forget(name: string): void {
      all.delete(name);
    },

    async stop(): Promise<void> {
      over.abort();
      await ended;
      for (const { writing } of all.values()) await writing;
      await sender?.stop();
    },
  };

  async function loop(): Promise<void> {
    while (!over.signal.aborted) {
      await Promise.all([...all.values()].map(look));
      await sleep(LOOK_MILLISECONDS, undefined, { signal: over.signal }).catch(() => {});
    }
  }

  async function look(kept: Kept): Promise<void> {
    const isDue = performance.now() >= kept.due;
    if (isDue || changesOf(kept.target) !== kept.seen) await write(kept);
  }

  async function write(kept: Kept): Promise<void> {
    if (kept.writing || over.signal.aborted) return;
    kept.writing = attempt(kept);
    await kept.writing;
    kept.writing = undefined;
  }

  async function attempt(kept: Kept): Promise<void> {
    const { target } = kept;
    const seen = changesOf(target);
    const every = target.figures.every === 'off' ? USUAL : inMilliseconds(target.figures.every);
    let isNews = seen !== kept.seen;
    kept.seen = seen;
    kept.begun = performance.now();
    // What changes from here on makes it due again.
    kept.due = Infinity;
    try {
      const until = Date.now() + LIMIT_MILLISECONDS;
      const content = await client.withAbortSignal(over.signal, () =>
        client.withDeadline(until, () => contentOf(target)),
      );
      // It may have been given away, or this worker told to end, in the meantime.
      if (over.signal.aborted || !all.has(target.name)) return;
      const status = { ...content, every };
      sender?.send(status);
      writeStatusFile(target, status);
      const verdicts = content.lines.map((line) => `${line.subject} ${line.verdict}`).join('\n');
      isNews ||= verdicts !== kept.verdicts;
      kept.verdicts = verdicts;
      if (kept.trouble !== undefined)
        sayOf({ target: target.name }, `Able to write how "${target.name}" is again`);
      delete kept.trouble;
    } catch (error) {
      const { message } = error as Error;
      if (kept.trouble !== message)
        sayOf({ target: target.name }, `Warning: Cannot write how "${target.name}" is: ${message}`);
      kept.trouble = message;
    }
    // A sample comes before the second of them.
    const next = performance.now() + (isNews ? LISTED_MILLISECONDS : 1.5 * every);
    kept.due = Math.min(kept.due, next);
  }
}

function begun(target: Target): Kept {
  return { target, seen: '', due: 0, begun: -Infinity };
}

function changesOf({ state }: Target): string {
  const times = TELLING.map((name) => {
    return statSync(join(state, name), { throwIfNoEntry: false })?.mtimeMs ?? '-';
  });
  return times.join(' ');
}
