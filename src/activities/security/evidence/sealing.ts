import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  futimesSync,
  openSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { syncDirectory, writeDurably } from '../../../os/files/durable-files.ts';
import { isDiskFull } from '../../../os/files/file-facts.ts';
import { openHeld } from '../../../os/files/held/read-held.ts';
import type { SigningKey } from '../../../os/sign/signing-key.ts';

/** A signature for anything else is none for this. */
const EVIDENCE_NAMESPACE = 'evidence@durable-runbooks';

/** A line of the manifest, without what chains it. Times are ISO 8601, UTC. */
export interface Item {
  readonly name: string;
  /** Where it came from: a file, or what was asked. */
  readonly source: string;
  readonly collectedAt: string;
  readonly bytes?: number;
  readonly sha256?: string;
  /** Of a file, as it was: owner, group, permissions, and when its content and its inode were changed last. */
  readonly uid?: number;
  readonly gid?: number;
  readonly mode?: string;
  readonly mtime?: string;
  readonly ctime?: string;
  /** Why there is no copy of it. */
  readonly why?: string;
}

const CHUNK = 4 * 2 ** 20;
const NO_SPACE = 'There is no space for a copy of it';

/** Copies evidence into a directory of ours, and signs each copy. */
export function openSealing(directory: string, key: SigningKey) {
  let number = 0;

  return {
    /**
     * Copies a file that another user may have put there, as far as it went when it was opened, and signs the copy. `most`: a larger one is
     * described, and not copied. What cannot be read is evidence, too: why.
     */
    file(source: string, most: number): Item {
      const collectedAt = new Date().toISOString();
      let fd: number;
      try {
        fd = openHeld(source);
      } catch (error) {
        return { name: '', source, collectedAt, why: (error as Error).message };
      }
      try {
        return copy(fd, source, most, collectedAt);
      } finally {
        closeSync(fd);
      }
    },

    /** The same of a file whose content must not be spread, such as `.env`: its owner, times and hash. */
    facts(source: string): Item {
      return this.file(source, -1);
    },

    /** Writes down what was found, and signs it. */
    text(what: string, source: string, content: string): Item {
      const name = nameFor(what);
      const file = join(directory, name);
      writeDurably(file, content);
      const bytes = Buffer.from(content);
      writeDurably(`${file}.sig`, key.sign({ namespace: EVIDENCE_NAMESPACE, content }));
      return {
        name,
        source,
        collectedAt: new Date().toISOString(),
        bytes: bytes.length,
        sha256: createHash('sha256').update(bytes).digest('hex'),
      };
    },
  };

  function nameFor(what: string): string {
    number += 1;
    const safe = what.replaceAll(/[^\w.-]/g, '_').slice(0, 80);
    return `${String(number).padStart(3, '0')}-${safe}`;
  }

  function copy(from: number, source: string, most: number, collectedAt: string): Item {
    const about = fstatSync(from);
    const facts = {
      source,
      collectedAt,
      bytes: about.size,
      uid: about.uid,
      gid: about.gid,
      mode: (about.mode & 0o7777).toString(8),
      mtime: about.mtime.toISOString(),
      ctime: about.ctime.toISOString(),
    };
    if (about.size > most) {
      const { sha256 } = digests(from, about.size, () => {});
      const why = most < 0 ? 'Its content is secret: it is described only' : NO_SPACE;
      return { name: '', ...facts, sha256, why };
    }
    const name = nameFor(basename(source));
    const file = join(directory, name);
    const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW } = constants;
    let to: number | undefined;
    try {
      to = openSync(file, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0o600);
      const fd = to;
      const { sha256, sha512 } = digests(from, about.size, (piece) => {
        for (let at = 0; at < piece.length;) at += writeSync(fd, piece, at);
      });
      futimesSync(to, about.atime, about.mtime);
      fsyncSync(to);
      writeDurably(`${file}.sig`, key.sign({ namespace: EVIDENCE_NAMESPACE, content: { sha512 } }));
      return { name, ...facts, sha256 };
    } catch (error) {
      // Others have filled the disk meanwhile: all that is small has to be sealed yet.
      if (!isDiskFull(error)) throw error;
      for (const left of [file, `${file}.sig`, `${file}.sig.part`]) rmSync(left, { force: true });
      const { sha256 } = digests(from, about.size, () => {});
      return { name: '', ...facts, sha256, why: NO_SPACE };
    } finally {
      if (to !== undefined) closeSync(to);
    }
  }
}

/** Of the first `size` bytes: what is written to it meanwhile is not of this moment. */
function digests(fd: number, size: number, take: (piece: Buffer) => void) {
  const [sha256, sha512] = [createHash('sha256'), createHash('sha512')];
  const buffer = Buffer.allocUnsafe(CHUNK);
  for (let position = 0; position < size;) {
    const count = readSync(fd, buffer, 0, Math.min(CHUNK, size - position), position);
    if (count === 0) break;
    const piece = buffer.subarray(0, count);
    sha256.update(piece);
    sha512.update(piece);
    take(piece);
    position += count;
  }
  return { sha256: sha256.digest('hex'), sha512: sha512.digest() };
}

export interface Head {
  readonly run: string;
  readonly at: string;
  readonly lines: number;
  /** SHA-256 of the last line, which stands for all before it. */
  readonly hash: string;
}

/**
 * Writes the manifest: a line of JSON for each item, with the hash of the line before it, so that none can be taken out or put in; its
 * signature; and how far it goes, which is small enough to be sent away. The head is written last: without it nothing is sealed.
 */
export function seal(
  directory: string,
  key: SigningKey,
  run: string,
  items: readonly Item[],
): Head {
  let previous = '0'.repeat(64);
  const lines = items.map((item, index) => {
    const line = JSON.stringify({ number: index + 1, previous, ...item });
    previous = createHash('sha256').update(line).digest('hex');
    return line;
  });
  const content = lines.map((line) => `${line}\n`).join('');
  writeDurably(join(directory, 'manifest.jsonl'), content);
  const sign = (text: string) => key.sign({ namespace: EVIDENCE_NAMESPACE, content: text });
  writeDurably(join(directory, 'manifest.jsonl.sig'), sign(content));
  writeDurably(
    join(directory, 'allowed_signers'),
    `durable-runbooks namespaces="${EVIDENCE_NAMESPACE}" ${key.publicKey}\n`,
  );
  const head = { run, at: new Date().toISOString(), lines: lines.length, hash: previous };
  const text = `${JSON.stringify(head)}\n`;
  writeDurably(join(directory, 'head.json.sig'), sign(text));
  writeDurably(join(directory, 'head.json'), text);
  syncDirectory(directory);
  return head;
}
