import { type Client, isGrpcServiceError, type WorkflowExecutionInfo } from '@temporalio/client';
import { countText } from '../../config/text/count-text.ts';
import { searchAttributes } from '../../engine/run/search-attributes.ts';
import { outcomeOf, requesterOf } from './run-ends.ts';
import { type RunFilter, runsQuery } from './runs-query.ts';
import { viewRun } from './view-run.ts';

interface RunRow {
  readonly run: string;
  readonly runId: string;
  readonly runbook: string;
  /** One of `runStates`. */
  readonly state: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly closedAt?: string;
}

export interface RunList {
  readonly runs: readonly RunRow[];
  /** What may be missing, as text. Empty: nothing is. */
  readonly gaps: readonly string[];
}

interface RunSearch extends RunFilter {
  /** Who asked for it: a name, or the part of it before "@". */
  readonly by?: string | undefined;
  /** How many of the newest. Default 1000. */
  readonly limit?: number | undefined;
}

/** How many runs are looked up one by one, where Temporal's list does not say enough: about 3 s. */
const MAX_CHECKED = 1000;

/** The newest runs first: those that are open, then by their end. Temporal lists a run about a second after it changed. */
export async function listRuns(client: Client, search: RunSearch): Promise<RunList> {
  const { by, states, limit = 1000 } = search;
  const runs: RunRow[] = [];
  const silent: string[] = [];
  let checked = 0;
  let gap: string | undefined;

  for await (const info of candidates(client, search)) {
    if (isPlan(info.workflowId)) continue;
    if (runs.length === limit) {
      gap = `There are more than these ${limit}`;
      break;
    }
    if (checked >= MAX_CHECKED) {
      gap = `Only ${MAX_CHECKED} runs were checked one by one, and there are more: ask for fewer`;
      break;
    }
    const state = await stateOf(info);
    if (state === undefined || !isAsked(state)) continue;
    if (by !== undefined && !isMeant(by, await check(requesterOf(client, info)))) continue;
    runs.push(rowOf(info, state));
  }
  const unknown = `No worker answers for ${countText(silent.length, 'open run')}: whether a person is waited for is not known`;
  return {
    runs: runs.toSorted((a, b) => b.startedAt.localeCompare(a.startedAt)),
    gaps: [...(gap === undefined ? [] : [gap]), ...(silent.length > 0 ? [unknown] : [])],
  };

  async function stateOf(info: WorkflowExecutionInfo): Promise<string | undefined> {
    const { status, typedSearchAttributes, workflowId } = info;
    if (status.name === 'RUNNING') {
      const told = typedSearchAttributes.get(searchAttributes.state);
      if (told !== undefined || !states?.includes('waiting'))
        return told === 'waiting' ? 'waiting' : 'running';
      const { ledger, source } = await check(viewRun(client, workflowId));
      if (source === 'history') silent.push(workflowId);
      return ledger?.some((line) => line.waiting) ? 'waiting' : 'running';
    }
    if (status.name !== 'COMPLETED' && status.name !== 'FAILED') return status.name.toLowerCase();
    const known = typedSearchAttributes.get(searchAttributes.state);
    if (known !== undefined && known !== 'running' && known !== 'waiting') return known;
    const word = status.name === 'COMPLETED' ? 'done' : 'failed';
    return (await check(outcomeOf(client, info))) ?? word;
  }

  /** One that waits for a person runs, too. */
  function isAsked(state: string): boolean {
    if (states === undefined) return true;
    return states.some((one) => one === state || (one === 'running' && state === 'waiting'));
  }

  function check<Answer>(answer: Promise<Answer>): Promise<Answer> {
    checked += 1;
    return answer;
  }
}

/** How many runs of a target wait for a person. Error: Temporal's, also where the namespace lacks our search attributes. */
export async function countWaiting(client: Client, target: string): Promise<number> {
  const open = runsQuery({ target, states: ['waiting'] }, { byState: false })!;
  const { name } = searchAttributes.state;
  const { count } = await client.workflow.count(`${open} AND ${name} = 'waiting'`);
  return count;
}

/** Where the namespace lacks our search attributes, Temporal refuses to search by them. */
async function* candidates(
  client: Client,
  filter: RunFilter,
): AsyncGenerator<WorkflowExecutionInfo> {
  const precise = runsQuery(filter, { byState: true });
  const broad = runsQuery(filter, { byState: false });
  if (precise === undefined || broad === undefined) return;
  try {
    yield* client.workflow.list({ query: precise });
  } catch (error) {
    if (precise === broad || !isUnknownAttribute(error)) throw error;
    yield* client.workflow.list({ query: broad });
  }
}

function isUnknownAttribute(error: unknown): boolean {
  const cause = isGrpcServiceError(error) ? error : (error as { cause?: unknown }).cause;
  return (cause as { code?: number } | undefined)?.code === INVALID_ARGUMENT;
}

/** gRPC's number for it. */
const INVALID_ARGUMENT = 3;

/** A run in plan mode did nothing: whoever looks for runs does not mean it. */
function isPlan(run: string): boolean {
  return run.endsWith('.plan');
}

function isMeant(wanted: string, by: string | undefined): boolean {
  return by === wanted || by?.startsWith(`${wanted}@`) === true;
}

function rowOf(info: WorkflowExecutionInfo, state: string): RunRow {
  const { workflowId: run, runId, type: runbook, startTime, closeTime } = info;
  const closedAt = closeTime?.toISOString();
  const startedAt = startTime.toISOString();
  return { run, runId, runbook, state, startedAt, ...(closedAt && { closedAt }) };
}
