import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll } from 'vitest';
import type { Description } from '../../../src/activities/runtime/driver.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { type BootedSystemd, bootSystemd } from './booted-systemd.ts';
import { unitTarget } from './unit-target.ts';

interface Unit {
  /** Before its section [Service]. */
  readonly more?: readonly string[];
  readonly environment?: string[];
  readonly stopGrace?: string;
}

/** Where debootstrap has to be waited for, too. */
const MADE_WITHIN = 900_000;

/** One booted systemd for all tests of a file, and units in it. */
export function useUnits() {
  let shared: string;
  let systemd: BootedSystemd;

  beforeAll(async () => {
    shared = mkdtempSync(join(tmpdir(), 'systemd-'));
    systemd = await bootSystemd(shared);
  }, MADE_WITHIN);

  afterAll(async () => {
    await systemd?.stop();
    rmSync(shared, { recursive: true, force: true });
  });

  return {
    get shared() {
      return shared;
    },
    get systemd() {
      return systemd;
    },
    world: (
      name: string,
      lines: readonly string[],
      { more, ...runtime }: Unit = {},
    ): SqliteTarget => unitTarget(systemd, shared, { name, lines, ...(more && { more }) }, runtime),
    describe: (target: SqliteTarget) => systemd.ask<Description>(target, 'runtime.describe'),
    state: (unit: string) => systemd.show(unit, 'ActiveState')['ActiveState'],
  };
}

export async function until(is: () => boolean): Promise<void> {
  for (const end = Date.now() + 30_000; !is(); await sleep(50))
    if (Date.now() > end) throw new Error('It did not come about within 30 s');
}
