import { statSync } from 'node:fs';

/** Which file it is on this machine, whatever its name and wherever it is mounted: `<device>:<inode>`. Undefined when it cannot be seen. */
export function identityOf(path: string): string | undefined {
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}
