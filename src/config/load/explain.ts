import type { z } from 'zod';
import { nearest } from '../nearest.ts';
import { Target } from '../schema/target.ts';
import { expectation, isQuotable } from './expectation.ts';
import { knownKeys, knownKeysOfChoices } from './known-keys.ts';
import { isRecord } from './merge.ts';
import type { KeyPath } from './target-file.ts';

type Issue = z.core.$ZodIssue;

export interface Fault {
  readonly path: KeyPath;
  /** Takes the place, such as `targets/ahgd.yaml:14`. */
  readonly say: (place: string) => string;
  /** The key that an unknown one was probably meant to be. */
  readonly meant?: string;
  /** It may only follow from a misspelling of one of these keys, or inside this section. */
  readonly follows?: readonly string[];
}

/** What the schema found wrong, as our own sentences: what, where, and what it should have been. */
export function explain(issues: readonly Issue[], data: unknown): Fault[] {
  const faults = issues.flatMap((issue) => explainOne(issue, data));
  // A misspelt key is unknown under one name and missing under the other: one sentence is enough.
  const misspelt = new Set(
    faults.flatMap(({ path, meant }) =>
      meant ? [dotted([...path.slice(0, -1), meant]), `${dotted(path.slice(0, -1))}.*`] : [],
    ),
  );
  return faults.filter(({ follows = [] }) => !follows.some((cause) => misspelt.has(cause)));
}

function explainOne(issue: Issue, data: unknown): Fault[] {
  const { path } = issue;
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => unknownKey([...path, key], keysAt(path, data)));

  const value = valueAt(path, data);
  if (path.at(-1) === 'kind') return [wrongKind(issue, value, data)];
  if (value === undefined) return [missingKey(path, '')];
  if (issue.code === 'invalid_union') {
    const [near, ...others] = issue.errors.filter((branch) => branch.some(isInside));
    if (near && others.length === 0)
      return explain(
        near.map((inner) => ({ ...inner, path: [...path, ...inner.path] })),
        data,
      );
  }
  return [wrongValue(issue, value)];
}

function wrongValue(issue: Issue, value: unknown): Fault {
  const { path } = issue;
  const found = isQuotable(path, value) ? `, found ${JSON.stringify(value)}` : '';
  const sentence = issue.code === 'custom' ? issue.message : expectation(issue) + found;
  return {
    path,
    say: (place) => `Cannot read "${dotted(path)}" in ${place}: ${sentence}`,
    ...(issue.code === 'custom' && {
      follows: [`${dotted(path)}.*`, String(issue.params?.['within'])],
    }),
  };
}

function missingKey(path: KeyPath, help: string): Fault {
  return {
    path,
    say: (place) => `Missing key "${dotted(path)}" in ${place}${help}`,
    follows: [dotted(path), ...(path.length === 1 ? ['extends'] : [])],
  };
}

function unknownKey(path: KeyPath, known: readonly string[]): Fault {
  const meant = nearest(String(path.at(-1)), known);
  const help = meant ? `did you mean "${meant}"?` : `known are ${quoted(known)}`;
  const say = (place: string) => `Unknown key "${dotted(path)}" in ${place}: ${help}`;
  return { path, say, ...(meant && { meant }) };
}

/** Without its `kind` nothing else of a section can be judged: it may only be misspelt. */
function wrongKind(issue: Issue, kind: unknown, data: unknown): Fault {
  const { path } = issue;
  const around = path.slice(0, -1);
  const known = kindsOf(issue);
  if (kind === undefined) {
    const keys = knownKeysOfChoices(Target, around, data);
    const strangers = Object.keys(valueAt(around, data) ?? {}).filter((key) => !keys.includes(key));
    const misspelt = strangers.find((key) => nearest(key, ['kind']));
    if (misspelt) return unknownKey([...around, misspelt], ['kind']);
    return missingKey(path, `: known are ${quoted(known)}`);
  }
  const meant = typeof kind === 'string' ? nearest(kind, known) : undefined;
  const help = meant ? `did you mean "${meant}"?` : `known are ${quoted(known)}`;
  const say = (place: string) =>
    `Unknown kind ${JSON.stringify(kind)} of "${dotted(around)}" in ${place}: ${help}`;
  return { path, say };
}

function kindsOf(issue: Issue): string[] {
  if (issue.code === 'invalid_value') return issue.values.map(String);
  if (issue.code === 'invalid_union' && 'options' in issue)
    return (issue.options ?? []).map(String);
  return [];
}

/** Not about the value as a whole: the choice is the one that was meant. */
function isInside(issue: Issue): boolean {
  return issue.path.length > 0 || issue.code === 'unrecognized_keys';
}

function keysAt(path: KeyPath, data: unknown): string[] {
  return [...knownKeys(Target, path, data), ...(path.length === 0 ? ['extends'] : [])];
}

function valueAt(path: KeyPath, data: unknown): unknown {
  return path.reduce<unknown>(
    (value, key) => (isRecord(value) || Array.isArray(value) ? (value as never)[key] : undefined),
    data,
  );
}

function dotted(path: KeyPath): string {
  return path.map(String).join('.');
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}
