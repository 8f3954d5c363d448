import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { read } from '../../config/border/read.ts';
import { writeDurably } from '../../os/files/durable-files.ts';
import { ensurePrivate } from '../../os/files/ensure-private.ts';
import { ensureSigningKey, keysOf } from '../../os/sign/signing-key.ts';
import { isThere } from '../../os/files/file-facts.ts';

/** A signature for anything else is none for this. */
export const AUDIT_NAMESPACE = 'audit@durable-runbooks';

/** How far the audit was when it was signed. */
export const Head = z.object({
  /** Grows with each. */
  number: z.int().min(0),
  /** Of the file that was written last. */
  bytes: z.int().min(0),
  /** Stands for all that was ever written, in earlier files, too. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
});
export type Head = z.infer<typeof Head>;

export interface SignedHead extends Head {
  readonly file: string;
  readonly content: string;
  readonly signature: string;
}

const NAME = /^head-(\d{12})\.json$/;

/** The newest head. The signature is written first: one that has none yet is not there yet. */
export function headIn(state: string): SignedHead | undefined {
  const directory = join(state, 'audit');
  if (!isThere(directory)) return undefined;
  const names = readdirSync(directory).filter((name) => NAME.test(name));
  for (const name of names.toSorted().toReversed()) {
    const file = join(directory, name);
    try {
      const [content, signature] = [file, `${file}.sig`].map((one) => readFileSync(one, 'utf8'));
      const head = read(Head, JSON.parse(content!));
      if (head.isRead) return { ...head.value, file, content: content!, signature: signature! };
    } catch {
      // Half of it was removed.
    }
  }
  return undefined;
}

/** Signs how far the audit is, and forgets how far it was. */
export function signHead(state: string, head: Head): void {
  const directory = join(state, 'audit');
  ensurePrivate(directory);
  const key = ensureSigningKey(keysOf(state));
  const file = join(directory, `head-${String(head.number).padStart(12, '0')}.json`);
  const content = `${JSON.stringify(head)}\n`;
  writeDurably(`${file}.sig`, key.sign({ namespace: AUDIT_NAMESPACE, content }));
  writeDurably(file, content);
  for (const name of readdirSync(directory)) {
    const [, number] = /^head-(\d{12})\.json/.exec(name) ?? [];
    if (number !== undefined && Number(number) < head.number) rmSync(join(directory, name));
  }
}
