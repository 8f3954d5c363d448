import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Target } from '../../../config/schema/target.ts';
import type { Stamp } from '../../../config/time/stamp.ts';
import { permanent } from '../../../os/failure.ts';
import { expectSpaceFor } from '../../../os/files/disk-space.ts';
import { syncDirectory, syncFile } from '../../../os/files/durable-files.ts';
import { isDiskFull } from '../../../os/files/file-facts.ts';
import { type Evidence, keepEvidence } from '../../../state/evidence.ts';
import { writeFully } from '../../artefact/bytes.ts';
import { readKey } from '../../artefact/key.ts';
import { type Draft, draftRestore, type Item, type RestoreRequest } from '../draft/draft.ts';
import { atLivePlace } from '../draft/live-place.ts';
import { type FileEntry, type Sink, unpack } from '../draft/unpack.ts';
import { environmentFiles } from '../env/environment-files.ts';
import { applyOwnership } from './ownership.ts';
import { openRestoreDirectory, type Planned, type RestoreDirectory } from './restore-directory.ts';

export interface StagedFiles {
  readonly files: number;
  readonly bytes: number;
  readonly changed: boolean;
  readonly evidence: readonly Evidence[];
}

/** Brings every file that is missing or differs into a directory of the run, proven by its sha256, before anything stops. */
export async function stageFiles(
  target: Target,
  run: string,
  request: RestoreRequest,
  stamp: Stamp,
): Promise<StagedFiles> {
  const restore = openRestoreDirectory(target, stamp);
  const before = restore.progress() === undefined ? undefined : restore.items();
  const items = before ?? (await stageAnew(target, restore, await draftRestore(target, request)));
  const files = items.flatMap(({ entry }) => (entry.type === 'file' ? entry : []));
  return {
    files: files.length,
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    changed: before === undefined,
    evidence: [keepEvidence(target, run, 'files.json', evidenceOf(items))],
  };
}

async function stageAnew(
  target: Target,
  restore: RestoreDirectory,
  draft: Draft,
): Promise<Planned[]> {
  const { items, merged, sources } = draft;
  const isEnvironment = environmentFiles(target);
  const wanted = new Map(items.map((item) => [item.entry, item]));
  const bytes = items.reduce((sum, { entry }) => sum + ('bytes' in entry ? entry.bytes : 0), 0);
  rmSync(restore.directory, { recursive: true, force: true });
  expectSpaceFor(bytes, target.state);
  mkdirSync(restore.directory, { recursive: true, mode: 0o700 });
  // On another disk each is copied once more, beside its place.
  if (statSync(restore.directory).dev !== statSync(target.directory).dev)
    expectSpaceFor(bytes, target.directory);
  try {
    for (const source of sources)
      await unpack(source, await readKey(target), (entry) =>
        wanted.has(entry) && !merged.has(entry.path) ? sinkTo(freshPlace(entry), entry) : undefined,
      );
    for (const { entry } of items)
      if (entry.type === 'file' && merged.has(entry.path)) {
        const sink = sinkTo(freshPlace(entry), entry);
        sink.write(merged.get(entry.path)!);
        sink.end();
      }
  } catch (error) {
    rmSync(restore.directory, { recursive: true, force: true });
    if (!isDiskFull(error)) throw error;
    throw permanent('NoSpace', `No space left for restored files in "${restore.directory}"`);
  }
  const planned = items.map((item) => ({ ...item, ...hashOf(item) }));
  restore.write(planned);
  syncDirectory(target.state);
  return planned;

  function freshPlace({ path }: FileEntry): string {
    const file = join(restore.fresh, path);
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    return file;
  }

  /** With the owner that it will have: who may not give it must hear so while the application still runs. */
  function sinkTo(file: string, entry: FileEntry): Sink {
    if (existsSync(file)) rmSync(file);
    writeFileSync(file, '', { flag: 'wx', mode: 0o600 });
    return {
      write(piece) {
        const fd = openSync(file, 'a');
        try {
          writeFully(fd, piece);
        } finally {
          closeSync(fd);
        }
      },
      end() {
        const isSecret = isEnvironment(entry.path);
        atLivePlace(target, entry, ({ file: live }) =>
          applyOwnership(file, entry, { live, isSecret }),
        );
        syncFile(file);
      },
    };
  }

  function hashOf({ entry }: Item): Pick<Planned, 'sha256'> {
    const bytes = merged.get(entry.path);
    if (entry.type !== 'file') return {};
    if (bytes === undefined) return { sha256: entry.sha256 };
    return { sha256: createHash('sha256').update(bytes).digest('hex') };
  }
}

/** What differs, by name: no value, and of an environment file no hash of what could be guessed. */
function evidenceOf(items: readonly Planned[]): string {
  const lines = items.map(({ archive, entry, state, env }) => {
    const { path, type } = entry;
    const content = entry.type === 'file' && !env && { bytes: entry.bytes, sha256: entry.sha256 };
    return { path, type, archive, state, ...content, ...(env && { keys: env }) };
  });
  return `${JSON.stringify(lines, undefined, 2)}\n`;
}
