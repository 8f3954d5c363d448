import { readFileSync } from 'node:fs';
import { catalogue } from '../../src/client/catalogue.ts';
import type { RunbookFacts } from '../../src/engine/run/runbook-facts.ts';

export interface RunbookDoc {
  readonly facts: RunbookFacts;
  /** Its purpose as a sentence, and the comment above its definition, if there is one. */
  readonly doc: string;
}

/** The runbooks of the catalogue, by family and name. */
export function runbookDocs(): RunbookDoc[] {
  return [...catalogue.values()]
    .map((facts) => ({ facts, doc: docOf(facts) }))
    .toSorted(({ facts: one }, { facts: other }) =>
      `${one.family} ${one.name}` < `${other.family} ${other.name}` ? -1 : 1,
    );
}

function docOf({ name, family, purpose }: RunbookFacts): string {
  const text = readFileSync(`src/workflows/${family}/${name}.ts`, 'utf8');
  const comment = /\/\*\*((?:(?!\*\/).)*)\*\/\s*export const \w+ = defineRunbook/s;
  const more = (comment.exec(text)?.[1] ?? '').replaceAll(/^ *\*? ?/gm, '').trim();
  return [`${purpose}.`, more].filter(Boolean).join('\n\n');
}
