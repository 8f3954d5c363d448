import { rm } from 'node:fs/promises';
import { afterAll, beforeAll } from 'vitest';
import { binWith, type composes, startDockerDaemon } from './docker-daemon.ts';

const path = process.env['PATH']!;

/** Gives the tests of the block that calls it a Docker daemon of their own. */
export function useDockerDaemon(prepare: () => unknown = () => {}): void {
  let daemon: Awaited<ReturnType<typeof startDockerDaemon>>;

  beforeAll(async () => {
    daemon = await startDockerDaemon();
    process.env['DOCKER_HOST'] = daemon.host;
    await prepare();
  }, 120_000);

  afterAll(async () => {
    delete process.env['DOCKER_HOST'];
    await daemon.stop();
  });
}

/** Puts one Compose on PATH, and no other, for the tests of the block that calls it. */
export function useCompose(
  compose: (typeof composes)[number],
  prepare: () => unknown = () => {},
): void {
  let bin: string;

  beforeAll(async () => {
    bin = await binWith(compose);
    process.env['DOCKER_CONFIG'] = bin;
    process.env['PATH'] = `${bin}:${path}`;
    await prepare();
  });

  afterAll(async () => {
    process.env['PATH'] = path;
    delete process.env['DOCKER_CONFIG'];
    await rm(bin, { recursive: true });
  });
}
