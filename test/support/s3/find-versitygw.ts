import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { places } from '../../../src/config/places.ts';
import { findOnPath } from '../../../src/dev/server/find-on-path.ts';

/** Our Go module that pins the server. */
const MODULE = join(import.meta.dirname, 'versitygw');

/** Where the executable of exactly this pin is kept. */
function cachedVersitygw(): string {
  const pins = readFileSync(join(MODULE, 'go.sum'));
  const key = createHash('sha256').update(pins).digest('hex').slice(0, 16);
  return join(places().cache, 'versitygw', key, 'versitygw');
}

/** Undefined: it was not built yet, and tests that need it are skipped. */
export function findVersitygw(): string | undefined {
  const cached = cachedVersitygw();
  return existsSync(cached) ? cached : findOnPath('versitygw');
}

/** Builds it once, of Go modules alone: 3 minutes of one core. */
export async function buildVersitygw(): Promise<string> {
  const cached = cachedVersitygw();
  if (existsSync(cached)) return cached;
  const part = `${cached}.${randomUUID()}.part`;
  mkdirSync(dirname(cached), { recursive: true });
  try {
    const how = ['build', '-mod=readonly', '-trimpath', '-ldflags', '-s -w', '-o', part];
    await execa('go', [...how, 'github.com/versity/versitygw/cmd/versitygw'], {
      cwd: MODULE,
      env: { CGO_ENABLED: '0', GOWORK: 'off' },
      stdin: 'ignore',
      timeout: 30 * 60_000,
    });
    renameSync(part, cached);
  } finally {
    rmSync(part, { force: true });
  }
  return cached;
}
