import { lstatSync, readFileSync, readlinkSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import type { Target } from '../../../config/schema/target.ts';
import type { Stamp } from '../../../config/time/stamp.ts';
import { permanent } from '../../../os/failure.ts';
import { isThere } from '../../../os/files/file-facts.ts';
import { sha256OfPlain } from '../../../os/files/held/copy-plain.ts';
import { readPlain } from '../../../os/files/held/open-plain.ts';
import { sha256Of } from '../../../os/files/sha256.ts';
import type { Entry } from '../../artefact/manifest.ts';
import { atLivePlace } from '../draft/live-place.ts';
import { environmentFiles } from '../env/environment-files.ts';
import { type EnvChange, mergeEnv } from '../env/merge-env.ts';
import { isHalfDone } from './put-files-back.ts';
import { openRestoreDirectory, type Planned } from './restore-directory.ts';

/** What a run has kept of the files that it replaced, and what of it can go back. */
export interface FoundKept {
  /** How many there are to go back. */
  readonly files: number;
  /** The first of them, by name. */
  readonly names: readonly string[];
  /** Why none can go back, although the run had replaced some: a sentence. */
  readonly gone?: string;
  /** What people must know: sentences. */
  readonly notes: readonly string[];
}

/** One file from before, as it goes back. */
export interface KeptItem {
  readonly planned: Planned;
  /** What it holds, when that is neither the one from before nor the live one. */
  readonly bytes?: Buffer;
  /** Where it lies. */
  readonly old: string;
}

const SHOWN = 20;

/** Changes nothing. Errors: `FileInTheWay`, `EnvUnreadable`; `NoRollbackPoint` of a run that was terminated half-way. */
export async function findKept(target: Target, from: Stamp): Promise<FoundKept> {
  const restore = openRestoreDirectory(target, from);
  const progress = restore.progress();
  if (progress === undefined)
    return { files: 0, names: [], notes: [], gone: `"${restore.directory}" is not there any more` };
  if (await isHalfDone(target, from))
    throw permanent(
      'NoRollbackPoint',
      `Cannot go back from "${from}": its run was ended before it had replaced all; start "repair", which puts back what it had`,
    );
  if (progress !== 'placed')
    return {
      files: 0,
      names: [],
      notes: [],
      gone: 'The run has not replaced them, or put them back',
    };
  const items = keptItems(target, from);
  const all = restore.items().filter(({ entry }) => entry.type !== 'directory');
  const lost = all.filter(
    ({ state, entry }) => state === 'changed' && !isThere(join(restore.old, entry.path)),
  );
  const added = all.filter(
    ({ state, entry }) => state === 'missing' && !isThere(join(restore.old, entry.path)),
  );
  if (lost.length > 0) {
    const gone = `${lost.length} of the files from before are gone from "${restore.old}", such as "${lost[0]!.entry.path}"`;
    return { files: items.length, names: [], notes: [], gone };
  }
  const merged = items.filter(({ bytes }) => bytes !== undefined);
  return {
    files: items.length,
    names: items.slice(0, SHOWN).map(({ planned }) => planned.entry.path),
    notes: [
      ...(added.length > 0
        ? [`What was missing before stays (${added.length}, such as "${added[0]!.entry.path}")`]
        : []),
      ...merged.map(({ planned: { entry, env } }) => mergedText(entry.path, env)),
    ],
  };
}

function mergedText(path: string, env: EnvChange | undefined): string {
  const kept = env?.kept.join(', ');
  return `"${path}" was changed since: live values stay of ${kept || 'no key'}`;
}

/**
 * What differs from before. An environment file that somebody has changed since keeps the secrets of today: other systems know
 * those.
 */
export function keptItems(target: Target, from: Stamp): KeptItem[] {
  const restore = openRestoreDirectory(target, from);
  const isEnvironment = environmentFiles(target);
  return restore
    .items()
    .filter(({ entry }) => entry.type !== 'directory' && isThere(join(restore.old, entry.path)))
    .flatMap((planned): KeptItem[] => {
      const old = join(restore.old, planned.entry.path);
      return atLivePlace(target, planned.entry, ({ file, about }) =>
        itemOf(planned, old, file, about),
      );
    });

  function itemOf(
    planned: Planned,
    old: string,
    file: string,
    about: Stats | undefined,
  ): KeptItem[] {
    const { path } = planned.entry;
    const state = about ? ('changed' as const) : ('missing' as const);
    const entry = entryOf(path, old);
    if (entry.type !== 'file') {
      const same = about !== undefined && entry.type === 'link' && readlinkSync(file) === entry.to;
      return same ? [] : [{ planned: { archive: planned.archive, state, entry }, old }];
    }
    const live = about && sha256OfPlain(file);
    if (live === entry.sha256) return [];
    const plain = {
      planned: { archive: planned.archive, state, entry, sha256: entry.sha256 },
      old,
    };
    if (live === undefined || live === planned.sha256 || !isEnvironment(path)) return [plain];
    return [mergedWithLive(plain, file, live)];
  }

  function mergedWithLive(
    { planned, old: file }: KeptItem,
    live: string,
    sha256: string,
  ): KeptItem {
    const { bytes, ...env } = mergeEnv({
      path: planned.entry.path,
      backup: readFileSync(file),
      live: readPlain(live) ?? Buffer.alloc(0),
      secrets: 'keep',
      policy: target.backups.secrets,
    });
    return { planned: { ...planned, env, mergedWith: sha256 }, bytes, old: file };
  }
}

function entryOf(path: string, old: string): Entry {
  const about = lstatSync(old);
  if (about.isSymbolicLink()) return { type: 'link', path, to: readlinkSync(old) };
  const mode = (about.mode & 0o7777).toString(8).padStart(4, '0');
  return { type: 'file', path, mode, bytes: about.size, sha256: sha256Of(old) };
}
