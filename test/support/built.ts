import { join } from 'node:path';
import { inject } from 'vitest';
import { outputOf } from '../../scripts/build.ts';

/** A program as the package has it, or one of ours beside it: `src/cli/main.ts`. It starts in half the time. */
export function built(source: string): string {
  return join(inject('built'), outputOf(source));
}
