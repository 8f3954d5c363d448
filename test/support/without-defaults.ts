import { isDeepStrictEqual } from 'node:util';
import { Target } from '../../src/config/schema/target.ts';

/** A target as somebody would type it: what is so anyway is left out, and a version that has no such key reads it, too. */
export function withoutDefaults(target: Target): object {
  const typed = structuredClone(target) as Record<string, unknown>;
  leaveOut(typed);
  return typed;

  function leaveOut(part: Record<string, unknown>): void {
    for (const [key, value] of Object.entries(part)) {
      delete part[key];
      if (isSame()) continue;
      part[key] = value;
      if (value !== null && typeof value === 'object' && !Array.isArray(value))
        leaveOut(value as Record<string, unknown>);
    }
  }

  function isSame(): boolean {
    const { success, data } = Target.safeParse(typed);
    return success && isDeepStrictEqual(data, target);
  }
}
