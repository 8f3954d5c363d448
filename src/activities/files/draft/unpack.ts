import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { ReadEntry } from 'tar';
import { countText } from '../../../config/text/count-text.ts';
import { permanent } from '../../../os/failure.ts';
import { openDigest, readArtefact } from '../../artefact/artefact.ts';
import type { Key } from '../../artefact/key.ts';
import type { Entry } from '../../artefact/manifest.ts';
import { isPlain } from './live-place.ts';
import type { OpenSource } from './sources.ts';

export type FileEntry = Extract<Entry, { type: 'file' }>;

/** Takes the content of one file. What it throws ends the unpacking. */
export interface Sink {
  write(piece: Buffer): void;
  /** Called when all of it has come, and has the sha256 that the manifest names. */
  end(): void;
}

const TYPES: Readonly<Record<string, Entry['type']>> = {
  File: 'file',
  OldFile: 'file',
  Directory: 'directory',
  SymbolicLink: 'link',
};

/**
 * Reads an archive to its end, and gives the files that are asked for to their sinks. Every entry is compared with the
 * manifest as it comes, so that nothing that it does not list is ever taken: no device, no hard link, no other path.
 *
 * Errors: `BackupDamaged`, `KeyMissing`, `KeyWrong`.
 */
export async function unpack(
  { source, directory, archive }: OpenSource,
  key: Key | undefined,
  sinkFor: (entry: FileEntry) => Sink | undefined,
): Promise<void> {
  const name = source.backup;
  expectPlain(archive.entries);
  const content = openDigest();
  const { Parser } = await import('tar');
  const parser = new Parser({ strict: true });
  let count = 0;
  let failure: unknown;
  const attempt = (work: () => void) => {
    try {
      if (failure === undefined) work();
    } catch (error) {
      failure = error;
    }
  };
  parser.on('error', (error: Error) => {
    failure ??= damaged(error.message);
  });
  parser.on('entry', (entry: ReadEntry) => {
    const expected = archive.entries[count];
    count += 1;
    const hash = createHash('sha256');
    let sink: Sink | undefined;
    attempt(() => {
      if (!expected || TYPES[entry.type] !== expected.type)
        throw damaged(`"${entry.path}" is not as the manifest says: ${entry.type}`);
      if (expected.type === 'file') sink = sinkFor(expected);
    });
    entry.on('data', (piece: Buffer) => {
      hash.update(piece);
      attempt(() => sink?.write(piece));
    });
    entry.on('end', () =>
      attempt(() => {
        if (!isDeepStrictEqual(seen(entry, hash.digest('hex')), expected))
          throw damaged(`"${expected!.path}" is not as the manifest says`);
        sink?.end();
      }),
    );
  });

  const bytes = readArtefact(join(directory, archive.stored.file), archive.stored, { name, key });
  for await (const piece of content.of(bytes)) {
    parser.write(piece);
    if (failure !== undefined) throw failure;
  }
  parser.end();
  if (failure !== undefined) throw failure;
  if (count !== archive.entries.length || content.digest().sha256 !== archive.sha256)
    throw damaged(
      `it has ${countText(count, 'entry', 'entries')}, expected ${archive.entries.length}`,
    );

  /** No backup of ours has another path: before a byte of it is read. */
  function expectPlain(entries: readonly Entry[]): void {
    const links = new Set(entries.filter(({ type }) => type === 'link').map(({ path }) => path));
    for (const { path } of entries) {
      const parts = path.split('/');
      const throughLink = parts.some((_, index) => links.has(parts.slice(0, index).join('/')));
      if (!isPlain(path) || throughLink)
        throw damaged(`"${path}" leads out of the place it was taken from`);
    }
  }

  function damaged(finding: string): Error {
    return permanent(
      'BackupDamaged',
      `The archive "${archive.name}" of backup "${name}" does not pass listing: ${finding}`,
    );
  }
}

function seen({ type, path, mode = 0, size, linkpath = '' }: ReadEntry, sha256: string): Entry {
  const octal = (mode & 0o7777).toString(8);
  if (type === 'SymbolicLink') return { type: 'link', path, to: linkpath };
  if (type === 'Directory')
    return { type: 'directory', path: path.replace(/\/$/, ''), mode: octal };
  return { type: 'file', path, mode: octal, bytes: size, sha256 };
}
