import { type Assignment, assignmentsOf, type EnvFile, isAssignment } from './env-file.ts';

/** The names that a value refers to, as `$NAME`, `${NAME}` or `${NAME:-other}`, escaped or not. */
export function referencesOf(value: string): string[] {
  return [...value.matchAll(/\$\{?([A-Za-z_]\w*)/g)].map(([, name]) => name!);
}

/**
 * Whether Compose 2 refuses a whole file for a value: a dollar sign that begins no name, a brace that does not close, or a
 * name that must be set. `maybe` where that depends on what only Compose can tell.
 */
export function spoilsAll(value: string): 'no' | 'maybe' | 'yes' {
  if (value.startsWith("'")) return 'no';
  const text = value.replaceAll('$$', '');
  if (!/\$(?![A-Za-z_]|\{[A-Za-z_]\w*(?:\}|:?[-+][^{}$]*\}))/.test(text)) return 'no';
  const isPlain = !/["\\#{]/.test(text);
  return isPlain && /\$(?![A-Za-z_])/.test(text) ? 'yes' : 'maybe';
}

/**
 * What the values of names are made of: their assignments, and those that these refer to. In order, as Compose and
 * python-dotenv resolve them, and of the whole file, as dotenv of Node does. Equal for two files: they agree about them.
 */
export function originsIn(file: EnvFile): (names: readonly string[]) => string {
  const assignments = file.pieces.filter(isAssignment);
  const all = assignmentsOf(file);
  const places = Map.groupBy(assignments.keys(), (index) => assignments[index]!.name);
  return (names) => JSON.stringify([inOrder(names), whole(names)]);

  function inOrder(names: readonly string[]): unknown {
    const found = new Set(names.flatMap((name) => places.get(name) ?? []));
    const lines: unknown[] = [];
    // It grows while it is walked.
    for (const index of found) {
      const { raw, value } = assignments[index]!;
      const before = referencesOf(value).map((other) =>
        places.get(other)?.findLast((place) => place < index),
      );
      for (const place of before) if (place !== undefined) found.add(place);
      lines.push([raw, before.map((place) => place !== undefined && assignments[place]!.raw)]);
    }
    return lines;
  }

  function whole(names: readonly string[]): unknown {
    const found = new Set(names);
    const lines: unknown[] = [];
    for (const name of found) {
      const own: readonly Assignment[] = all.get(name) ?? [];
      for (const other of own.flatMap(({ value }) => referencesOf(value))) found.add(other);
      lines.push([name, own.map(({ raw }) => raw)]);
    }
    return lines;
  }
}
