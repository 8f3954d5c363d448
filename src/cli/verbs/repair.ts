import { createInterface } from 'node:readline/promises';
import { Command } from 'commander';
import { comparedWithWorker } from '../input/warn-of-other-policy.ts';
import type { IncompleteRun, IsOpen } from '../local/incomplete-runs.ts';
import { exitCodes } from '../output/exit-code.ts';
import { print, printJson, say } from '../output/say.ts';

interface Options {
  readonly target?: string;
  readonly yes?: boolean;
  readonly because?: string;
  readonly json?: boolean;
}

export const repair = () =>
  comparedWithWorker(new Command('repair'))
    .description('Show what a run left incomplete that was terminated, and put it right')
    .option('-t, --target <target>', 'target, as in targets/<target>.yaml (or RUNBOOK_TARGET)')
    .option('-y, --yes', 'start the repair without asking')
    .option('--because <reason>', 'why, for the report')
    .option('--json', 'print one JSON array of what is incomplete; with --yes the ending')
    .addHelpText('after', '\nWithout Temporal it shows what is known beside the target.')
    .action(async ({ yes = false, json = false, because, ...options }: Options) => {
      const { targetFor } = await import('../input/target-for.ts');
      const { incompleteRuns } = await import('../local/incomplete-runs.ts');
      const target = targetFor(options.target);
      const found = await withIsOpen((isOpen) => incompleteRuns(target, isOpen));
      if (json && !yes) return printJson(found);
      const write = json ? say : print;
      for (const line of linesOf(target.name, found)) write(line);
      if (!found.some(({ state }) => state === 'left' || state === 'ended')) return;

      if (!yes && !(await agreed())) {
        say(`Try: runbook repair --target ${target.name} --yes`);
        process.exitCode = exitCodes.waiting;
        return;
      }
      const { startAndFollow } = await import('../run/start-and-follow.ts');
      const { expectRunbook } = await import('../input/expect-runbook.ts');
      const flags = { target: target.name, because, json, wait: true };
      await startAndFollow('repair', expectRunbook('repair'), flags);
    });

function linesOf(target: string, found: readonly IncompleteRun[]): string[] {
  if (found.length === 0) return [`Nothing is incomplete on "${target}"`];
  const sentences: Readonly<Record<IncompleteRun['state'], string>> = {
    left: 'ended without releasing it: what it did may be incomplete',
    ended: 'was terminated: what it did may be incomplete',
    open: 'runs, and holds the target: nothing is wrong with that',
    unknown: 'holds the target; Temporal does not answer, so nobody knows whether it still runs',
  };
  const lines = found.flatMap(({ run, since, state, files, repair: deeds }) => [
    `"${run}" (since ${since}) ${sentences[state]}`,
    ...files.map((file) => `  ${file}`),
    ...(state === 'open' ? [] : deeds.map((deed) => `  - ${deed}`)),
  ]);
  return found.every(({ state }) => state === 'open') ? lines : [...lines, found[0]!.application];
}

/** Without a terminal nobody is asked, and nothing is started. */
async function agreed(): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await asking.question('Start "repair" now? [y/N] ')).trim());
  } finally {
    asking.close();
  }
}

/** Asks Temporal, as long as it answers. */
async function withIsOpen<Result>(work: (isOpen: IsOpen) => Promise<Result>): Promise<Result> {
  const { UnreachableError } = await import('../../client/connection/unreachable-error.ts');
  const { isOpenRun } = await import('../../client/runs/is-open-run.ts');
  const { withClient } = await import('../run/with-client.ts');
  try {
    return await withClient((client) => work((run) => isOpenRun(client, run)));
  } catch (error) {
    if (!(error instanceof UnreachableError)) throw error;
    say(error.message);
    return work(async () => undefined);
  }
}
