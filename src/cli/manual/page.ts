import type { Target } from '../../config/schema/target.ts';

/** One step that a person does by hand. */
export interface Part {
  /** A sentence: what is done, or what to look at. */
  readonly say: string;
  /** Lines for a POSIX shell. Those of a page are typed into one shell, in their order: later ones use variables of earlier ones. */
  readonly type?: readonly string[];
}

/**
 * What a person types when no worker is to be had. `instead`: there is no honest way by hand; a sentence says what to do then.
 */
export type Page =
  | { readonly parts: (target: Target) => readonly Part[] }
  | { readonly instead: (target: Target) => string };
