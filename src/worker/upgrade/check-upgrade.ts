import type { Client } from '@temporalio/client';
import type { WorkflowBundleOption } from '@temporalio/worker';
import { buildFrom } from '../../config/version.ts';
import { RUNBOOKS_QUEUE } from '../../config/queues.ts';
import { argumentsByType } from '../arguments/arguments-by-type.ts';
import { activitiesIn, type CalledActivity } from './activities-in.ts';
import { bundleBuild } from './bundle-build.ts';
import { cutHistory, type HistoryEvent } from './cut-history.ts';
import { historyOf, isOwn, type OpenExecution, openExecutions } from './open-executions.ts';
import { openReplayer, type Replayer } from './open-replayer.ts';
import { type Difference, whereItDiffers } from './where-it-differs.ts';

/** An open run that this version would not carry on. */
export interface Misfit extends Difference {
  /** The workflow id. */
  readonly run: string;
  readonly runId: string;
  readonly workflowType: string;
  /** The build, or the version, that has decided last in it: it fits. Missing: its history does not say. */
  readonly fits?: string;
}

/** An open run that has called an activity which this version does not have. */
export interface Lacking extends CalledActivity {
  readonly run: string;
  readonly fits?: string;
}

export interface UpgradeCheck {
  /** `<version>+<digest of the workflows>`: of this package. Missing: nothing is open, and nothing was loaded. */
  readonly build?: string;
  /** How many open runs were replayed. */
  readonly replayed: number;
  /** How many were not, because this very build has decided last in them. */
  readonly own: number;
  readonly misfits: readonly Misfit[];
  readonly lacking: readonly Lacking[];
  /** Those whose history could not be read or replayed, and why. */
  readonly unread: readonly { readonly run: string; readonly why: string }[];
}

interface Options {
  readonly bundle: WorkflowBundleOption | (() => Promise<WorkflowBundleOption>);
  /** Default `runbooks`. */
  readonly queue?: string | undefined;
  /** Only what is open of this target. */
  readonly target?: string | undefined;
  /** Passes over what this very build has decided last: a worker that starts again. Default false. */
  readonly passOwn?: boolean;
  /** Hears how many will be replayed, before they are. */
  readonly begins?: (count: number) => void;
  /** The types of activities that this version has. Default: all of them. */
  readonly activities?: ReadonlySet<string>;
  /** For each answer of Temporal, in ms. Default: as long as it takes. */
  readonly limit?: number;
  /** The program that replays. Default: our own. */
  readonly program?: string | undefined;
}

/** So many histories are read ahead. */
const AHEAD = 4;

/** Whether this version carries on every open run: its workflows decide each history as it was decided. Reads only. */
export async function checkUpgrade(client: Client, options: Options): Promise<UpgradeCheck> {
  const { queue = RUNBOOKS_QUEUE, target, passOwn = false, limit } = options;
  const within = <Answer>(ask: () => Promise<Answer>): Promise<Answer> =>
    limit === undefined ? ask() : client.withDeadline(Date.now() + limit, ask);
  const open = await within(() => openExecutions(client, { queue, target }));
  const none = { replayed: 0, own: 0, misfits: [], lacking: [], unread: [] };
  if (open.length === 0) return none;
  const bundle = typeof options.bundle === 'function' ? await options.bundle() : options.bundle;
  const build = await bundleBuild(bundle);
  const others: OpenExecution[] = [];
  for (const one of open)
    if (!passOwn || !(await within(() => isOwn(client, one, build)))) others.push(one);
  const own = open.length - others.length;
  if (others.length === 0) return { ...none, own, build };
  options.begins?.(others.length);
  const read = (one: OpenExecution) => settled(within(() => historyOf(client, one)));
  return { ...(await replayAll(others, read, bundle, options)), own, build };
}

async function replayAll(
  open: readonly OpenExecution[],
  read: (one: OpenExecution) => Promise<Settled<readonly HistoryEvent[] | undefined>>,
  bundle: WorkflowBundleOption,
  { activities = new Set(Object.keys(argumentsByType)), program }: Options,
): Promise<Omit<UpgradeCheck, 'own' | 'build'>> {
  const misfits: Misfit[] = [];
  const lacking: Lacking[] = [];
  const unread: { run: string; why: string }[] = [];
  let replayed = 0;
  let replayer: Replayer | undefined;
  const replay = async (run: string, events: readonly HistoryEvent[]) => {
    replayer ??= openReplayer(bundle, program);
    return replayer.replay(run, events);
  };
  const reading = open.slice(0, AHEAD).map(read);
  try {
    for (const [index, one] of open.entries()) {
      const known = await reading.shift()!;
      const next = open[index + AHEAD];
      if (next) reading.push(read(next));
      try {
        if ('error' in known) throw known.error;
        if (!known.value) continue;
        await check(one, known.value);
        replayed += 1;
      } catch (error) {
        unread.push({ run: one.run, why: (error as Error).message });
        // It may have ended at this history: the others need one.
        replayer?.close();
        replayer = undefined;
      }
    }
  } finally {
    replayer?.close();
  }
  return { replayed, misfits, lacking, unread };

  async function check(one: OpenExecution, events: readonly HistoryEvent[]): Promise<void> {
    const { run, runId, workflowType } = one;
    const last = events.findLast((event) => event.workflowTaskCompletedEventAttributes);
    const build = buildFrom(last?.workflowTaskCompletedEventAttributes ?? {});
    const fits = build === undefined ? {} : { fits: build };
    for (const call of activitiesIn(events))
      if (!activities.has(call.activity)) lacking.push({ run, ...call, ...fits });
    const decided = cutHistory(events);
    if (decided.length === 0) return;
    if ((await replay(run, decided)) === undefined) return;
    // Now and then a replay amid updates differs by itself (sdk-typescript#1966).
    const message = await replay(run, decided);
    if (message === undefined) return;
    const difference = await whereItDiffers(decided, message, (some) => replay(run, some));
    misfits.push({ run, runId, workflowType, ...difference, ...fits });
  }
}

type Settled<Value> = { readonly value: Value } | { readonly error: Error };

/** What fails while nobody waits for it yet fails nothing else. */
async function settled<Value>(work: Promise<Value>): Promise<Settled<Value>> {
  try {
    return { value: await work };
  } catch (error) {
    return { error: error as Error };
  }
}

/** Whether every open run goes on with this version. What could not be read counts for nothing. */
export function fitsAll({ misfits, lacking }: UpgradeCheck): boolean {
  return misfits.length === 0 && !lacking.some(({ pending }) => pending);
}
