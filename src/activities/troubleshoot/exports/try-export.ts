import { countText } from '../../../config/text/count-text.ts';
import { plainLine } from '../../../config/text/plain-text.ts';
import type { Exports } from '../../../config/schema/app.ts';
import type { Target } from '../../../config/schema/target.ts';
import { inMilliseconds } from '../../../config/time/duration.ts';
import { redacted } from '../../../os/redacted.ts';
import { rowsOf, type Rows } from './rows-of.ts';
import { runMarked } from './run-marked.ts';
import { EXPORT_SCRIPT } from './script.ts';

export type ExportKind = 'csv' | 'pdf' | 'png';

export interface ExportTried {
  readonly verdict: 'ok' | 'critical' | 'unknown' | 'not applicable';
  /** What came of it, as a sentence. */
  readonly note: string;
  /** What would repair it, and who, as a sentence. */
  readonly remedy?: string;
}

/** What the script told, on its last line. */
interface Told {
  readonly rows?: number;
  readonly bytes?: number;
  readonly whole?: boolean;
  readonly version?: string;
  readonly missing?: string;
  readonly error?: string;
  readonly message?: string;
  readonly timeout?: number;
  /** Why the application's own command failed. */
  readonly failed?: string;
}

/** A docker client needs some to begin, and the script to end what it has started. */
const GRACE = 10_000;

/** Makes one export with the application's own Python. Changes nothing. */
export async function tryExport(target: Target, kind: ExportKind): Promise<ExportTried> {
  const { exports } = target;
  if (!exports)
    return { verdict: 'unknown', note: 'The target does not say how exports are made: "exports"' };
  if (kind === 'csv') return tryCsv(target, exports);
  if (exports[kind] === undefined)
    return { verdict: 'not applicable', note: `"exports" names no "${kind}"` };
  return judged(kind, exports, await runScript(target, exports, kind, '{}'));
}

async function tryCsv(target: Target, exports: Exports): Promise<ExportTried> {
  const { database } = target;
  const found = await (async (): Promise<Rows | string> => {
    try {
      return await rowsOf(target);
    } catch (error) {
      return (error as Error).message;
    }
  })();
  if (typeof found === 'string')
    return {
      verdict: 'critical',
      note: `Table "${database.keyTable}" cannot be read: ${found}`,
      remedy:
        'Start application-not-starting or database-issue: without its table there is no export',
    };
  if (found.rows.length === 0)
    return {
      verdict: 'critical',
      note: `Table "${database.keyTable}" has no rows: its export is a line of names`,
      remedy:
        'Bring its data in again, or start database-recovery with a backup that has rows: "runbook backups list"',
    };
  const within = commandWithin(exports);
  if (within)
    return judged(
      'csv',
      exports,
      await runScript(target, exports, 'csv', JSON.stringify({ command: within })),
    );
  if (exports.csv) {
    const timeout = inMilliseconds(exports.timeout);
    const { stdout, why, timedOut } = await runMarked(target, exports.csv, {
      input: '',
      timeout,
    });
    if (timedOut || why !== undefined)
      return csvFailed(timedOut ? `no end within ${exports.timeout}` : why!);
    // What the application printed is read by Python's own reader, too.
    const printed = JSON.stringify({ printed: stdout });
    return judged('csv', exports, await runScript(target, exports, 'csv', printed));
  }
  return judged('csv', exports, await runScript(target, exports, 'csv', JSON.stringify(found)));
}

/**
 * The application's own command, as it is called in its container: what a docker client is ended for goes on there. Undefined: it does not
 * begin as `python` does, and is run from here.
 */
function commandWithin({ python, csv }: Exports): string[] | undefined {
  const at = python.findIndex((word) => /(^|\/)python[\d.]*$/.test(word));
  const isSame = python.slice(0, at).every((word, place) => csv?.[place] === word);
  return at > 0 && isSame && csv !== undefined && csv.length > at ? csv.slice(at) : undefined;
}

function csvFailed(why: string): ExportTried {
  return {
    verdict: 'critical',
    note: `CSV: the application's own command failed: ${plain(why)}`,
    remedy: "See its message: the table has rows, so that the fault is in the application's export",
  };
}

async function runScript(
  target: Target,
  { python, timeout }: Exports,
  kind: ExportKind,
  input: string,
): Promise<Told> {
  const limit = inMilliseconds(timeout);
  const command = [...python, '-c', EXPORT_SCRIPT, kind, `${limit / 1000}`];
  const { stdout, why, timedOut } = await runMarked(target, command, {
    input,
    timeout: limit + GRACE,
  });
  // What a library prints may stand before it.
  const line = stdout.split('\n').findLast((text) => text.startsWith('RESULT '));
  if (line !== undefined) return JSON.parse(line.slice('RESULT '.length)) as Told;
  return timedOut
    ? { timeout: limit / 1000 }
    : { error: 'Python', message: why ?? 'it told nothing' };
}

function judged(kind: ExportKind, exports: Exports, told: Told): ExportTried {
  const { rows, bytes = 0, whole = true, version, missing, error, message = '', timeout } = told;
  if (told.failed !== undefined) return csvFailed(told.failed);
  const name = kind.toUpperCase();
  const python = redacted(exports.python.join(' '));
  if (timeout !== undefined)
    return {
      verdict: 'critical',
      note: `${name}: no end within ${timeout} s; it was ended, with what it had started`,
      remedy:
        kind === 'png'
          ? 'kaleido waits for its browser: see that Chrome starts there by itself, with enough memory and /dev/shm (shm_size in Compose)'
          : 'See what the machine is busy with: start slow-dashboard',
    };
  if (missing !== undefined)
    return {
      verdict: 'critical',
      note: `${name}: module "${plain(missing)}" is not installed in ${python}`,
      remedy: `People install it, here by "${python} -m pip install ${plain(missing)}", and in the image or the list of requirements, or it is gone with the next container`,
    };
  if (error !== undefined && /chrome|chromium|browser/i.test(`${error} ${message}`))
    return {
      verdict: 'critical',
      note: `${name}: kaleido finds no browser: ${plain(message)}`,
      remedy:
        '"pip install -U kaleido" does not help: since version 1 it brings no browser. People install Chrome or Chromium where the application runs, as a package in its image or by "plotly_get_chrome", or pin kaleido 0.2.1, which brings its own',
    };
  if (error !== undefined)
    return { verdict: 'critical', note: `${name}: ${plain(error)}: ${plain(message)}` };
  if (rows === 0)
    return {
      verdict: 'critical',
      note: `${name}: no rows in ${countText(bytes, 'byte')}, although the table has some`,
      remedy:
        "Its filters leave nothing: the fault is in the application's export, not in its data",
    };
  if (!whole || bytes === 0)
    return { verdict: 'critical', note: `${name}: ${countText(bytes, 'byte')}, which are none` };
  const what = rows === undefined ? '' : `${countText(rows, 'row')}, `;
  const by =
    version === undefined ? '' : `, by ${exports[kind as 'pdf' | 'png']} ${plain(version)}`;
  return { verdict: 'ok', note: `${name}: ${what}${countText(bytes, 'byte')}${by}` };
}

function plain(text: string): string {
  return plainLine(redacted(text), 400);
}
