import type { z } from 'zod';
import type { FailureType } from '../../config/failure-types.ts';
import type { Severity } from '../../config/schema/values/severity.ts';
import type { Duration } from '../../config/time/duration.ts';

export type Plan = Readonly<Record<string, string>>;

interface Facts<P extends Plan, Input extends z.ZodType> {
  /** As its file, its export and Temporal's workflow type are called. */
  readonly name: string;
  readonly title: string;
  /** What it does, as one sentence without its period: for lists of runbooks. */
  readonly purpose: string;
  /** How loudly people are notified when it does not finish. */
  readonly severity: Severity;
  /** `acts`: claims the target, unless it runs `beside`. `reads`: changes nothing but its own state directory. */
  readonly kind: 'acts' | 'reads';
  /** The manual's figure for the whole run. */
  readonly expected: Duration;
  /** The lines between which the application is down because of the run: if one fails, undo comes before any question. */
  readonly downtime?: { readonly from: keyof P & string; readonly until: keyof P & string };
  /** When another run has the target: wait for it (the default), skip this run and say so, or ask the other to stop. */
  readonly whenHeld?: 'wait' | 'skip' | 'preempt';
  /**
   * It claims no target and runs beside whoever has it: each of its acts is right whatever others do meanwhile (`actingBeside`, `unclaimed`).
   */
  readonly beside?: true;
  /** False: the governor neither counts it nor holds it back when it starts by itself, because it makes nothing worse. */
  readonly governed?: false;
  /** Its report shows the target's drills. */
  readonly reportsDrills?: true;
  /** How late a scheduled run may begin; later it is skipped, and that is reported. */
  readonly lateness?: Duration;
  /** Besides wrong use: failures by which it refuses what it was asked for. Nobody is paged when a person asked. */
  readonly refuses?: readonly FailureType[];
  /** What it goes on without makes its outcome `partly`: it is a list of things to do, and each of them is wanted. */
  readonly endsPartly?: true;
  /** It disturbs people: it begins and ends inside the target's maintenance window. */
  readonly onlyInWindow?: boolean;
  readonly input: Input;
  readonly plan: P;
}

const families = [
  'lifecycle',
  'health',
  'backup',
  'recovery',
  'maintenance',
  'incident',
  'troubleshooting',
  'security',
] as const;
type Family = (typeof families)[number];

/**
 * What it does when a run was terminated and left the target incomplete. `recover`: it cleans up, and the target is whole when
 * it is done. `leave`: it goes in all the same, and what was left stays to be cleaned up. Missing: it is refused.
 */
type WhenIncomplete = 'recover' | 'leave';

/** A recovery has to recover from that, too; others may. */
type Rights =
  | { readonly family: 'recovery'; readonly whenIncomplete: 'recover' }
  | {
      readonly family: Exclude<Family, 'recovery'>;
      readonly whenIncomplete?: WhenIncomplete;
    };

/** What is known of a runbook without running it: commands of the CLI, their flags and their help come from here. */
export type RunbookFacts<P extends Plan = Plan, Input extends z.ZodType = z.ZodType> = Facts<
  P,
  Input
> &
  Rights;

/** Demands what types cannot of a definition, or what was lost on the way to here. Fails the start of the worker, with the reason. */
export function expectDefinition(definition: RunbookFacts): void {
  const { name, family, kind, beside, governed, plan } = definition;
  const { whenHeld, whenIncomplete, downtime, onlyInWindow } = definition;
  const faults = [
    ...(families.includes(family) ? [] : [`there is no family "${family}"`]),
    ...(family === 'recovery' && whenIncomplete !== 'recover'
      ? ['a runbook of family "recovery" has "whenIncomplete: recover"']
      : []),
    ...(kind === 'reads' && (whenIncomplete ?? downtime ?? onlyInWindow) !== undefined
      ? ['what only reads takes no target over, stops no application, and needs no window']
      : []),
    ...(beside && (whenHeld ?? whenIncomplete ?? downtime ?? onlyInWindow) !== undefined
      ? ['what runs beside others waits for none, takes nothing over, and stops nothing']
      : []),
    ...(beside && governed !== false ? ['no governor is asked for what runs beside others'] : []),
    ...(beside && kind === 'reads' ? ['what only reads runs beside others anyway'] : []),
    ...(Object.keys(plan).length === 0 ? ['its plan has no line'] : []),
    ...[downtime?.from, downtime?.until]
      .filter((id) => id !== undefined && !Object.hasOwn(plan, id))
      .map((id) => `its plan has no line "${String(id)}"`),
  ];
  if (faults.length > 0) throw new TypeError(`Runbook "${name}": ${faults.join('; ')}`);
}
