import type { Target } from '../../config/schema/target.ts';
import { UsageError } from '../../config/usage-error.ts';
import type { RunbookFacts } from '../../engine/run/runbook-facts.ts';
import { backupLines, expectBackup, otherBackup } from './choose-backup.ts';
import { type InputField, inputFields } from './input-fields.ts';

/** The runbook's input from the flags. Error: `UsageError` that says what to choose from. */
export function inputFrom(
  runbook: string,
  facts: RunbookFacts,
  options: Record<string, unknown>,
  target: Target,
): Record<string, unknown> {
  const fields = inputFields(facts);
  const given = fields.filter(({ key }) => options[key] !== undefined);
  const input: Record<string, unknown> = Object.fromEntries(
    given.map(({ key }) => [key, options[key]]),
  );
  for (const field of fields)
    if (field.required && input[field.key] === undefined) throw missing(runbook, field, target);

  const parsed = facts.input.safeParse(input);
  if (!parsed.success)
    throw new UsageError(faultsOf(parsed.error.issues, input), `runbook start ${runbook} --help`);
  for (const { key, lists } of fields)
    if (lists === 'backups' && typeof input[key] === 'string')
      expectBackup(input[key], target, runbook);
  return input;
}

function missing(
  runbook: string,
  { flag, lists, description }: InputField,
  target: Target,
): UsageError {
  const choices = lists === 'backups' ? [`Backups of ${target.name}:`, ...backupLines(target)] : [];
  return new UsageError(
    [`Missing ${flag}: ${description}`, ...choices].join('\n'),
    lists === 'backups' ? otherBackup(target, runbook) : `runbook start ${runbook} --help`,
  );
}

function faultsOf(
  issues: readonly { path: readonly PropertyKey[]; message: string }[],
  input: Record<string, unknown>,
): string {
  return issues
    .map(({ path, message }) => {
      const given = input[String(path[0])];
      // What is wrong is that it is not there.
      return given === undefined
        ? message
        : `Cannot read --${path.join('.')} ${JSON.stringify(given)}: ${message}`;
    })
    .join('\n');
}
