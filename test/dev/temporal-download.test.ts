import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { create } from 'tar';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { downloadTemporal } from '../../src/dev/server/published/download-temporal.ts';
import { expectOnlyOurs } from '../../src/dev/server/expect-only-ours.ts';
import { ARCHIVES, temporalArchive } from '../../src/dev/server/published/temporal-archives.ts';
import { readPins } from '../../src/dev/server/temporal-module.ts';

let directory: string;
let destination: string;
let server: Server;
let archive: Buffer;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'download-temporal-'));
  destination = join(directory, 'cache/temporal');
  archive = await packed();
  server = createServer((request, response) =>
    request.url === '/there' ? response.end(archive) : response.writeHead(404).end(),
  );
  await once(server.listen(0, '127.0.0.1'), 'listening');
});

afterEach(async () => {
  server.close();
  await rm(directory, { recursive: true });
});

describe('downloadTemporal', () => {
  test('unpacks the executable of an archive that has the hash we know', async () => {
    await download('there', sha256(archive));

    const { stdout } = await execa(destination, ['--version']);
    expect(stdout).toBe('started');
    expect(await readdir(join(directory, 'cache'))).toEqual(['temporal']);
  });

  test('neither unpacks nor starts an archive with another hash, and says both', async () => {
    const known = sha256(archive);
    archive = await packed('# one line more');

    await expect(download('there', known)).rejects.toThrow(
      `${urlOf('there')} has sha256 ${sha256(archive)}, and should have ${known}`,
    );

    expect(await readdir(join(directory, 'cache'))).toEqual([]);
    expect(existsSync(join(directory, 'was-started'))).toBe(false);
  });

  test('says what the server answers instead of an archive', async () => {
    await expect(download('gone', sha256(archive))).rejects.toThrow(
      `HTTP 404 from ${urlOf('gone')}`,
    );
  });
});

describe('temporalArchive', () => {
  test('knows the version that go.mod pins, on each platform that is served', async () => {
    const { cli } = await readPins();

    expect(Object.keys(ARCHIVES)).toEqual([cli]);
    expect(temporalArchive(cli, { platform: 'linux', arch: 'x64' }).url).toMatch(
      /^https:.*\/v1\.9\.1\/temporal_cli_1\.9\.1_linux_amd64\.tar\.gz$/,
    );
    for (const hash of Object.values(ARCHIVES[cli]!)) expect(hash).toMatch(/^[0-9a-f]{64}$/);
  });

  test('has nothing to download where no hash is known', () => {
    expect(() => temporalArchive('v1.9.1', { platform: 'freebsd', arch: 'x64' })).toThrow(
      'no hash of Temporal CLI v1.9.1 for freebsd-x64 is known',
    );
  });
});

describe('expectOnlyOurs', () => {
  const program = () => join(directory, 'ours/bin/program');

  beforeEach(() => {
    mkdirSync(join(directory, 'ours/bin'), { recursive: true });
    writeFileSync(program(), '', { mode: 0o755 });
  });

  test('takes a program that only we can change, below a directory of all with the sticky bit', () => {
    expect(() => expectOnlyOurs(program())).not.toThrow();
  });

  test.each(['ours/bin/program', 'ours/bin', 'ours'])('refuses one when %s is writable', (path) => {
    chmodSync(join(directory, path), 0o777);

    expect(() => expectOnlyOurs(program())).toThrow(/can be changed by others/);
  });

  test.skipIf(process.getuid?.() !== 0)(
    'refuses one below the directory of another user (needs root)',
    () => {
      chownSync(join(directory, 'ours'), 65_534, 65_534);

      expect(() => expectOnlyOurs(program())).toThrow(
        `"${join(directory, 'ours')}" can be changed`,
      );
    },
  );
});

const urlOf = (name: string) =>
  `http://127.0.0.1:${(server.address() as AddressInfo).port}/${name}`;

function download(name: string, hash: string): Promise<string> {
  return downloadTemporal(
    destination,
    { onProgress: () => {} },
    { url: urlOf(name), sha256: hash },
  );
}

/** With an executable that leaves a mark when it is started. */
async function packed(more = ''): Promise<Buffer> {
  const mark = join(directory, 'was-started');
  writeFileSync(join(directory, 'temporal'), `#!/bin/sh\ntouch ${mark}\necho started\n${more}\n`);
  const file = join(directory, 'archive.tar.gz');
  await create({ gzip: true, file, cwd: directory }, ['temporal']);
  return readFileSync(file);
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
