import { emitKeypressEvents, type Key } from 'node:readline';
import type { Size } from './picture/frame.ts';
import { redraw } from './redraw.ts';

/** Another screen, so that what stood there comes back; no cursor; what is too wide is cut off by the terminal, too. */
const ENTER = '\u001B[?1049h\u001B[?25l\u001B[?7l';
/** Cleared first: tmux took rows of it along to the other screen, when the window had become larger. */
const LEAVE = '\u001B[0m\u001B[H\u001B[2J\u001B[?7h\u001B[?25h\u001B[?1049l';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** A shell that has no job control takes no notice of a stop. */
const STOPPED_MILLISECONDS = 100;

export interface Terminal {
  size(): Size;
  draw(lines: readonly string[]): void;
  /** Draws all anew: something else has written to it. */
  redraw(): void;
  /** Gives it back to the shell until the process goes on. */
  suspend(): void;
  close(): void;
}

interface Listeners {
  /** Such as `q`, `up`, `ctrl-c`. */
  readonly key: (name: string) => void;
  /** It has another size, or was given back: it is to be drawn. */
  readonly redraw: () => void;
  /** It has gone away. */
  readonly ended: () => void;
}

/**
 * Takes a terminal, and gives it back as it was, whatever ends the process: its end, an error, or a signal, by which the process then
 * ends as the shell expects. After SIGKILL: `reset`.
 */
export function openTerminal(
  input: NodeJS.ReadStream,
  output: NodeJS.WriteStream,
  listeners: Listeners,
): Terminal {
  let shown: readonly string[] | undefined;
  let isOpen = false;
  const hasKeys = input.isTTY;
  const onKey = (text: string | undefined, key: Key | undefined): void => {
    const name = key?.name ?? text;
    if (name !== undefined) listeners.key(key?.ctrl ? `ctrl-${name}` : name);
  };
  const anew = (): void => {
    shown = undefined;
    listeners.redraw();
  };
  const endBy = (signal: NodeJS.Signals): void => {
    close();
    process.kill(process.pid, signal);
  };
  const goOn = (): void => {
    leave();
    enter();
    anew();
  };

  if (hasKeys) {
    emitKeypressEvents(input);
    input.on('keypress', onKey);
    input.once('end', listeners.ended).once('error', listeners.ended);
  }
  output.on('resize', anew);
  process.on('exit', leave);
  process.on('SIGCONT', goOn);
  for (const signal of SIGNALS) process.once(signal, endBy);
  enter();

  return {
    // A terminal that has just been made may not know its size yet.
    size: () => ({ columns: output.columns || 80, rows: output.rows || 24 }),
    draw(lines) {
      if (!isOpen) return;
      const text = redraw(shown, lines);
      shown = lines;
      if (text !== '') output.write(text);
    },
    redraw: anew,
    suspend() {
      leave();
      // To the whole group, as Ctrl-Z does where it is not read as a key.
      process.kill(0, 'SIGTSTP');
      setTimeout(goOn, STOPPED_MILLISECONDS);
    },
    close,
  };

  function enter(): void {
    if (isOpen) return;
    isOpen = true;
    if (hasKeys) input.setRawMode(true).resume();
    output.write(ENTER);
  }

  function leave(): void {
    if (!isOpen) return;
    isOpen = false;
    output.write(LEAVE);
    try {
      if (hasKeys) input.setRawMode(false).pause();
    } catch {
      // It has gone away, and needs nothing back.
    }
  }

  function close(): void {
    leave();
    input.off('keypress', onKey).off('end', listeners.ended).off('error', listeners.ended);
    output.off('resize', anew);
    process.off('exit', leave);
    process.off('SIGCONT', goOn);
    for (const signal of SIGNALS) process.off(signal, endBy);
  }
}
