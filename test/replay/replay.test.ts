import { globSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { DefaultLogger, type ReplayResult, Runtime, Worker } from '@temporalio/worker';
import { describe, expect, inject, test } from 'vitest';

Runtime.install({ logger: new DefaultLogger('ERROR') });

interface History {
  readonly events: readonly { readonly eventType: string }[];
}

/** test/runbooks.test.ts tells which there must be. */
const saved = [
  ...globSync('test/runbooks/*/histories/*.json').map((file) => ({
    name: `${basename(dirname(dirname(file)))}.${basename(file, '.json')}`,
    file,
  })),
  ...globSync('test/workflows/standing/histories/*.json').map((file) => ({
    name: basename(file, '.json'),
    file,
  })),
]
  .toSorted((one, other) => (one.name < other.name ? -1 : 1))
  .map(({ name, file }) => ({ name, history: JSON.parse(readFileSync(file, 'utf8')) as History }));

/** A run that is open when its worker is replaced goes on from its history: today's code must decide as yesterday's did. */
describe('a saved history', () => {
  test('is there for what is no runbook: an incident, its review, and who serves a target', () => {
    const names = saved.map(({ name }) => name);

    expect(names).toEqual(
      expect.arrayContaining(['incident.resolved', 'incident-review.reviewed', 'serving.moved']),
    );
  });

  test('is decided the same way by the code of today', async () => {
    const results = await replayed(saved);

    expect(results).toEqual(saved.map(({ name }) => `${name}: the same`));
  });

  test('is decided the same way wherever the worker was replaced', async () => {
    const { name, history } = saved.toSorted(
      (one, other) => other.history.events.length - one.history.events.length,
    )[0]!;
    const ends = history.events.flatMap(({ eventType }, index) =>
      eventType === 'EVENT_TYPE_WORKFLOW_TASK_COMPLETED' ? [index + 1] : [],
    );
    const prefixes = ends.map((end) => ({
      name: `${name} up to ${end}`,
      history: { events: history.events.slice(0, end) },
    }));

    const results = await replayed(prefixes);

    expect(prefixes.length).toBeGreaterThan(10);
    expect(results).toEqual(prefixes.map((prefix) => `${prefix.name}: the same`));
  });
});

async function replayed(
  histories: readonly { readonly name: string; readonly history: History }[],
): Promise<string[]> {
  const results = Worker.runReplayHistories(
    { workflowBundle: { codePath: inject('workflowBundle') } },
    histories.map(({ name, history }) => ({ workflowId: name, history: renamed(history, name) })),
  );
  const answers: string[] = [];
  for await (const result of results) answers.push(resultText(result));
  return answers.toSorted((one, other) => orderOf(one) - orderOf(other));

  function orderOf(answer: string): number {
    return histories.findIndex(({ name }) => answer.startsWith(`${name}:`));
  }
}

/** A run names its children by its own id: it must be called in its history as it is called here. */
function renamed(history: History, name: string): History {
  const text = JSON.stringify(history);
  const [, id] = /"workflowId":"([^"]+)"/.exec(text) ?? [];
  return id === undefined ? history : (JSON.parse(text.replaceAll(id, name)) as History);
}

function resultText({ workflowId, error }: ReplayResult): string {
  return `${workflowId}: ${error ? error.message : 'the same'}`;
}
