import { existsSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { z } from 'zod';
import { databaseFiles, databaseText } from './database-text.ts';
import { clockChanges } from '../calendar/clock-changes.ts';
import { scheduleText } from '../calendar/schedule-text.ts';
import { countText } from '../text/count-text.ts';
import { inputRefusal } from '../input-refusal.ts';
import { nearest } from '../nearest.ts';
import { approversOf } from '../schema/people.ts';
import type { Target } from '../schema/target.ts';
import { detailed } from '../schema/timetable.ts';
import { uncalledPeople } from './check-people.ts';
import { composeFiles, environmentFiles } from './compose-files.ts';
import { whyMoveState } from './default-state.ts';
import { readTarget } from './load.ts';
import { shownPath } from './target-file.ts';

export interface CheckedTarget {
  /** Missing when it cannot be read. */
  readonly target?: Target;
  /** Why it cannot be served, or would leave somebody in the lurch. */
  readonly faults: string[];
  /** It can be served, and somebody will regret it. */
  readonly warnings: string[];
  /** What will be looked after, and what will run when. */
  readonly summary: string[];
}

type Runbooks = ReadonlyMap<string, { readonly input: z.ZodType }>;

/** What `runbook target check` says of a file. Given all runbooks, it judges what would start by itself, too. */
export function checkTarget(file: string, runbooks?: Runbooks): CheckedTarget {
  if (!existsSync(file)) {
    const fault = `Cannot find "${shownPath(resolve(file))}"`;
    return { faults: [fault], warnings: [], summary: [] };
  }
  const { target, faults } = readTarget(file);
  if (!target) return { faults: [...faults], warnings: [], summary: [] };
  const warnings = [
    ...missingPaths(target),
    ...[whyMoveState(target) ?? []].flat(),
    ...noSecondDisk(target),
    ...rivalFiles(target),
    ...hiddenContainers(target),
    ...imageOfProcess(target),
    ...uncalledPeople(target),
    ...changedClocks(target),
  ];
  const refused = [...impossibleApprovals(target), ...strangeRuns(target, runbooks)];
  return { target, faults: refused, warnings, summary: summaryOf(target) };
}

function missingPaths({ directory, runtime, proxy, database, logs, backups }: Target): string[] {
  if (!existsSync(directory)) return [`"directory" does not exist here: "${directory}"`];
  const paths: [string, string | undefined][] = [
    ...composePaths(directory, runtime),
    ['proxy.drain.include', proxy?.drain?.include],
    ...databaseFiles(database).map((file): [string, string] => ['database.file', file]),
    ['backups.copy', backups.copy],
    ...logs.map(({ file }, index): [string, string] => [`logs.${index}.file`, file]),
  ];
  return paths.flatMap(([key, path]) =>
    path === undefined || existsSync(path) ? [] : [`"${key}" does not exist here: "${path}"`],
  );
}

function composePaths(directory: string, runtime: Target['runtime']): [string, string][] {
  if (runtime.kind !== 'compose') return [];
  const { envFile } = runtime;
  return [
    ...composeFiles(directory, runtime).all.map((file): [string, string] => ['runtime.file', file]),
    ...(envFile === undefined ? [] : environmentFiles(directory, runtime)).map(
      (file): [string, string] => ['runtime.envFile', file],
    ),
  ];
}

/** The first directory by another name: a link to it, or a mount of it. */
function noSecondDisk({ backups: { directory, copy } }: Target): string[] {
  const [first, second] = [directory, copy ?? directory].map((path) =>
    statSync(path, { throwIfNoEntry: false }),
  );
  if (!first || copy === undefined || first.dev !== second?.dev || first.ino !== second.ino)
    return [];
  return [`"backups.copy" is "backups.directory" by another name, and no second disk: "${copy}"`];
}

/** Which of two default files is taken, is another one for Compose 1.29 and 2. */
function rivalFiles({ directory, runtime }: Target): string[] {
  if (runtime.kind !== 'compose' || runtime.file !== undefined) return [];
  const { rivals } = composeFiles(directory, runtime);
  if (rivals.length === 0) return [];
  const names = rivals.map((file) => `"${basename(file)}"`).join(', ');
  return [`Say which is "runtime.file", because Compose 1.29 and 2 choose differently: ${names}`];
}

/** What a shell starts is given no name by which it is found. */
function hiddenContainers({ drill }: Target): string[] {
  const hidden = drill?.command.find((word) => /\b(docker|podman|nerdctl)\b.*\brun\b/.test(word));
  if (hidden === undefined || hidden.includes('{name}')) return [];
  return [
    'A container of "drill.command" may be left over: say "docker", "run" and the rest as words of their own, or use "--name {name}"',
  ];
}

/** Only a container has an image that could be asked for. */
function imageOfProcess({ drill, runtime }: Target): string[] {
  const asks = drill?.command.some((word) => word.includes('{image}')) ?? false;
  const what = runtime.kind === 'systemd' ? 'a unit of systemd' : 'a process';
  return runtime.kind !== 'compose' && asks
    ? [`"{image}" in "drill.command" is that of a container, and "runtime" is ${what}`]
    : [];
}

/** Nobody can give them: the one who asks may be one of those who may, and does not count unless they approve with the start. */
function impossibleApprovals({ approvals, contacts, people: known }: Target): string[] {
  const { by, quorum, beforehand } = approvals;
  const people = approversOf(by, contacts, known);
  if (by.length === 0 || people.length > quorum) return [];
  const whose = `${by.join(', ')} has ${countText(people.length, 'person', 'people')}`;
  if (people.length < quorum)
    return [`"approvals" needs ${quorum}, and ${whose}: name more of them`];
  if (beforehand === 'allow') return [];
  return [
    `"approvals" needs ${quorum} besides the one who asks, and ${whose}: name another one, or say "beforehand: allow", and start with --approve <step> --because "..."`,
  ];
}

/** What starts without a person names a runbook that there is, and gives it what it needs. */
function strangeRuns({ alerts, schedules, maintenance }: Target, runbooks?: Runbooks): string[] {
  if (!runbooks) return [];
  const starts = [
    ...Object.entries(schedules).map(([name, rule]) => ({
      name,
      section: 'schedules',
      input: detailed(rule).input,
    })),
    ...alerts.flatMap(({ runbook }) => (runbook ? [{ name: runbook, section: 'alerts' }] : [])),
    ...(maintenance?.chores ?? []).map((name) => ({ name, section: 'maintenance.chores' })),
  ];
  return [...new Set(starts.flatMap((start) => faultOf(start, runbooks) ?? []))];
}

function faultOf(
  { name, section, input }: { name: string; section: string; input?: object | undefined },
  runbooks: Runbooks,
): string | undefined {
  const runbook = runbooks.get(name);
  if (!runbook) {
    const meant = nearest(name, [...runbooks.keys()]);
    return `Cannot find runbook "${name}" of "${section}"${meant ? `: did you mean "${meant}"?` : ''}`;
  }
  const refusal = inputRefusal(runbook, input);
  return refusal && `Runbook "${name}" of "${section}" would fail, ${refusal}`;
}

function changedClocks({ schedules, maintenance }: Target): string[] {
  return Object.entries(schedules).flatMap(([runbook, rule]) =>
    clockChanges(rule, maintenance, new Date()).map((change) => `${runbook}: ${change}`),
  );
}

function summaryOf({
  name,
  enabled,
  directory,
  database,
  backups,
  schedules,
  maintenance,
}: Target) {
  return [
    `${name}: ${enabled ? 'enabled' : 'not enabled, served only by name'}, in ${directory}`,
    `database ${databaseText(database)}, backups in ${backups.directory}${backups.copy ? ` and ${backups.copy}` : ''}`,
    ...Object.entries(schedules).map(
      ([runbook, rule]) => `${runbook}: ${scheduleText(rule, maintenance)}`,
    ),
  ];
}
