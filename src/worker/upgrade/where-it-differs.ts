import { defaultPayloadConverter } from '@temporalio/common';
import { cutHistory, type HistoryEvent } from './cut-history.ts';

export interface Difference {
  /** The step at which it stands, as its plan has it: `4. Stop application`. Missing: it has none. */
  readonly step?: string;
  /** The first event of its history that this version would not bring about: `ActivityTaskScheduled database.swap`. */
  readonly event: string;
  /** Its number in the history. */
  readonly eventId: number;
  /** What the SDK says of it. */
  readonly why: string;
}

type Replay = (events: readonly HistoryEvent[]) => Promise<string | undefined>;

/**
 * Finds the event in a history that does not fit. Where the message does not name one that is there once, by halves: the first task from
 * which on it does not fit. `message`: what the replay of all said.
 */
export async function whereItDiffers(
  events: readonly HistoryEvent[],
  message: string,
  replay: Replay,
): Promise<Difference> {
  const [named, ...others] = events.filter((event) => isNamed(event, message));
  const [event, said] =
    named && others.length === 0 ? [named, message] : await byHalves(events, message, replay);
  const step = stepBefore(events.slice(0, events.indexOf(event) + 1));
  return {
    ...(step !== undefined && { step }),
    event: textOf(event),
    eventId: Number(event.eventId),
    why: reasonIn(said),
  };
}

async function byHalves(
  events: readonly HistoryEvent[],
  message: string,
  replay: Replay,
): Promise<readonly [HistoryEvent, string]> {
  const all = events.flatMap((event, index) =>
    event.workflowTaskCompletedEventAttributes ? [index] : [],
  );
  const naming = all.filter((task) =>
    events.slice(task, upTo(events, task).length).some((event) => isNamed(event, message)),
  );
  const tasks = naming.length > 0 ? naming : all;
  // The last one is known to differ.
  let [low, high] = [0, tasks.length - 1];
  let said = message;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const answer = await replay(upTo(events, tasks[middle]!));
    if (answer === undefined) low = middle + 1;
    else [high, said] = [middle, answer];
  }
  const task = tasks[low]!;
  const commands = events.slice(task + 1, upTo(events, task).length);
  const event = commands.find((one) => isNamed(one, said)) ?? commands[0] ?? events[task]!;
  return [event, said];
}

/** With the commands of the task that is completed at `index`. */
function upTo(events: readonly HistoryEvent[], index: number): readonly HistoryEvent[] {
  const next = events.findIndex(
    (event, at) => at > index && event.workflowTaskCompletedEventAttributes,
  );
  return cutHistory(next === -1 ? events : events.slice(0, next));
}

function isNamed(event: HistoryEvent, message: string): boolean {
  const [, id] = /HistoryEvent\(id: (\d+)/.exec(message) ?? [];
  if (id !== undefined) return String(event.eventId) === id;
  const [, name] = /scheduled event '([^']+)'/.exec(message) ?? [];
  return name !== undefined && nameOf(event) === name;
}

function stepBefore(events: readonly HistoryEvent[]): string | undefined {
  return events.map(summaryOf).findLast((summary) => /^\d+\. /.test(summary));
}

function summaryOf({ userMetadata }: HistoryEvent): string {
  if (!userMetadata?.summary) return '';
  try {
    return String(defaultPayloadConverter.fromPayload(userMetadata.summary));
  } catch {
    return '';
  }
}

function textOf(event: HistoryEvent): string {
  const kind = Object.keys(event).find((key) => key.endsWith('EventAttributes')) ?? 'Event';
  const word = `${kind[0]!.toUpperCase()}${kind.slice(1, -'EventAttributes'.length)}`;
  return [word, nameOf(event)].filter(Boolean).join(' ');
}

function nameOf(event: HistoryEvent): string | undefined {
  const named =
    event.activityTaskScheduledEventAttributes?.activityType ??
    event.startChildWorkflowExecutionInitiatedEventAttributes?.workflowType;
  return named?.name ?? undefined;
}

/** Without what the SDK wraps it in. */
function reasonIn(message: string): string {
  const [, inner] = /Failure \{ message: "((?:[^"\\]|\\.)*)"/.exec(message) ?? [];
  const words = (inner ?? message).replaceAll('\\"', '"').replace(/^.*Nondeterminism error: /, '');
  return words.length > 300 ? `${words.slice(0, 300)}...` : words;
}
