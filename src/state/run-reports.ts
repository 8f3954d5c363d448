import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Target } from '../config/schema/target.ts';
import { syncDirectory, writeDurably } from '../os/files/durable-files.ts';
import { namesIn } from '../os/files/names-in.ts';
import { runFileName, runOfFileName } from './run-file-name.ts';

type Place = Pick<Target, 'name' | 'state'>;

/** As far as it is read here: what else a report has is for those who write and read it. */
export interface StoredRun {
  readonly run: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly endedAt?: string;
}

/** Stores the report of a run beside its target, as JSON and as HTML, so that it outlives Temporal's retention. */
export function storeRunReport(
  target: Place,
  view: StoredRun,
  page: string,
): { html: string; json: string } {
  const directory = directoryOf(target);
  if (mkdirSync(directory, { recursive: true })) syncDirectory(target.state);
  const { html, json } = placeOfRunReport(target, view.run);
  writeDurably(json, `${JSON.stringify(view, undefined, 2)}\n`);
  writeDurably(html, page);
  return { html, json };
}

/** Where the report of a run lies, when it was written. */
export function placeOfRunReport(target: Place, run: string): { html: string; json: string } {
  const path = join(directoryOf(target), runFileName(run, target));
  return { html: `${path}.html`, json: `${path}.json` };
}

/** The runs that were written beside a target and whose id is `part`, or has it in it. The newest first. */
export function storedRuns(target: Place, part: string): StoredRun[] {
  const views = reportsIn(directoryOf(target)).flatMap((name) => {
    const view = readView(join(directoryOf(target), name));
    return view?.run.includes(part) ? [view] : [];
  });
  const exact = views.filter(({ run }) => run === part);
  return (exact.length > 0 ? exact : views).toSorted((a, b) =>
    b.startedAt.localeCompare(a.startedAt),
  );
}

/** The newest runs that were written, by the names of their files alone, which takes no time: those that people or schedules have started. */
export function newestStoredRuns(target: Place, most: number): string[] {
  return reportsIn(directoryOf(target))
    .flatMap((name) => runOfFileName(name.slice(0, -'.json'.length), target) ?? [])
    .toSorted((a, b) => stampIn(b).localeCompare(stampIn(a)))
    .slice(0, most);
}

function stampIn(run: string): string {
  return run.slice(run.lastIndexOf('/'));
}

/** Removes what was written of runs that ended before a time, in ms since 1970, and their evidence. Answers how many. */
export function removeRunReports(target: Place, before: number): number {
  const directory = directoryOf(target);
  const old = reportsIn(directory).filter((name) => {
    const view = readView(join(directory, name));
    // When it ended stands in it: a copied or restored file is as old as what it is of.
    return view !== undefined && Date.parse(view.endedAt ?? view.startedAt) < before;
  });
  for (const json of old) {
    const name = json.slice(0, -'.json'.length);
    rmSync(join(target.state, 'evidence', name), { recursive: true, force: true });
    rmSync(join(directory, `${name}.html`), { force: true });
    // The last, because it tells a later attempt that there is something left to remove.
    rmSync(join(directory, json));
  }
  if (old.length > 0) syncDirectory(directory);
  return old.length;
}

function directoryOf({ state }: Place): string {
  return join(state, 'runs');
}

function reportsIn(directory: string): string[] {
  return namesIn(directory).filter((name) => name.endsWith('.json'));
}

/** A file that is none of ours is passed over. */
function readView(file: string): StoredRun | undefined {
  try {
    const view = JSON.parse(readFileSync(file, 'utf8')) as Partial<StoredRun> | null;
    return typeof view?.run === 'string' && typeof view.startedAt === 'string'
      ? (view as StoredRun)
      : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
