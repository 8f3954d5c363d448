import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { targetIn } from '../target.ts';
import type { BootedSystemd } from './booted-systemd.ts';

/** A unit of a booted systemd, and the target that is it. `lines`: of its section [Service]. */
export function unitTarget(
  systemd: BootedSystemd,
  directory: string,
  { name, lines, more = [] }: { name: string; lines: readonly string[]; more?: readonly string[] },
  runtime: { environment?: string[]; stopGrace?: string } = {},
): SqliteTarget {
  mkdirSync(directory, { recursive: true });
  const unit = `${name}.service`;
  systemd.write(`/etc/systemd/system/${unit}`, [...more, '[Service]', ...lines, ''].join('\n'));
  return targetIn(join(directory, `of-${name}`), {
    runtime: { kind: 'systemd', unit, stopGrace: '2s', ...runtime },
  });
}
