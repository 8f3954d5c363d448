import type { Sections } from './sections.ts';

export interface DanglingName {
  readonly path: (string | number)[];
  readonly message: string;
  /** The section in which the name should be. */
  readonly params: { readonly within: string };
}

/** Names that stand for another part of the target, and find none there. Takes targets with other faults, too. */
export function danglingNames(target: Partial<Sections>): DanglingName[] {
  const { contacts, channels, escalation, incidents, approvals, maintenance, schedules } = target;
  const named = [
    ...list(escalation).flatMap((level, index) =>
      Array.isArray(level?.to)
        ? level.to.map((to, place) => ({ to, path: ['escalation', index, 'to', place] }))
        : [{ to: level?.to, path: ['escalation', index, 'to'] }],
    ),
    ...(['updates', 'review'] as const)
      .filter((part) => incidents?.[part] !== undefined)
      .map((part) => ({ to: incidents?.[part]?.to, path: ['incidents', part, 'to'] })),
    ...list(incidents?.synthetic?.to).map((to, index) => ({
      to,
      path: ['incidents', 'synthetic', 'to', index],
    })),
    ...list(approvals?.by).map((to, index) => ({ to, path: ['approvals', 'by', index] })),
    ...Object.entries(channels ?? {}).flatMap(([name, channel]) =>
      list(channel?.for).map((to, index) => ({ to, path: ['channels', name, 'for', index] })),
    ),
  ];
  const people = named
    .filter(({ to }) => typeof to === 'string' && !Object.hasOwn(contacts ?? {}, to))
    .map(({ to, path }) => ({
      path,
      message: `Cannot find contact "${to}" in "contacts"`,
      params: { within: 'contacts' },
    }));
  const windows = Object.entries(schedules ?? {})
    .filter(([, rule]) => (rule === 'window' || rule?.at === 'window') && !maintenance)
    .map(([runbook]) => ({
      path: ['schedules', runbook],
      message: 'Cannot find "window" in "maintenance"',
      params: { within: 'maintenance' },
    }));
  return [...people, ...windows];
}

function list<Item>(value: readonly Item[] | undefined): readonly Item[] {
  return Array.isArray(value) ? value : [];
}
