import { z } from 'zod';

/** A text cut to at most `most` letters and a word about the rest: what somebody wrote is not lost for its length. */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  const kept = text.slice(0, most).toWellFormed();
  return `${kept} ... (${text.length - most} letters cut)`;
}

/** What a person wrote. Longer than `most` letters it is cut, never refused. */
export function words(most: number) {
  return z.string().transform((text) => shortened(text, most));
}

/** The same, and something must be said. */
export function someWords(most: number) {
  return z
    .string()
    .min(1)
    .transform((text) => shortened(text, most));
}

/** Who did something, as they say. */
export const By = someWords(200);
/** Why, in a sentence or a few. */
export const Because = words(1000);
/** A note of somebody at work. */
export const LongText = someWords(4000);

/** As a target's file names the target: it becomes a part of ids and names of queues. */
export const TargetName = z
  .string()
  .max(100)
  .regex(/^[a-z][a-z0-9-]*$/, 'Expected the name of a target');

/** A name as a target's file gives it: of a contact, a channel, a log. */
export const Label = z
  .string()
  .min(1)
  .max(200)
  .regex(/^\P{Cc}+$/u);

/** An id in Temporal: `<runbook>/<target>/<stamp>`. */
export const WorkflowId = z
  .string()
  .min(1)
  .max(1000)
  .regex(/^\P{Cc}+$/u);

/** A moment, ISO 8601, that a clock can show. */
export const Moment = z.iso
  .datetime()
  .max(40)
  .refine((text) => Number.isFinite(Date.parse(text)), 'Expected a time');

/** At most `most` items. How many there are is looked at before any of them is. */
export function upTo<Item extends z.ZodType>(most: number, item: Item) {
  return z.array(z.unknown()).max(most).pipe(z.array(item));
}
