import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Target } from '../config/schema/target.ts';
import { permanent } from '../os/failure.ts';
import { syncDirectory, writeDurably } from '../os/files/durable-files.ts';
import { ensurePrivate } from '../os/files/ensure-private.ts';

/** An application that is kept down because it does harm, until somebody lifts that. */
const Containment = z.object({
  by: z.string(),
  /** ISO 8601, UTC. */
  since: z.string(),
  reason: z.string(),
  /** The incident, or whatever else its run was started for. */
  because: z.string().optional(),
  /** The run that contained it. */
  run: z.string(),
  /** Whether the application ran before: whoever lifts it starts it again. */
  ran: z.boolean(),
});
export type Containment = Readonly<z.infer<typeof Containment>>;

/** `note`: one sentence for whoever finds the application down. */
export type Contained = Containment & { readonly note: string };

type Place = Pick<Target, 'name' | 'state'>;

/** Missing: it is not contained. Error: `ContainmentUnreadable`, for then nobody may think that the application can be started. */
export function readContainment(target: Place): Contained | undefined {
  const file = fileIn(target);
  try {
    const containment = Containment.parse(JSON.parse(readFileSync(file, 'utf8')));
    return { ...containment, note: noteOf(target, containment) };
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return undefined;
    throw permanent(
      'ContainmentUnreadable',
      `Cannot read "${file}": ${whyNot(error)}. It says that the application is kept down: remove it when it may run again`,
    );
  }
}

export function writeContainment(target: Place, containment: Containment): void {
  ensurePrivate(target.state);
  writeDurably(fileIn(target), `${JSON.stringify(containment)}\n`);
}

export function removeContainment(target: Place): void {
  rmSync(fileIn(target), { force: true });
  syncDirectory(target.state);
}

function noteOf({ name }: Place, { by, since, reason, because }: Containment): string {
  const more = because === undefined ? '' : ` (${because})`;
  return `Contained by ${by} since ${since} because ${reason}${more}: runbook start lift-containment -t ${name}`;
}

function whyNot(error: unknown): string {
  return error instanceof z.ZodError
    ? 'it is no record of a containment'
    : (error as Error).message;
}

function fileIn({ state }: Place): string {
  return join(state, 'containment.json');
}
