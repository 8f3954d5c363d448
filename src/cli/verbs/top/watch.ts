import type { Target } from '../../../config/schema/target.ts';
import { frame } from './picture/frame.ts';
import { painted, unpainted } from './picture/row.ts';
import { seenOf } from './seen.ts';
import type { TemporalWatch } from './temporal-watch.ts';
import { openTerminal } from './terminal.ts';
import { afterKey, type TopState } from './top-state.ts';

/** Temporal is asked no more often: for each target that is some twenty questions. */
const ASK_MILLISECONDS = 15_000;

interface WatchOptions {
  /** How often it is looked, in ms. */
  readonly every: number;
  /** Only what is seen on this host. */
  readonly local: boolean;
}

/** Shows targets on the terminal until somebody quits. An error is told after the terminal was given back. */
export async function watch(
  targets: readonly Target[],
  { every, local }: WatchOptions,
): Promise<void> {
  const { stdin, stdout } = process;
  const { promise: ended, resolve: quit, reject: fail } = Promise.withResolvers<void>();
  const paint = stdout.hasColors() ? painted : unpainted;
  let temporal: TemporalWatch | undefined;
  let state: TopState = {
    ...seenNow(),
    asked: local ? undefined : new Map(),
    every,
    selected: 0,
    isPaused: false,
    isHelp: false,
  };
  const terminal = openTerminal(stdin, stdout, {
    key: safely(press),
    redraw: safely(draw),
    ended: quit,
  });
  const timers = [setInterval(safely(look), every)];
  try {
    draw();
    if (!local) {
      const ask = await asker();
      timers.push(setInterval(ask, ASK_MILLISECONDS));
    }
    await ended;
  } finally {
    for (const timer of timers) clearInterval(timer);
    terminal.close();
    await temporal?.close();
  }

  function seenNow(): Pick<TopState, 'at' | 'targets'> {
    const at = Date.now();
    return { at, targets: targets.map((target) => seenOf(target, at)) };
  }

  /** What Temporal has answered in the meantime comes along. */
  function look(): void {
    if (state.isPaused) return;
    state = { ...state, ...seenNow(), ...(temporal && { asked: new Map(temporal.answers) }) };
    draw();
  }

  function draw(): void {
    terminal.draw(frame(state, terminal.size(), paint));
  }

  function press(key: string): void {
    const after = afterKey(state, key);
    if (after === undefined) return;
    if (after === 'quit') return quit();
    if (after === 'suspend') return terminal.suspend();
    if (after === 'redraw') return terminal.redraw();
    const goesOn = state.isPaused && !after.isPaused;
    state = after;
    if (goesOn) look();
    else draw();
  }

  /** Its client costs more to load than all else: the first picture stands by then. */
  async function asker(): Promise<() => void> {
    const { watchTemporal } = await import('./temporal-watch.ts');
    temporal = watchTemporal(targets, safely(look));
    let isAsking = false;
    const ask = (): void => {
      if (isAsking || state.isPaused) return;
      isAsking = true;
      void temporal!
        .ask()
        .catch(fail)
        .finally(() => (isAsking = false));
    };
    ask();
    return ask;
  }

  /** What is called by events has nobody else who would catch it. */
  function safely<Arguments extends readonly unknown[]>(work: (...all: Arguments) => void) {
    return (...all: Arguments): void => {
      try {
        work(...all);
      } catch (error) {
        fail(error);
      }
    };
  }
}
