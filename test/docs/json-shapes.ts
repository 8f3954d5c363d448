import { readFileSync } from 'node:fs';

/** What docs/json.md says that a command answers. */
export interface JsonShape {
  /** What follows `runbook`. */
  readonly args: readonly string[];
  readonly always: readonly string[];
  readonly sometimes: readonly string[];
}

export function jsonShapes(): readonly JsonShape[] {
  const [, ...sections] = readFileSync('docs/json.md', 'utf8').split('\n## `runbook ');
  return sections.map((section) => {
    const keys = [...section.matchAll(/^\| `([\w?]+)`/gm)].map(([, key]) => key!);
    return {
      args: section.slice(0, section.indexOf('`')).split(' '),
      always: keys.filter((key) => !key.endsWith('?')),
      sometimes: keys.filter((key) => key.endsWith('?')).map((key) => key.slice(0, -1)),
    };
  });
}
