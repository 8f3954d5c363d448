import { readFileSync } from 'node:fs';
import { catalogue } from '../../src/client/catalogue.ts';
import type { RunbookFacts } from '../../src/engine/run/runbook-facts.ts';

export interface RunbookDoc {
  readonly facts: RunbookFacts;
  /** The comment above its definition. */
  readonly doc: string;
  /** The first sentence of that, without its period. */
  readonly purpose: string;
}

/** The runbooks of the catalogue, by family and name. */
export function runbookDocs(): RunbookDoc[] {
  return [...catalogue.values()]
    .map((facts) => ({ facts, ...commentOf(facts) }))
    .toSorted(({ facts: one }, { facts: other }) =>
      `${one.family} ${one.name}` < `${other.family} ${other.name}` ? -1 : 1,
    );
}

function commentOf({ name, family }: RunbookFacts): Omit<RunbookDoc, 'facts'> {
  const file = `src/workflows/${family}/${name}.ts`;
  const comment = /\/\*\*((?:(?!\*\/).)*)\*\/\s*export const \w+ = defineRunbook/s;
  const lines = comment.exec(readFileSync(file, 'utf8'))?.[1] ?? '';
  const doc = lines.replaceAll(/^ *\*? ?/gm, '').trim();
  const [, purpose] = /^(.+?)\.(?:\s|$)/s.exec(doc) ?? [];
  if (purpose === undefined)
    throw new Error(
      `Cannot tell what "${name}" does: begin the comment above it in "${file}" with a sentence`,
    );
  return { doc, purpose: purpose.replaceAll('\n', ' ') };
}
