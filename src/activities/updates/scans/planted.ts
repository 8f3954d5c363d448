import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withCopyFor } from '../../../os/owner/with-copy-for.ts';
import { asApplication } from '../../../os/owner/as-application.ts';
import type { Target } from '../../../config/schema/target.ts';

/** Lends the scanner a file of ours, which is gone afterwards. */
export async function withPlanted<Result>(
  target: Target,
  command: readonly string[],
  name: string,
  content: string,
  use: (file: string) => Promise<Result>,
): Promise<Result> {
  const directory = mkdtempSync(join(tmpdir(), 'planted-'));
  try {
    const file = join(directory, name);
    writeFileSync(file, content, { mode: 0o600 });
    return await withCopyFor(asApplication(target, command).owner, file, use);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
