import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { places } from '../../src/config/places.ts';
import { findOnPath } from '../../src/dev/server/find-on-path.ts';

const VERSION = 'v0.5.18';

/** Builds Litestream from its Go module, once: about a minute. Undefined where there is no Go. */
export async function findLitestream(tell: (line: string) => void): Promise<string | undefined> {
  const go = findOnPath('go');
  if (!go) {
    tell('Without Litestream: there is no "go" on PATH');
    return undefined;
  }
  const directory = join(places().cache, `litestream-${VERSION}`);
  const program = join(directory, 'litestream');
  if (existsSync(program)) return program;
  tell(`Building Litestream ${VERSION}: about a minute, once`);
  const module = `github.com/benbjohnson/litestream/cmd/litestream@${VERSION}`;
  await execa(go, ['install', '-trimpath', '-ldflags', '-s -w', module], {
    env: { GOBIN: directory, CGO_ENABLED: '0', GOWORK: 'off' },
    stdin: 'ignore',
  });
  return program;
}
