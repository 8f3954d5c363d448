import { writeFileSync } from 'node:fs';

/**
 * From now on a core dump of this process, or of any that it starts, holds nothing of its memory, where secrets are: no mapping is written. See
 * core(5). Where there is no such file, the limit of whoever started us is all there is.
 */
export function keepMemoryOutOfCores(): void {
  try {
    writeFileSync('/proc/self/coredump_filter', '0x0');
  } catch {
    // A system without /proc, or one that does not let us.
  }
}

/** For a shell that becomes an application: what it dumps is its own, and helps whoever mends it. The kernel's default. */
export const WHOLE_CORES = '{ echo 0x33 > /proc/self/coredump_filter; } 2>/dev/null; ';
