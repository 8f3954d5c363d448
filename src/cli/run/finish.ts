import type { RunView } from '../../client/runs/view-run.ts';
import { runText } from '../../report/run/run-text.ts';
import { exitCodeOf } from '../output/exit-code.ts';
import { nextTry } from '../output/next-try.ts';
import { print, printJson, say } from '../output/say.ts';

/** Prints how a followed run ended, or what it waits for, and sets the exit code. */
export function finish(view: RunView, { json }: { json?: boolean | undefined }): void {
  if (json) printJson(view.ending ?? view);
  else print(runText(view, process.stdout), { styled: true });
  const hint = nextTry(view);
  if (hint) say(`Try: ${hint}`);
  process.exitCode = exitCodeOf(view);
}
