import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { createSystems } from '../../src/activities/index.ts';
import type { SqliteTarget } from '../../src/config/schema/target.ts';

const APP = fileURLToPath(new URL('growing-app.ts', import.meta.url));

/** The world's application becomes one that holds more the longer it runs, and gets slow by it. */
export async function useGrowingApp(world: SqliteTarget, mebibytes: number): Promise<void> {
  await createSystems(world, 'before').runtime.stop();
  const { port } = new URL(world.app.url);
  const cache = world.cache ? [world.cache.url] : [];
  const command = [process.execPath, APP, world.database.file, port, `${process.pid}`, ...cache];
  Object.assign(world.runtime, { command });
  const { runtime, http } = createSystems(world, 'before');
  await runtime.start();
  await http.expectReady();
  if (mebibytes > 0) await (await fetch(`${world.app.url}/grow?mebibytes=${mebibytes}`)).text();
}

/** So many entries under its prefix, all of which each page reads. */
export async function fillCache({ cache }: SqliteTarget, entries: number): Promise<void> {
  const redis = new Redis(cache!.url);
  const some = Array.from({ length: 10_000 }, (_, entry) => `entry ${entry}`);
  for (let made = 0; made < entries; made += some.length)
    await redis.rpush('demo:history', ...some);
  await redis.quit();
}
