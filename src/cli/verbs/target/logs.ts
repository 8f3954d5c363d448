import { basename } from 'node:path';
import { Command } from 'commander';
import type { LogText } from '../../../activities/logs/read/record-scanner.ts';
import type { LogFile } from '../../../config/schema/logs.ts';
import type { Target } from '../../../config/schema/target.ts';
import { plainText } from '../../../config/text/plain-text.ts';
import { UsageError } from '../../../config/usage-error.ts';
import { countText } from '../../../config/text/count-text.ts';
import { columns } from '../../../report/columns.ts';
import { oneLine } from '../../../report/one-line.ts';
import { oneOf } from '../../input/one-of.ts';
import { positive } from '../../input/positive.ts';
import { print, printJson, say } from '../../output/say.ts';

interface Options {
  readonly file?: string;
  readonly tail: number;
  readonly follow?: boolean;
  readonly since?: string;
  readonly errors?: boolean;
  readonly byType?: boolean;
  readonly telemetry?: string;
  readonly json?: boolean;
}

const TAIL = 50;
const DAY = 24 * 3_600_000;

const AFTER_HELP = `
It reads the logs that the target names, with what was rotated of them, on the
target's host and without Temporal. An entry is a line and what belongs to it, such
as a traceback. What would do something to a terminal is shown as \uFFFD.
--errors, --by-type and --telemetry look at the last 24 hours, unless --since says
otherwise. With --json --follow, stdout is one JSON object a line.

Examples:
  runbook target logs ahgd --follow
  runbook target logs ahgd --errors --since 2h
  runbook target logs analytics-hub --by-type
  runbook target logs analytics-hub --telemetry page_view --json`;

export const logs = () =>
  new Command('logs')
    .description('Show the logs of a target: the last entries, errors, telemetry')
    .argument('[target]', 'default: RUNBOOK_TARGET, or the only one that is enabled')
    .option('--file <name>', 'which log (default: the first that the target names)')
    .option('--tail <count>', 'how many entries at most', positive, TAIL)
    .option('--follow', 'go on with what is written, also when the log is rotated')
    .option('--since <time>', 'such as 2h, 2026-01-05 or 2026-01-05T02:00:00Z')
    .option('--errors', 'only errors')
    .option('--by-type', 'count errors by the class of their exception')
    .option('--telemetry <event_type>', 'only telemetry of this event_type')
    .option('--json', 'print one JSON array')
    .addHelpText('after', AFTER_HELP)
    .action(async (name: string | undefined, options: Options) => {
      const { targetFor } = await import('../../input/target-for.ts');
      const { expectHere } = await import('../../local/beside-target.ts');
      const { since: timeOf } = await import('../../input/since.ts');
      const target = targetFor(name);
      expectHere(target);
      const log = chosenLog(target, options);
      const isFiltered = options.errors ?? options.byType ?? options.telemetry !== undefined;
      const since =
        options.since !== undefined
          ? timeOf(options.since, `runbook target logs ${target.name} --since 2h`).getTime()
          : isFiltered
            ? Date.now() - DAY
            : undefined;
      if (options.byType) await showTypes(target, log, since ?? 0, options);
      else await showTexts(target, log, since, options);
    });

/** Error: `UsageError` when the target names no such log. */
function chosenLog(target: Target, { file, telemetry, byType, follow }: Options): LogFile {
  const { name, logs: all } = target;
  if (byType && follow)
    throw new UsageError(
      'Cannot count by type what is followed',
      `runbook target logs ${name} --errors --follow`,
    );
  if (all.length === 0)
    throw new UsageError(
      `Target "${name}" names no "logs"`,
      `say "logs" in its file: docs/logs.md`,
    );
  const named = all.map((log) => ({
    log,
    short: log.file.startsWith(`${target.directory}/`)
      ? log.file.slice(target.directory.length + 1)
      : log.file,
  }));
  const whole = named.find(
    ({ log, short }) => file === short || file === log.file || file === basename(log.file),
  );
  if (whole) return whole.log;
  if (file !== undefined)
    oneOf(
      'log',
      file,
      named.map(({ short }) => short),
      `runbook target logs ${name} --file ${named[0]!.short}`,
    );
  const first =
    telemetry === undefined
      ? named[0]!
      : (named.find(({ log }) => log.format === 'json') ?? named[0]!);
  if (all.length > 1)
    say(`${first.short}, of ${countText(all.length, 'log')}: --file names another`);
  return first.log;
}

async function showTypes(
  target: Target,
  log: LogFile,
  since: number,
  { json }: Options,
): Promise<void> {
  const { errorTypes } = await import('../../local/log-texts.ts');
  const types = (await errorTypes(target, log, since)).map(({ type, count }) => ({
    type: oneLine(type),
    count,
  }));
  if (json) return printJson(types);
  say(`Errors since ${new Date(since).toISOString()}`);
  if (types.length === 0) print('No errors');
  else print(columns(types.map(({ type, count }) => [String(count), type])).join('\n'));
}

async function showTexts(
  target: Target,
  log: LogFile,
  since: number | undefined,
  options: Options,
): Promise<void> {
  const { logTexts, followTexts } = await import('../../local/log-texts.ts');
  const { errors, telemetry, tail, follow, json } = options;
  let last = false;
  const isWanted = ({ level, event, goesOn }: LogText): boolean => {
    // The lines of an entry are shown with it, whenever they come.
    if (!goesOn || level === 'error')
      last = (!errors || level === 'error') && (telemetry === undefined || event === telemetry);
    return last;
  };
  const { texts, total, end } = await logTexts(target, log, {
    tail,
    isWanted,
    ...(since !== undefined && { since }),
  });
  if (json && !follow) return printJson(texts.map(jsonOf));
  const show = (text: LogText) => print(json ? JSON.stringify(jsonOf(text)) : plainText(text.text));
  if (total > texts.length) say(`The last ${texts.length} of ${total}: --tail ${total} shows all`);
  if (total === 0 && !follow)
    say(
      since === undefined ? 'The log is empty' : `Nothing since ${new Date(since).toISOString()}`,
    );
  for (const text of texts) show(text);
  if (follow)
    await followTexts(target, log, end, (text) => {
      if (isWanted(text)) show(text);
    });
}

function jsonOf({ at, level, type, event, text }: LogText) {
  return {
    ...(Number.isNaN(at) ? {} : { at: new Date(at).toISOString() }),
    ...(level && { level }),
    ...(type !== undefined && { type: oneLine(type) }),
    ...(event !== undefined && { event: oneLine(event) }),
    text: plainText(text),
  };
}
