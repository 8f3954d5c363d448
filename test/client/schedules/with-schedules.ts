import { catalogue } from '../../../src/client/catalogue.ts';
import type { ScheduleContext } from '../../../src/client/schedules/wanted-schedules.ts';
import { type SqliteTarget, Target } from '../../../src/config/schema/target.ts';
import { test as onServer } from '../../support/client.ts';

type Rules = Record<string, unknown>;

/** A client on the real server. Every schedule of a target made with `shop` is deleted in the end. */
export const test = onServer.extend<{
  /** A target with these rules, under a name that no other test uses. */
  shop: (schedules: Rules, overrides?: object) => SqliteTarget;
}>({
  shop: async ({ target, client }, use) => {
    const made = new Set<string>();
    await use((schedules, overrides = {}) => {
      const shop = Target.parse({
        ...target,
        name: `${target.name}-shop`,
        schedules,
        ...overrides,
      }) as SqliteTarget;
      for (const runbook of Object.keys(shop.schedules)) made.add(`${shop.name}/${runbook}`);
      return shop;
    });
    for (const id of made)
      await client.schedule
        .getHandle(id)
        .delete()
        .catch(() => {});
  },
});

/** Nobody serves what these schedules start; and any name is a runbook, as the targets name some that are still to come. */
export function anyRunbook(...targets: readonly SqliteTarget[]): ScheduleContext {
  const names = targets.flatMap(({ schedules }) => Object.keys(schedules));
  const facts = catalogue.get('daily-backup')!;
  return {
    queue: `nobody-${crypto.randomUUID()}`,
    runbooks: new Map(names.map((name) => [name, catalogue.get(name) ?? facts])),
  };
}
