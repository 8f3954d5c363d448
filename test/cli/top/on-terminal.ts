import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { main } from '../support/runbook.ts';

/** util-linux's: it gives a command a terminal of its own. */
export const hasScript = spawnSync('script', ['--version']).status === 0;

/** The other screen, no cursor, no wrap; and all of it back. */
export const TAKEN = '\u001B[?1049h\u001B[?25l\u001B[?7l';
export const GIVEN_BACK = '\u001B[?7h\u001B[?25h\u001B[?1049l';

/** `runbook ...` on a real terminal of 80 x 24. */
export interface OnTerminal {
  /** Its process. */
  readonly pid: number;
  /** All that was written to the terminal. */
  readonly text: () => string;
  /** Settles as soon as this was written, after what was seen before. */
  sees(pattern: RegExp): Promise<void>;
  type(keys: string): void;
  resize(columns: number, rows: number): void;
  /** Settles with its exit code as the shell tells it, and with the settings of the terminal before and after. */
  readonly ended: Promise<{ code: number; before: string; after: string }>;
  close(): Promise<void>;
}

export async function openOnTerminal(args: readonly string[], env: object): Promise<OnTerminal> {
  const command = `'${process.execPath}' '${main}' ${args.join(' ')}`;
  const shell = `stty cols 80 rows 24; tty; echo before=$(stty -g); sh -c 'echo pid=$$; exec ${command.replaceAll("'", '"')}'; echo code=$?; echo after=$(stty -g); echo over`;
  const child = spawn('script', ['-qec', shell, '/dev/null'], {
    env: { ...process.env, SHELL: '/bin/sh', TERM: 'xterm-256color', ...env },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  let text = '';
  let seen = 0;
  const waiting = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
    for (const check of waiting) check();
  });
  const closed = once(child, 'close');
  const sees = async (pattern: RegExp): Promise<void> => {
    const { promise, resolve: settle, reject: fail } = Promise.withResolvers<void>();
    const failed = (): void => fail(new Error(`Nothing like ${pattern} in:\n${text}`));
    const timer = setTimeout(failed, 25_000);
    const check = (): void => {
      const found = pattern.exec(text.slice(seen));
      if (!found) return;
      seen += found.index + found[0].length;
      settle();
    };
    waiting.add(check);
    void closed.then(failed);
    check();
    await promise.finally(() => {
      clearTimeout(timer);
      waiting.delete(check);
    });
  };
  const value = (name: string) => new RegExp(`${name}=(.*?)\r?$`, 'm').exec(text)?.[1] ?? '';
  await sees(/pid=\d+/);
  const device = /\/dev\/pts\/\d+/.exec(text)![0];
  const pid = Number(value('pid'));
  const ended = closed.then(() => ({
    code: Number(value('code')),
    before: value('before'),
    after: value('after'),
  }));
  return {
    pid,
    text: () => text,
    sees,
    type: (keys) => child.stdin.write(keys),
    resize: (columns, rows) => {
      spawnSync('stty', ['-F', device, 'cols', String(columns), 'rows', String(rows)]);
    },
    ended,
    async close() {
      child.kill('SIGKILL');
      await closed;
    },
  };
}
