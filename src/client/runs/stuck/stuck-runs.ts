import { type Client, isGrpcServiceError } from '@temporalio/client';
import { targetNameIn } from '../../../config/run-id.ts';
import { isNotFound } from '../../connection/is-not-found.ts';
import { misfitReason, stuckReason } from './stuck-reason.ts';

export interface StuckRun {
  /** Its workflow id. */
  readonly run: string;
  readonly target: string;
  /** Why it does not go on, and what to do: sentences, with the version that carries it on. */
  readonly reason: string;
}

interface Options {
  /** Since when somebody serves them, in ms since 1970: what waited before that did not wait for nobody. Default: always. */
  readonly since?: number;
}

/** So many of those that are open are looked at one by one. */
const MAX_LOOKED_AT = 100;

/**
 * What of some targets does not go on although somebody serves it: runs, incidents and what stands beside them. Temporal itself marks one after
 * the sixth attempt, 85 s after the first was seen; of at most 100 open ones the attempts are looked at, which tells 40 s earlier.
 */
export async function stuckRuns(
  client: Client,
  targets: readonly string[],
  { since = 0 }: Options = {},
): Promise<StuckRun[]> {
  const marked = await markedAs(client, targets);
  const known = new Set(marked.map(({ run }) => run));
  const seen: StuckRun[] = [];
  let looked = 0;
  for await (const { workflowId: run } of client.workflow.list({
    query: "ExecutionStatus = 'Running'",
    pageSize: MAX_LOOKED_AT,
  })) {
    const target = targetOf(run, targets);
    if (target === undefined || known.has(run)) continue;
    if (looked === MAX_LOOKED_AT) break;
    looked += 1;
    const reason = await stuckReason(client, run, since);
    if (reason !== undefined) seen.push({ run, target, reason });
  }
  return [...marked, ...seen];
}

async function markedAs(client: Client, targets: readonly string[]): Promise<StuckRun[]> {
  const found: StuckRun[] = [];
  const query = "ExecutionStatus = 'Running' AND TemporalReportedProblems IS NOT NULL";
  try {
    for await (const { workflowId: run } of client.workflow.list({ query })) {
      const target = targetOf(run, targets);
      if (target === undefined) continue;
      const reason = await misfitReason(client, run).catch(orGone);
      if (reason !== undefined) found.push({ run, target, reason });
    }
  } catch (error) {
    // A server that does not know the attribute: then the attempts alone tell.
    if (!isGrpcServiceError(error) || (error.code as number) !== INVALID_ARGUMENT) throw error;
  }
  return found;
}
const INVALID_ARGUMENT = 3;

function orGone(error: unknown): undefined {
  if (isNotFound(error)) return undefined;
  throw error;
}

function targetOf(id: string, targets: readonly string[]): string | undefined {
  const name = targetNameIn(id);
  return name !== undefined && targets.includes(name) ? name : undefined;
}
