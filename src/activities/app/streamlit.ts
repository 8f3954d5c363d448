import { redacted } from '../../os/redacted.ts';
import type { PageException } from './streamlit-messages.ts';

export interface PageRun {
  readonly milliseconds: number;
  /** Such as `sqlite3.OperationalError: unable to open database file`. */
  readonly exceptions: readonly string[];
  /** The red boxes that the page shows by itself. */
  readonly errors: readonly string[];
}

const ALERT_ERROR = 1;

/**
 * Runs the page's script once, as a browser does: it is the only sign that a Streamlit application works,
 * since it answers 200 everywhere when its script fails. `cleared`: its caches are emptied before, of all functions and for
 * all users. Rejects when no run ends within `timeout`.
 */
export async function runPage(
  url: string,
  timeout: number,
  { cleared = false } = {},
): Promise<PageRun> {
  // Most jobs run no page: what reads its messages takes as long to load as all else of a job.
  const { clearCache, readForwardMessage, rerunScript } = await import('./streamlit-messages.ts');
  const begin = performance.now();
  const shown = new Map<string, { exception?: string; error?: string }>();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = new WebSocket(streamOf(url), ['streamlit']);
  socket.binaryType = 'arraybuffer';
  const timer = setTimeout(
    () => reject(new Error(`the page's script did not end within ${timeout / 1000} s`)),
    timeout,
  );
  socket.addEventListener('open', () => {
    // It takes one message after the other: the script runs on empty caches.
    if (cleared) socket.send(clearCache());
    socket.send(rerunScript());
  });
  socket.addEventListener('error', () =>
    reject(new Error('the page cannot be opened: no websocket')),
  );
  socket.addEventListener('close', ({ code }) =>
    reject(new Error(`the page was closed (${code}) before its script ended`)),
  );
  socket.addEventListener('message', ({ data }) => {
    try {
      if (read(new Uint8Array(data as ArrayBuffer))) resolve();
    } catch (error) {
      reject(new Error(`the page answers what no Streamlit says: ${(error as Error).message}`));
    }
  });
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    socket.close();
  }
  const found = [...shown.values()];
  return {
    milliseconds: Math.round(performance.now() - begin),
    exceptions: found.flatMap(({ exception }) => exception ?? []),
    errors: found.flatMap(({ error }) => error ?? []),
  };

  /** Takes one message in; true when the script has ended. */
  function read(bytes: Uint8Array): boolean {
    const message = readForwardMessage(bytes);
    if (message.new_session) shown.clear(); // it runs anew, by st.rerun
    const compilation = message.session_event?.script_compilation_exception;
    if (compilation) shown.set('compilation', { exception: textOf(compilation) });
    if (message.delta) {
      // What the script puts in the same place later replaces it.
      const { exception, alert } = message.delta.new_element ?? {};
      shown.set(String(message.metadata?.delta_path), {
        ...(exception && !exception.is_warning && { exception: textOf(exception) }),
        ...(alert?.format === ALERT_ERROR && { error: redacted(alert.body ?? '').slice(0, 500) }),
      });
    }
    const end = message.script_finished;
    if (end === 'WITH_COMPILE_ERROR' && !shown.has('compilation'))
      shown.set('compilation', { exception: 'The script does not compile' });
    return end !== undefined && end !== 'EARLY_FOR_RERUN';
  }
}

function textOf({ type, message }: PageException): string {
  return redacted([type, message].filter(Boolean).join(': ') || 'An exception').slice(0, 1000);
}

function streamOf(url: string): URL {
  const base = new URL(url);
  if (!base.pathname.endsWith('/')) base.pathname += '/';
  base.search = '';
  base.protocol = base.protocol === 'https:' ? 'wss:' : 'ws:';
  return new URL('_stcore/stream', base);
}
