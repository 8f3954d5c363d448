import { createHash } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import type { Target } from '../../../config/schema/target.ts';
import { countText } from '../../../config/text/count-text.ts';
import { sha256OfPlain } from '../../../os/files/held/copy-plain.ts';
import { readPlain } from '../../../os/files/held/open-plain.ts';
import { readKey } from '../../artefact/key.ts';
import type { ArchiveName, Entry } from '../../artefact/manifest.ts';
import { environmentFiles } from '../env/environment-files.ts';
import { refused } from '../env/expect-merged.ts';
import { type EnvChange, mergeEnv } from '../env/merge-env.ts';
import { isSecretFile } from '../env/secret-keys.ts';
import { atLivePlace, isSpared, leadsOutside } from './live-place.ts';
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
  /** Environment files that differ from the backup, be it that all that differs stays: by path, what becomes of their keys. */
  readonly environments: ReadonlyMap<string, EnvChange>;
  /** Whole environment files with the live secrets in them, by path. */
  readonly merged: ReadonlyMap<string, Buffer>;
  readonly sources: readonly OpenSource[];
}

/** Compares what is in the backups with what is here. Errors: `FileInTheWay`, `EnvUnreadable`, `BackupDamaged`. */
export async function draftRestore(
  target: Target,
  { files, secrets }: RestoreRequest,
): Promise<Draft> {
  const sources = await Promise.all(files.map((source) => openSource(target, source)));
  const isEnvironment = environmentFiles(target);
  const items: Item[] = [];
  const leftOut: string[] = [];
  const merged = new Map<string, Buffer>();
  const environments = new Map<string, EnvChange>();
  const known = new Set<string>();
  let same = 0;
  let spared = 0;
  for (const source of sources) {
    const archive = source.archive.name;
    const wanted = source.archive.entries.filter(
      (entry) => !known.has(entry.path) && isMergeable(entry),
    );
    const envs = await contentsOf(target, source, wanted);
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
      const item = compare(entry);
      const env = envs.get(entry.path);
      const brought = item && env ? bringTogether(entry as FileEntry, env) : item;
      if (brought === undefined) same += 1;
      else if (staysWhole(brought)) leftOut.push(sentenceOf(entry));
      else items.push({ archive, ...brought });
    }
  }
  if (spared > 0)
    leftOut.push(
      `${countText(spared, 'log or other file that is', 'logs or other files that are')} never restored over`,
    );
  return { items, same, leftOut, environments, merged, sources };

  function compare(entry: Entry): Omit<Item, 'archive'> | undefined {
    return atLivePlace(target, entry, ({ file, about }) => {
      if (!about) return { entry, state: 'missing', ...(isEnv(entry) && { env: NO_KEYS }) };
      const equal =
        entry.type === 'file'
          ? about.size === entry.bytes && sha256OfPlain(file) === entry.sha256
          : entry.type === 'directory' || readlinkSync(file) === entry.to;
      return equal ? undefined : { entry, state: 'changed' };
    });
  }

  function isEnv({ path, type }: Entry): boolean {
    return type === 'file' && isEnvironment(path);
  }

  /** An environment file that is here, and differs. Error: `EnvUnreadable`. */
  function isMergeable(entry: Entry): boolean {
    if (!isEnv(entry) || isSpared(target, entry.path)) return false;
    const item = compare(entry);
    if (item?.state !== 'changed' || entry.type !== 'file') return false;
    const bytes = Math.max(sizeOf(entry), entry.bytes);
    if (bytes <= MAX_ENV) return true;
    if (secrets === 'restore') return false;
    throw refused(entry.path, `it is larger than ${countText(MAX_ENV, 'byte')}`);
  }

  function bringTogether(entry: FileEntry, backup: Buffer): Omit<Item, 'archive'> | undefined {
    const live = atLivePlace(target, entry, ({ file }) => readPlain(file) ?? Buffer.alloc(0));
    const policy = target.backups.secrets;
    const { bytes, ...env } = mergeEnv({ path: entry.path, backup, live, secrets, policy });
    environments.set(entry.path, env);
    if (bytes.equals(live)) return undefined;
    merged.set(entry.path, bytes);
    return { entry, state: 'changed', env, mergedWith: hashOf(live) };
  }

  /** A file that is one secret is not taken apart. One that is missing or empty is damage. */
  function staysWhole({ entry, state, env }: Omit<Item, 'archive'>): boolean {
    if (secrets === 'restore' || env || state === 'missing' || entry.type !== 'file') return false;
    return sizeOf(entry) > 0 && isSecretFile(target.backups.secrets, entry.path);
  }

  function sizeOf(entry: Entry): number {
    return atLivePlace(target, entry, ({ about }) => about?.size ?? 0);
  }
}

/** They are small. */
const MAX_ENV = 256 * 1024;

const NO_KEYS: EnvChange = { kept: [], restored: [], removed: [] };

function sentenceOf({ path }: Entry): string {
  return `"${path}" differs and stays as it is here: it holds secrets`;
}

function hashOf(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** What the backup has of some files. */
async function contentsOf(
  target: Target,
  source: OpenSource,
  wanted: readonly Entry[],
): Promise<Map<string, Buffer>> {
  const contents = new Map<string, Buffer>();
  if (wanted.length === 0) return contents;
  await unpack(source, await readKey(target), (entry) => {
    if (!wanted.includes(entry)) return undefined;
    const pieces: Buffer[] = [];
    return {
      write: (piece) => void pieces.push(piece),
      end: () => void contents.set(entry.path, Buffer.concat(pieces)),
    };
  });
  return contents;
}
