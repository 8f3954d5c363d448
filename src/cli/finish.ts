import type { RunView } from '../client/view-run.ts';
import { runText } from '../report/run-text.ts';
import { exitCodeOf } from './exit-code.ts';
import { print, printJson } from './say.ts';

/** Prints how a followed run ended, and tells the shell. */
export function finish(view: RunView, { json }: { json?: boolean | undefined }): void {
  if (json) printJson(view.ending ?? view);
  else print(runText(view, process.stdout));
  process.exitCode = exitCodeOf(view);
}
