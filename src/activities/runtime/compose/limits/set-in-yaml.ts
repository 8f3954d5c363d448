import { isDeepStrictEqual } from 'node:util';
import { isAlias, isMap, isScalar, type Node, type Pair, parseDocument, type YAMLMap } from 'yaml';

type Path = readonly string[];
type Value = string | number;

/**
 * Sets one value in a YAML text, in place: comments, order and every other byte stay. Undefined when that cannot be done without
 * changing more than it: anchors that others share, several documents, what is no mapping, or no YAML at all.
 */
export function setInYaml(text: string, path: Path, value: Value): string | undefined {
  const before = valueOf(text);
  if (before === undefined) return undefined;
  const edited = edit(text, path, value);
  if (edited === undefined) return undefined;
  // Whatever the text holds: what comes of it has to be what was there, and this.
  return isDeepStrictEqual(valueOf(edited), withValue(before, path, value)) ? edited : undefined;
}

interface Mapping {
  readonly [key: string]: unknown;
}

/** What a reader makes of it, with nothing shared. An empty one is an empty mapping. */
function valueOf(text: string): Mapping | undefined {
  try {
    const document = parseDocument(text, { merge: true });
    if (document.errors.length > 0) return undefined;
    const value: unknown = document.toJS({ maxAliasCount: 1000 }) ?? {};
    return typeof value === 'object' ? (JSON.parse(JSON.stringify(value)) as Mapping) : undefined;
  } catch {
    return undefined;
  }
}

function withValue(all: unknown, [key, ...rest]: Path, value: Value): Mapping {
  const map = typeof all === 'object' && all !== null ? (all as Mapping) : {};
  return {
    ...map,
    [key!]: rest.length === 0 ? value : withValue(map[key!], rest, value),
  };
}

function edit(text: string, path: Path, value: Value): string | undefined {
  const { contents } = parseDocument(text, { merge: true });
  if (contents === null) return `${text}${entry(path, value)}\n`;
  let node: Node = contents;
  for (const [depth, key] of path.entries()) {
    if (!isMap(node)) return undefined;
    const pair: Pair | undefined = node.items.find(
      ({ key: one }) => isScalar(one) && one.value === key,
    );
    const rest = path.slice(depth + 1);
    if (!pair) return insert(text, node, entry(path.slice(depth), value));
    const next = pair.value as Node | null;
    if (next === null || isAlias(next) || !next.range) return undefined;
    const [from, to] = next.range;
    const isEmpty = isScalar(next) && next.value === null;
    if (rest.length === 0 || isEmpty)
      return spliced(text, from, to, `${from === to ? ' ' : ''}${flow(rest, value)}`);
    node = next;
  }
  return undefined;
}

/** First in a mapping: whatever comes behind it is where it was. */
function insert(text: string, map: YAMLMap, added: string): string | undefined {
  if (!map.range) return undefined;
  const [from] = map.range;
  if (map.flow)
    return spliced(text, from + 1, from + 1, `${added}${map.items.length > 0 ? ', ' : ''}`);
  const indent = from - (text.lastIndexOf('\n', from - 1) + 1);
  // As people write it there.
  const plain = added.replace(/^"([a-z][\w-]*)"/i, '$1');
  return spliced(text, from, from, `${plain}\n${' '.repeat(indent)}`);
}

function entry([key, ...rest]: Path, value: Value): string {
  return `${JSON.stringify(key)}: ${flow(rest, value)}`;
}

/** As JSON, which is YAML wherever it stands. */
function flow(path: Path, value: Value): string {
  return path.length === 0 ? JSON.stringify(value) : `{ ${entry(path, value)} }`;
}

function spliced(text: string, from: number, to: number, added: string): string {
  return text.slice(0, from) + added + text.slice(to);
}
