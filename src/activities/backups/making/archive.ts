import { closeSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { countText } from '../../../config/text/count-text.ts';
import type { Target } from '../../../config/schema/target.ts';
import type { Stamp } from '../../../config/time/stamp.ts';
import { permanent } from '../../../os/failure.ts';
import { isForbidden } from '../../../os/files/file-facts.ts';
import { openHeld } from '../../../os/files/held/read-held.ts';
import { openDigest, type Packing, readArtefact, writeArtefact } from '../../artefact/artefact.ts';
import type { Key } from '../../artefact/key.ts';
import type { Archive, KeptArchive } from '../../artefact/manifest.ts';
import { openedArchive, sealedArchive } from '../../artefact/sealed-archive.ts';
import { entriesIn, type Found, packed } from '../../artefact/tar.ts';
import type { FilePolicy } from './file-policy.ts';
import { openMaking } from './making.ts';
import { packingOf } from './store.ts';
import { walk } from './walk.ts';

export interface Archived {
  readonly files: number;
  readonly bytes: number;
  /** What the policy names and is not in it, and why: sentences. */
  readonly missing: readonly string[];
  /** False when an earlier attempt had already made all of it. */
  readonly changed: boolean;
}

/** Puts the files that go with a backup beside its database, and proves each archive from the archive. */
export async function archive(
  target: Target,
  run: string,
  stamp: Stamp,
  policies: readonly FilePolicy[],
): Promise<Archived> {
  const making = openMaking(target.backups.directory, stamp, run);
  const before = making.archives();
  const packing = await packingOf(target);
  let all: readonly KeptArchive[] = before;
  for (const policy of policies) {
    if (before.some(({ name }) => name === policy.name)) continue;
    const made = await archiveOne(target, stamp, making.directory, policy, packing);
    all = [...all, await sealedArchive(made, packing.key)];
    making.add({ archives: all });
  }
  const opened = await Promise.all(all.map((one) => openedArchive(one, packing.key, stamp)));
  const files = opened.flatMap(({ entries }) => entries).filter(({ type }) => type === 'file');
  return {
    files: files.length,
    bytes: all.reduce((sum, { stored }) => sum + stored.bytes, 0),
    missing: opened.flatMap(({ missing }) => missing),
    changed: all !== before,
  };
}

async function archiveOne(
  target: Target,
  stamp: Stamp,
  directory: string,
  policy: FilePolicy,
  packing: Packing,
): Promise<Archive> {
  const { name } = policy;
  const { found, missing } = walk(target, policy);
  const tar = packed(found);
  const { stored, content } = await writeArtefact(
    tar.bytes,
    join(directory, `${name}.tar`),
    packing,
  );
  const made: Archive = {
    name,
    ...content,
    stored,
    entries: tar.entries,
    missing: [...missing, ...tar.missing],
  };
  await expectArchive(directory, made, { name: stamp, key: packing.key });
  return made;
}

/** Demands that what lies in `directory` is the archive that the manifest describes: every entry, by its own sha256. */
export async function expectArchive(
  directory: string,
  { name, stored, sha256, entries }: Archive,
  options: { readonly name: string; readonly key: Key | undefined },
): Promise<void> {
  const content = openDigest();
  const bytes = content.of(readArtefact(join(directory, stored.file), stored, options));
  const seen = await entriesIn(bytes);
  const got = content.digest().sha256;
  if (got !== sha256) throw differs(`sha256: got "${got}", expected "${sha256}"`);
  const wrong = entries.findIndex((entry, index) => !isDeepStrictEqual(entry, seen[index]));
  if (wrong >= 0) throw differs(`listing: "${entries[wrong]!.path}" is not as it was`);
  if (seen.length !== entries.length)
    throw differs(`listing: ${countText(seen.length, 'entry', 'entries')}`);

  function differs(finding: string): Error {
    return permanent(
      'BackupDamaged',
      `The archive "${name}" of backup "${options.name}" does not pass ${finding}`,
    );
  }
}

/** Demands that everything is there that the policy names, and can be read. Error: `FilesMissing`. */
export function expectFiles(target: Target, policies: readonly FilePolicy[]): void {
  const missing = policies.flatMap((policy) => {
    const walked = walk(target, policy);
    return [...walked.missing, ...walked.found.flatMap(whyUnreadable)];
  });
  if (missing.length > 0)
    throw permanent('FilesMissing', `Not in the backup: ${missing.slice(0, 5).join('; ')}`);
}

function whyUnreadable({ path, file, type }: Found): string[] {
  if (type !== 'file') return [];
  try {
    closeSync(openHeld(file));
    return [];
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // One that has gone meanwhile is for the walk to tell.
    if (code !== undefined && !isForbidden(error)) return [];
    return [`"${path}" cannot be read: ${message}`];
  }
}
