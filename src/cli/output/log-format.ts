import { environment } from '../../config/environment.ts';
import { UsageError } from '../../config/usage-error.ts';

const logFormats = ['text', 'json'] as const;
export type LogFormat = (typeof logFormats)[number];

/** For verbs that go on: what `option` of commander takes. */
export const logFormatOption = [
  '--log-format <format>',
  'text, or json: an object a line (default: RUNBOOK_LOG_FORMAT, else text)',
] as const;

let current: LogFormat | undefined;

/**
 * From now on, all that this process says on stderr is a log: of lines for people, or of one JSON object each. `asked` comes from
 * `--log-format`, and RUNBOOK_LOG_FORMAT says it otherwise. Error: `UsageError`.
 */
export function beginLog(asked = environment().logFormat ?? 'text'): void {
  const format = logFormats.find((one) => one === asked);
  if (!format)
    throw new UsageError(
      `Cannot log as "${asked}": there are ${logFormats.join(' and ')}`,
      '--log-format json',
    );
  current = format;
}

/** Undefined: a person has typed this, and reads the answer. */
export function logFormat(): LogFormat | undefined {
  return current;
}

/** What a process does at its end; tests share one. */
export function endLog(): void {
  current = undefined;
}
