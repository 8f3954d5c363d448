import { rmSync, writeFileSync } from 'node:fs';

/** A manifest that is another than the one that was signed, as from the time when nobody signed. */
export function writeUnsigned(file: string, manifest: unknown): void {
  rmSync(`${file}.sig`, { force: true });
  writeFileSync(file, JSON.stringify(manifest, null, 2));
}
