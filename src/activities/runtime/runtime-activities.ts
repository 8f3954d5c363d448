import type { Target } from '../../config/schema/target.ts';
import { acting } from '../../os/acting.ts';
import { redacted } from '../../os/redacted.ts';
import { readContainment } from '../../state/containment.ts';
import { type Evidence, keepEvidence } from '../../state/evidence.ts';
import {
  readStopped,
  removeEndingStop,
  removeStopped,
  settleEndingStop,
} from '../../state/stopped.ts';
import { letThroughToAll } from './compose/replicas/let-through.ts';
import { whyClosed } from './door/door.ts';
import type { Description, HowToStop } from './driver.ts';
import { driverFor } from './driver-for.ts';
import { isFrozen, noteFrozen, noteThawed } from './frozen-note.ts';
import { noteKnownGood } from './known-good/known-good.ts';
import { forgetStart, recordStart } from './start-record.ts';
import { endStopOrder, orderStop, readStopOrder } from './stop-order.ts';

interface Started {
  readonly changed: boolean;
  readonly detail: string;
  /** What people should know of how it was started, as text. */
  readonly note?: string;
  /** It was not started, because it is contained, or was stopped on purpose. */
  readonly contained?: KeptDown;
  readonly endedStop?: EndedStop;
  /** Why users are kept out by the proxy, as text: whoever starts it lets them through. */
  readonly closed?: string;
}

/** The run that had stopped it on purpose, which is over: whoever starts it lets the alerts through that it holds back. */
type EndedStop = string;

/** `note`: by whom, why, and what to do, as one sentence. */
interface KeptDown {
  readonly note: string;
}

/** Who may start what is kept down: `lifting` ends a containment, `asked` is a person who wants it to run again. */
interface HowToStart {
  readonly lifting?: boolean;
  readonly asked?: boolean;
}

interface Stopped {
  readonly changed: boolean;
  /** When the first order to stop was given. ISO 8601, UTC. */
  readonly begunAt: string;
  readonly evidence: readonly Evidence[];
  readonly endedStop?: EndedStop;
}

const LAST_LINES = 200;

/** The application's processes, by whichever driver the target names. */
export function runtimeActivities(target: Target, run?: string) {
  const driver = driverFor(target);

  /** What it printed last: afterwards, containers and their logs may be gone. That there is none is no reason to go on running. */
  async function lastOutput(): Promise<Evidence[]> {
    if (run === undefined) return [];
    const lines = await driver.logs(LAST_LINES).catch(() => []);
    const content = lines.map((line) => `${redacted(line)}\n`).join('');
    return content ? [keepEvidence(target, run, 'application.log', content)] : [];
  }

  /** With its replicas where the proxy looks for them. */
  async function startDriver(): Promise<{ readonly note?: string }> {
    const { note } = await driver.start();
    const notes = [note, await letThroughToAll(target)].filter((text) => text !== undefined);
    return notes.length > 0 ? { note: notes.join('. ') } : {};
  }

  async function thaw(): Promise<boolean> {
    const frozen = isFrozen(target);
    // Also when nothing is noted: whoever wants it to go on may have frozen it by hand.
    await driver.thaw();
    noteThawed(target);
    return frozen;
  }

  /** What was stopped on purpose and runs was started by a person since. */
  function keptDown({ lifting, asked }: HowToStart, running: boolean): KeptDown | undefined {
    const contained = lifting ? undefined : readContainment(target);
    return contained ?? (running || asked ? undefined : readStopped(target));
  }

  /** Also one whose time is over. */
  function stopOnRecord(): EndedStop | undefined {
    const run = readStopped(target, Number.NEGATIVE_INFINITY)?.run;
    return run === '' ? undefined : run;
  }

  return {
    async describe(): Promise<Description> {
      return driver.describe();
    },

    /**
     * Starts it if it does not run, unless it is contained: then only who lifts that starts it. What was stopped on purpose
     * is started when a person asks for that very start, or when the time for it is over. That it serves is for
     * `http.expectReady` to prove.
     */
    start: acting(async (how: HowToStart = {}): Promise<Started> => {
      const before = await driver.describe();
      if (!before.running) settleEndingStop(target);
      const contained = keptDown(how, before.running);
      if (contained) return { changed: false, detail: before.detail, contained };
      const over = stopOnRecord() ?? (await readStopOrder(target))?.endedStop;
      const ended = recordStart(target, run, over);
      if (before.running) await thaw();
      const started = before.running ? {} : await startDriver();
      noteThawed(target);
      removeStopped(target);
      // What was asked to end may do so yet. A person who wants it to run is told of that.
      if (!before.running || how.asked) removeEndingStop(target);
      await endStopOrder(target);
      const { detail } = before.running ? before : await driver.describe();
      const closed = whyClosed(target);
      const door = closed === undefined ? {} : { closed };
      return { changed: !before.running, detail, ...started, ...ended, ...door };
    }),

    /**
     * Returns when nothing of it runs any more. `begunAt` is the time of the first order to stop. `gently`: what has not ended
     * within its grace is not killed. Error: `StopHangs`.
     */
    stop: acting(async (how: HowToStop = {}): Promise<Stopped> => {
      const { running, restarting } = await driver.describe();
      const there = running || restarting === true;
      const evidence = there ? await lastOutput() : [];
      const order = await orderStop(target, run, there ? stopOnRecord() : undefined);
      // Somebody has started it by hand since: who stops it now may start it again.
      if (there) removeStopped(target);
      removeEndingStop(target);
      if (there) await driver.stop(how);
      forgetStart(target);
      noteThawed(target);
      const { begunAt, endedStop } = order;
      return { changed: there, begunAt, evidence, ...(endedStop !== undefined && { endedStop }) };
    }),

    /**
     * Holds it still as it is: it writes nothing, and closes nothing that it has open. `thaw`, `start` and `stop` end it. For
     * what is damaged, this is kinder than `stop`: an application that ends checkpoints its log into its database.
     */
    freeze: acting(async (): Promise<{ changed: boolean }> => {
      const { running, restarting } = await driver.describe();
      if (!running && !restarting) return { changed: false };
      const changed = !isFrozen(target);
      noteFrozen(target, run);
      await driver.freeze();
      return { changed };
    }),

    thaw: acting(async (): Promise<{ changed: boolean }> => ({ changed: await thaw() })),

    /** Keeps on record what it runs on, now that it was started and proven. */
    noteKnownGood: acting(
      async (): Promise<{ readonly changed: boolean; readonly note: string }> => {
        if (run === undefined) return { changed: false, note: 'No run asks' };
        return { changed: true, note: await noteKnownGood(target, run) };
      },
    ),

    async logs(lines: number): Promise<{ lines: string[] }> {
      return { lines: (await driver.logs(lines)).map(redacted) };
    },
  };
}
