import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';

/** The application hangs at its next start, and never answers. */
export function failOnce({ directory, runtime }: SqliteTarget): void {
  const order = join(directory, 'fail-once');
  writeFileSync(order, '');
  const { command } = runtime as { command: string[] };
  const script = 'order=$1; shift; if rm "$order" 2>/dev/null; then exec sleep 60; fi; exec "$@"';
  Object.assign(runtime, { command: ['sh', '-c', script, 'sh', order, ...command] });
}
