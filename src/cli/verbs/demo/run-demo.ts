import { expectSqlite } from '../../../activities/database/expect-engine.ts';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { createSystems } from '../../../activities/index.ts';
import { startRun } from '../../../client/runs/start-run.ts';
import type { RunView } from '../../../client/runs/view-run.ts';
import { loadTarget } from '../../../config/load/load.ts';
import { createDemoWorld } from '../../../dev/demo/demo-target.ts';
import { damageDatabase, SAMPLE_TABLE } from '../../../dev/demo/sample-database.ts';
import { freePort } from '../../../dev/server/free-port.ts';
import { openUiFront, type UiFront } from '../../../door/ui/ui-front.ts';
import { cut } from '../../../report/cells.ts';
import { exitCodeOf } from '../../output/exit-code.ts';
import { installLog } from '../../output/log.ts';
import { printJson, say } from '../../output/say.ts';
import { runPath } from '../../output/ui-paths.ts';
import { followUntilEnd } from '../../run/follow-until-end.ts';
import { openTemporal, type TemporalServer } from '../../serve/embedded.ts';
import { serve } from '../../serve/serve.ts';
import { untilSignal } from '../../serve/until-signal.ts';

interface DemoOptions {
  readonly exit?: boolean;
  readonly directory: string;
  readonly json?: boolean;
}

/** What a database recovery answers, as far as the demo shows it. */
interface Recovered {
  readonly backup: string;
  readonly takenAt: string;
  readonly rows: { readonly backup: number; readonly restored: number };
  readonly integrity: string;
  readonly downtimeMilliseconds: number;
  readonly before: string;
  readonly kept?: string;
  readonly rollbackPoint?: string;
}

const packaged = fileURLToPath(new URL('../../../../targets', import.meta.url));

/** The whole product in a minute, on real parts: everything that it starts, it ends. */
export async function runDemo(options: DemoOptions): Promise<void> {
  installLog({ level: 'WARN' });
  const interrupted = untilSignal();
  await using parts = new AsyncDisposableStack();
  const story = play(options, parts, interrupted);
  // Ctrl-C in the middle: what was started is ended in order, and the shell hears 130.
  const ended = await Promise.race([story, interrupted.then(() => 'interrupted' as const)]);
  if (ended === 'interrupted') process.exitCode = 130;
}

async function play(
  { exit, json, ...options }: DemoOptions,
  parts: AsyncDisposableStack,
  interrupted: Promise<unknown>,
): Promise<void> {
  const directory = resolve(options.directory);
  const temporal = await openTemporal({
    dataFile: `${directory}.temporal.db`,
    durability: 'NORMAL',
  });
  parts.defer(() => temporal.stop());

  say(`Making a sample application in ${directory}`);
  const { target, redis } = await createDemoWorld(
    expectSqlite(loadTarget('demo', packaged), 'The demo'),
    directory,
  );
  if (redis) parts.defer(() => redis.stop());
  else
    say(
      'No redis-server on PATH: the cache part is left out. To see it: apt-get install redis-server',
    );
  const { runtime, http } = createSystems(target, 'demo');
  await runtime.start();
  parts.defer(async () => void (await runtime.stop()));
  await http.expectReady();
  await fetch(target.app.url); // puts its page into the cache
  say(`It serves ${SAMPLE_TABLE} at ${target.app.url}, and writes 50 rows a second`);

  const worker = await serve({ ...temporal, targets: [target] });
  parts.defer(() => worker.stop());
  const connection = await Connection.connect({
    ...temporal.connectionOptions,
    address: temporal.address,
  });
  parts.defer(() => connection.close());
  const client = new Client({ connection, namespace: temporal.namespace });
  const run = async (runbook: string, input: object, because: string): Promise<RunView> => {
    const id = await startRun(client, { runbook, target: target.name, input, by: 'demo', because });
    say('', `Started ${id}`);
    return followUntilEnd(client, id, { leavesLedger: true });
  };

  const backup = await run('daily-backup', {}, 'the demo needs one');
  if (backup.ending?.outcome !== 'done') return finish(backup, json);

  const { file } = target.database;
  damageDatabase(file);
  while (await http.isReady()) await sleep(50);
  say('', `Damaged 200 pages of ${file}: its health is bad now`);

  const recovery = await run('database-recovery', { backup: 'latest' }, 'the database is damaged');
  // The server ends with the demo: a link to it, and a command that asks it, would lead nowhere.
  const stays = !exit && !json && process.stderr.isTTY;
  finish(recovery, json, stays);
  if (!stays) return;
  const ui = await openUiOf(temporal, runPath(temporal.namespace, recovery.run, recovery.runId));
  if (ui) parts.defer(() => ui.close());
  if (ui) say(`  see it:     ${ui.link}`);
  say('', 'Have a look around; Ctrl-C ends the demo');
  await interrupted;
}

/** Where a browser sees a run of it: behind the door, by a front of ours. Undefined: it has no UI. */
async function openUiOf(
  { door, uiUrl }: TemporalServer,
  to: string,
): Promise<Pick<UiFront, 'link' | 'close'> | undefined> {
  if (door) return openUiFront({ door, port: await freePort(8233), to });
  return uiUrl === undefined ? undefined : { link: `${uiUrl}${to}`, close: async () => {} };
}

function finish(view: RunView, json: boolean | undefined, stays = false): void {
  const { ending, run } = view;
  const output = ending?.output as Recovered | undefined;
  process.exitCode = exitCodeOf(view);
  if (json) {
    const { runbook, target, outcome, ledger, failure, left } = ending ?? {};
    const steps = ledger ?? view.ledger;
    printJson({ runbook, target, outcome, run, ...output, failure, left, steps });
    return;
  }
  say(
    '',
    ...(output
      ? summary(output, run, stays)
      : [`${run}: ${ending?.failure?.message ?? view.status}`]),
  );
  for (const text of ending?.left ?? []) say(`  left to do: ${text}`);
}

function summary(output: Recovered, run: string, stays: boolean): string[] {
  const { backup, takenAt, rows, integrity, downtimeMilliseconds, before, kept, rollbackPoint } =
    output;
  return [
    `Restored backup ${backup}, taken ${takenAt}`,
    `  rows:       ${rows.backup} in the backup, ${rows.restored} restored`,
    `  integrity:  ${integrity}`,
    `  downtime:   ${downtimeMilliseconds} ms`,
    `  before:     ${cut(before, 100)}`,
    rollbackPoint
      ? `  to go back: ${stays ? `runbook start rollback --target demo --run ${run}` : `the database before is kept as backup ${rollbackPoint}`}`
      : `  to go back: the database before is kept as ${kept}; it is damaged, so only people should put it back`,
  ];
}
