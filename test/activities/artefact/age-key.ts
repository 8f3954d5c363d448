import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateIdentity } from 'age-encryption';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';

/** The target with backups that are encrypted by a key of its own, which lies where the target says. */
export async function withKey(target: SqliteTarget, name = 'backup.key'): Promise<SqliteTarget> {
  const identity = await generateIdentity();
  writeFileSync(join(target.directory, name), `# a comment\n${identity}\n`, { mode: 0o600 });
  return { ...target, backups: { ...target.backups, encryption: { key: `file:${name}` } } };
}

export function withCompression(
  target: SqliteTarget,
  compression: SqliteTarget['backups']['compression'],
): SqliteTarget {
  return { ...target, backups: { ...target.backups, compression } };
}

/** Every way in which a backup may be stored. */
export const FORMATS = ['none', 'zstd', 'none, age', 'zstd, age'] as const;

export async function withFormat(
  target: SqliteTarget,
  format: (typeof FORMATS)[number],
): Promise<SqliteTarget> {
  const [compression, encryption] = format.split(', ');
  const packed = withCompression(target, compression as 'none' | 'zstd');
  return encryption ? withKey(packed) : packed;
}
