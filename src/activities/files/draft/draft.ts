import { isUtf8 } from 'node:buffer';
import { readFileSync, readlinkSync } from 'node:fs';
import type { Target } from '../../../config/schema/target.ts';
import { permanent } from '../../../os/failure.ts';
import { sha256Of } from '../../../os/files/sha256.ts';
import { readKey } from '../../artefact/key.ts';
import type { ArchiveName, Entry } from '../../artefact/manifest.ts';
import { type EnvChange, isEnv, mergeEnv } from './env.ts';
import { isSpared, leadsOutside, livePlace } from './live-place.ts';
import { openSource, type OpenSource, type Source } from './sources.ts';
import { type FileEntry, unpack } from './unpack.ts';

export interface RestoreRequest {
  readonly files: readonly Source[];
  /** Whether the live values of secrets stay, or are the backup's, too. */
  readonly secrets: 'keep' | 'restore';
}

/** Something that a recovery brings. */
export interface Item {
  readonly archive: ArchiveName;
  readonly entry: Entry;
  readonly state: 'missing' | 'changed';
  /** What becomes of its keys, when it is an environment file. */
  readonly env?: EnvChange;
  /** Of the live file whose secrets went into it. */
  readonly mergedWith?: string;
}

/** What a recovery of files would do. Nothing of it is done yet. */
export interface Draft {
  readonly items: readonly Item[];
  /** How many are here as they are in the backup. */
  readonly same: number;
  /** What stays out, and why: sentences. */
  readonly leftOut: readonly string[];
  /** Whole environment files, by path. */
  readonly texts: ReadonlyMap<string, string>;
  readonly sources: readonly OpenSource[];
}

/** Compares what is in the backups with what is here. Errors: `FileInTheWay`, `EnvUnreadable`, `BackupDamaged`. */
export async function draftRestore(
  target: Target,
  { files, secrets }: RestoreRequest,
): Promise<Draft> {
  const sources = files.map((source) => openSource(target, source));
  const items: Item[] = [];
  const leftOut: string[] = [];
  const texts = new Map<string, string>();
  const known = new Set<string>();
  let same = 0;
  let spared = 0;
  for (const source of sources) {
    const archive = source.archive.name;
    const envs = await envsOf(target, source);
    for (const entry of source.archive.entries) {
      // What two archives have is taken from the first of them: configuration comes before data.
      if (known.has(entry.path)) continue;
      known.add(entry.path);
      if (isSpared(target, entry.path)) {
        spared += 1;
        continue;
      }
      if (entry.type === 'link' && leadsOutside(target, entry.path, entry.to)) {
        leftOut.push(`The link "${entry.path}" leads out of "${target.directory}"`);
        continue;
      }
      const env = envs.get(entry.path);
      const item = env === undefined ? compare(entry) : compareEnv(entry as FileEntry, env);
      if (item === undefined) same += 1;
      else items.push({ archive, ...item });
    }
  }
  if (spared > 0) leftOut.push(`${spared} logs or other files that are never restored over`);
  return { items, same, leftOut, texts, sources };

  function compare(entry: Entry): Omit<Item, 'archive'> | undefined {
    const { file, about } = livePlace(target, entry);
    if (!about) return { entry, state: 'missing' };
    const equal =
      entry.type === 'file'
        ? about.size === entry.bytes && sha256Of(file) === entry.sha256
        : entry.type === 'directory' || readlinkSync(file) === entry.to;
    return equal ? undefined : { entry, state: 'changed' };
  }

  function compareEnv(entry: FileEntry, backup: string): Omit<Item, 'archive'> | undefined {
    const { file, about } = livePlace(target, entry);
    const live = about && textOf(entry.path, readFileSync(file));
    const { text, ...env } = mergeEnv(entry.path, backup, live, secrets);
    if (text === live) return undefined;
    texts.set(entry.path, text);
    if (!about) return { entry, state: 'missing', env };
    return { entry, state: 'changed', env, mergedWith: sha256Of(file) };
  }
}

/** The environment files of the configuration: small, and read by key. */
async function envsOf(target: Target, source: OpenSource): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  const wanted = (entry: Entry) => entry.type === 'file' && isEnv(entry.path);
  if (source.archive.name !== 'configuration' || !source.archive.entries.some(wanted)) return texts;
  await unpack(source, await readKey(target), (entry) => {
    if (!wanted(entry)) return undefined;
    const pieces: Buffer[] = [];
    return {
      write: (piece) => void pieces.push(piece),
      end: () => void texts.set(entry.path, textOf(entry.path, Buffer.concat(pieces))),
    };
  });
  return texts;
}

function textOf(path: string, content: Buffer): string {
  if (isUtf8(content)) return content.toString();
  throw permanent(
    'EnvUnreadable',
    `Cannot read the keys of "${path}": it is no UTF-8; keep it with "configuration: keep"`,
  );
}
