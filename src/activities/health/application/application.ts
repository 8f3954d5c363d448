import { countText } from '../../../config/text/count-text.ts';
import { inMilliseconds } from '../../../config/time/duration.ts';
import type { Figure } from '../../../figures/figure.ts';
import { type ProcessEntry, processTable } from '../../../os/process/process-table.ts';
import { runPage } from '../../app/streamlit.ts';
import { limitsOf } from '../judging/judged.ts';
import { answerWithin, measured, notApplicable, type Sampling, unknown } from '../sampling.ts';
import { ask, type Asked } from './ask.ts';
import { connectionsOf } from './connections.ts';
import { usualUsers } from './usual-users.ts';

/** Stopped by a signal, stopped by a debugger, or waiting for a device that does not answer. */
const STUCK: Readonly<Record<string, string>> = {
  T: 'stopped by a signal',
  t: 'held by a debugger',
  D: 'waiting for a device',
};

/** What a sample waits for a page's script, in ms: its other answers have to come out, too. */
const MAX_SCRIPT = 20_000;
/** A spike is so many times the usual, and so many more: 3 where there was 1 are none. */
const SPIKE = 3;
const MIN_SPIKE = 10;

/** `app.health`, `app.page`, `app.hung`, and in a thorough sample `app.script`. */
export async function application(sampling: Sampling): Promise<readonly Figure[]> {
  const { target, thorough } = sampling;
  const { app } = target;
  const timeout = answerWithin(sampling);
  const [health, page] = await Promise.all([ask(app.health, timeout), ask(app.url, timeout)]);
  return [
    answered(sampling, 'app.health', app.health, health),
    answered(sampling, 'app.page', app.url, page),
    hung(sampling, [health, page]),
    ...(thorough ? [await script(sampling, page)] : []),
  ];
}

/** `app.users`: read before anything of ours is asked, so that our own connections are not among them. */
export async function users(sampling: Sampling): Promise<readonly Figure[]> {
  const { target, pids } = sampling;
  const source = '/proc/net/tcp';
  const connections = connectionsOf(target, pids);
  if (!connections)
    return [
      unknown(sampling, 'app.users', 'count', source, 'Its connections cannot be seen from here'),
    ];
  const { established: value } = connections;
  const usual = usualUsers(target, Date.parse(sampling.at));
  const note = `${countText(value, 'connection')}${usual === undefined ? '' : `, usual at this hour are ${Math.round(usual)}`}`;
  const reading = { value, unit: 'count', source, note } as const;
  const figure = measured(sampling, 'app.users', reading, limitsOf(target, 'users'));
  const spike = usual !== undefined && value > Math.max(SPIKE * usual, usual + MIN_SPIKE);
  if (!spike || figure.verdict !== 'ok') return [figure];
  const limit = `warning above ${SPIKE} times the usual`;
  return [measured(sampling, 'app.users', reading, { verdict: 'warning', limit })];
}

export function answered(sampling: Sampling, name: string, url: string, asked: Asked): Figure {
  const milliseconds = Math.round(asked.seconds * 1000);
  const note = asked.ok ? `${asked.text} in ${milliseconds} ms` : `Expected 2xx, got ${asked.text}`;
  return measured(
    sampling,
    name,
    { value: asked.seconds, unit: 'seconds', source: `GET ${url}`, note },
    {
      verdict: asked.ok ? 'ok' : 'critical',
      limit: `critical without 2xx within ${answerWithin(sampling) / 1000}s`,
    },
  );
}

/** A stopped process still accepts, by its kernel: what it never does is answer. */
function hung(sampling: Sampling, asked: readonly Asked[]): Figure {
  const { target, pids } = sampling;
  const source = '/proc/net/tcp, /proc/<pid>/stat';
  const waiting = connectionsOf(target, pids)?.waiting ?? 0;
  const stuck = processTable().filter(({ pid, state }) => pids.includes(pid) && state in STUCK);
  const silent = asked.find(({ connected, timedOut }) => connected && timedOut);
  const reading = { value: waiting, unit: 'count', source } as const;
  const limit = `critical when it accepts, and is silent for ${answerWithin(sampling) / 1000}s`;
  if (!silent) {
    const note =
      waiting > 0
        ? `It answers, ${countText(waiting, 'connection')} not accepted yet`
        : 'It answers or refuses';
    return measured(sampling, 'app.hung', { ...reading, note }, { verdict: 'ok', limit });
  }
  const who = stuck.length > 0 ? `; ${stuck.map(stuckText).join(', ')}` : '';
  const note = `Hung: it accepts connections and does not answer, ${countText(waiting, 'connection')} waiting${who}`;
  return measured(sampling, 'app.hung', { ...reading, note }, { verdict: 'critical', limit });
}

function stuckText({ pid, state }: ProcessEntry): string {
  return `process ${pid} is ${STUCK[state]}`;
}

/** Streamlit answers 200 whatever its script does: the script is run once, as a browser does. */
async function script(sampling: Sampling, page: Asked): Promise<Figure> {
  const { app } = sampling.target;
  const source = `The script of ${app.url}`;
  if (app.kind !== 'streamlit')
    return notApplicable(
      sampling,
      'app.script',
      'seconds',
      source,
      'The application is no Streamlit',
    );
  if (!page.ok)
    return unknown(
      sampling,
      'app.script',
      'seconds',
      source,
      `Not run: the page answers ${page.text}`,
    );
  const begun = performance.now();
  const read = (note: string, verdict: Figure['verdict']) =>
    measured(
      sampling,
      'app.script',
      { value: (performance.now() - begun) / 1000, unit: 'seconds', source, note },
      { verdict, limit: 'critical with an exception' },
    );
  try {
    const { exceptions, errors, milliseconds } = await runPage(
      app.url,
      Math.min(inMilliseconds(app.ready.within), MAX_SCRIPT),
    );
    const [exception] = exceptions;
    if (exception !== undefined) return read(`The page's script fails: ${exception}`, 'critical');
    // Many pages show a red box in good health: told, and not judged.
    const shown = errors[0] === undefined ? '' : `, and shows an error: "${errors[0]}"`;
    return read(`It ran in ${milliseconds} ms without exception${shown}`, 'ok');
  } catch (error) {
    return read(`The page's script does not end: ${(error as Error).message}`, 'critical');
  }
}
