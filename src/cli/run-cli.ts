import { CommanderError } from 'commander';
import { UnreachableError } from '../client/connection/unreachable-error.ts';
import { UsageError } from '../config/usage-error.ts';
import { refusalOf } from './output/refusal-of.ts';
import { closeProcess } from './local/close-process.ts';
import { exitCodes } from './output/exit-code.ts';
import { oneLine } from '../report/one-line.ts';
import { print, say } from './output/say.ts';
import { createProgram } from './program.ts';

/** argv -> verb -> exit code. Every error a person can act on ends in one `Try:` line, without a stack. */
export async function runCli(argv: readonly string[]): Promise<void> {
  closeProcess();
  // The reader of a pipe may leave early, as "head" does: that is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });

  if (argv[0] === '__complete') return offer(argv.slice(argv[1] === '--' ? 2 : 1));
  try {
    const program = await createProgram(argv);
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    const code = report(error);
    process.exitCode = code;
    if (code === exitCodes.done || !isMonitor(argv)) return;
    process.exitCode = UNKNOWN;
    // It is all that a monitoring system reads.
    const why = refusalOf(error)?.sentence ?? (error as Error).message;
    if (argv[0] === 'check' && !argv.includes('--json'))
      print(`UNKNOWN - ${oneLine(why).replaceAll('|', '/')}`);
  }
}

/** For the shell in which somebody presses Tab, a line each. It has no place for an error. */
async function offer(words: readonly string[]): Promise<void> {
  try {
    const { complete } = await import('./local/completion/complete.ts');
    // What is being typed may be no verb yet.
    const typed = words.length > 1 ? words : [];
    for (const { value, text } of complete(await createProgram(typed), words))
      print(`${value}\t${oneLine(text)}`);
  } catch {
    // A verb that there is not has nothing to offer.
  }
}

/** What monitoring systems take for "unknown". */
const UNKNOWN = 3;

/** Verbs whose exit codes are those of monitoring plugins, for which 1 and 2 would be a finding. */
function isMonitor([verb]: readonly string[]): boolean {
  return verb === 'status' || verb === 'check';
}

function report(error: unknown): number {
  if (error instanceof CommanderError)
    return error.exitCode === 0 ? exitCodes.done : exitCodes.usage; // it has shown its help
  const { message, hint } = error as Error & { hint?: string };
  if (error instanceof UsageError || error instanceof UnreachableError) {
    say(`Error: ${message}`, ...(hint ? [`Try: ${hint}`] : []));
    return error instanceof UsageError ? exitCodes.usage : exitCodes.unreachable;
  }
  const refused = refusalOf(error);
  if (refused) {
    say(`Error: ${refused.sentence}`, `Try: ${refused.hint}`);
    return exitCodes.usage;
  }
  say(`Error: ${(error as Error).stack ?? message}`, 'Try: runbook doctor');
  return exitCodes.failed;
}
