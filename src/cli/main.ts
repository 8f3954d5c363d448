#!/usr/bin/env node
import { Command } from 'commander';
import { UnreachableError } from '../client/unreachable-error.ts';
import { UsageError } from '../config/usage-error.ts';
import { version } from '../config/version.ts';
import { exitCodes } from './exit-code.ts';
import { say } from './say.ts';
import { verbs } from './verbs/index.ts';

/** argv -> verb -> exit code. Every error a person can act on ends in one `Try:` line, without a stack. */
async function main(argv: readonly string[]): Promise<void> {
  const program = new Command('runbook')
    .description('Operations runbooks that finish')
    .version(version)
    .exitOverride()
    .configureHelp({ sortSubcommands: false })
    .showHelpAfterError('Try: runbook --help');
  for (const verb of verbs) program.addCommand(await verb(argv));
  inherit(program);
  await program.parseAsync(argv, { from: 'user' });
}

/** Commander copies its settings only to commands that it made itself. */
function inherit(command: Command): void {
  for (const child of command.commands) {
    child.copyInheritedSettings(command);
    inherit(child);
  }
}

function report(error: unknown): number {
  if (isCommanderError(error)) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  const { message, hint } = error as Error & { hint?: string };
  if (error instanceof UsageError || error instanceof UnreachableError) {
    say(`Error: ${message}`, ...(hint ? [`Try: ${hint}`] : []));
    return error instanceof UsageError ? exitCodes.usage : exitCodes.unreachable;
  }
  say(`Error: ${(error as Error).stack ?? message}`);
  return exitCodes.failed;
}

/** Commander has printed its own message by then. */
function isCommanderError(error: unknown): error is { exitCode: number } {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('commander.');
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.exitCode = report(error);
}
