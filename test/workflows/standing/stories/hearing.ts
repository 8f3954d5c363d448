import type { Severity } from './act.ts';
import { MINUTE, type Try, type World } from './world.ts';

/** What was tried to tell people of the fault, in minutes since the story began. */
export function openHearing({ tries, id }: Pick<World, 'tries' | 'id'>, start: number) {
  return { all, timeOf, told, hasHeard };

  function all(): readonly Try[] {
    return tries.filter(({ page }) => page.event === 'trigger' && page.thread.startsWith(`${id}/`));
  }

  function timeOf({ at }: Try): number {
    return (at - start) / MINUTE;
  }

  /** A mail wakes nobody: of a sev1 somebody has to be rung. */
  function told({ deliveries }: Try, level: Severity): boolean {
    if (level === 'sev1') return deliveries.some((one) => one.delivered && one.rings);
    return deliveries.some(({ delivered }) => delivered);
  }

  /** `before`: milliseconds since 1970. */
  function hasHeard(contact: string, since: number, before: number): boolean {
    return all().some(
      (one) =>
        one.page.contact === contact && notified(one) && one.at < before && timeOf(one) >= since,
    );
  }

  /** Where something was to ring, it rang. */
  function notified({ deliveries }: Try): boolean {
    const loud = deliveries.filter(({ rings }) => rings);
    return (loud.length > 0 ? loud : deliveries).some(({ delivered }) => delivered);
  }
}
