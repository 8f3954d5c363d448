import type { Sections } from './sections.ts';
import { severities } from './values/severity.ts';

export interface DanglingName {
  readonly path: (string | number)[];
  readonly message: string;
  /** The section in which the name should be. */
  readonly params: { readonly within: string };
}

/** Names that stand for another part of the target, and find none there. Takes targets with other faults, too. */
export function danglingNames(target: Partial<Sections>): DanglingName[] {
  const { contacts, channels, escalation, incidents, approvals, maintenance, schedules, watchdog } =
    target;
  const named = [
    ...list(escalation).flatMap((level, index) =>
      Array.isArray(level?.to)
        ? level.to.map((to, place) => ({ to, path: ['escalation', index, 'to', place] }))
        : [{ to: level?.to, path: ['escalation', index, 'to'] }],
    ),
    ...(['updates', 'review'] as const)
      .filter((part) => incidents?.[part] !== undefined)
      .map((part) => ({ to: incidents?.[part]?.to, path: ['incidents', part, 'to'] })),
    ...severities.map((severity) => ({
      to: incidents?.actions?.[severity]?.to,
      path: ['incidents', 'actions', severity, 'to'],
    })),
    ...list(incidents?.synthetic?.to).map((to, index) => ({
      to,
      path: ['incidents', 'synthetic', 'to', index],
    })),
    ...ownersOf(target.procedures),
    ...list(watchdog?.to).map((to, index) => ({ to, path: ['watchdog', 'to', index] })),
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
  const ways = [
    ...list(watchdog?.by).map((by, index) => ({ by, path: ['watchdog', 'by', index] })),
    ...(watchdog?.check === undefined ? [] : [{ by: watchdog.check, path: ['watchdog', 'check'] }]),
  ]
    .filter(({ by }) => typeof by === 'string' && !Object.hasOwn(channels ?? {}, by))
    .map(({ by, path }) => ({
      path,
      message: `Cannot find channel "${by}" in "channels"`,
      params: { within: 'channels' },
    }));
  return [...people, ...windows, ...ways, ...wrongCheck(target)];
}

function ownersOf(procedures: Sections['procedures']) {
  if (!procedures) return [];
  const own = Object.entries(procedures.runbooks ?? {});
  return [
    { to: procedures.owner, path: ['procedures', 'owner'] },
    ...own.map(([name, { owner }]) => ({
      to: owner,
      path: ['procedures', 'runbooks', name, 'owner'],
    })),
  ];
}

/** What takes messages for people says nothing when we fall silent. */
function wrongCheck({ watchdog, channels }: Partial<Sections>): DanglingName[] {
  const { kind } = channels?.[watchdog?.check ?? ''] ?? {};
  if (kind === undefined || kind === 'healthchecks') return [];
  const message = `Expected a channel of kind "healthchecks", and "${watchdog!.check}" is of kind "${kind}"`;
  return [{ path: ['watchdog', 'check'], message, params: { within: 'channels' } }];
}

function list<Item>(value: readonly Item[] | undefined): readonly Item[] {
  return Array.isArray(value) ? value : [];
}
