import { readFileSync } from 'node:fs';
import { isAbsolute, relative } from 'node:path';
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
} from 'yaml';

export type KeyPath = readonly PropertyKey[];

/** A YAML file and where in it everything stands. */
export interface TargetFile {
  /** As people know it: relative to where they are. */
  readonly shown: string;
  readonly data: unknown;
  /** What is wrong with the YAML itself. */
  readonly faults: readonly string[];
  has(path: KeyPath): boolean;
  /** Of the key, or of the nearest one around it: `targets/ahgd.yaml:14`. */
  place(path: KeyPath): string;
}

/** Reads without judging: faults in the YAML are part of the answer. Throws when there is no such file. */
export function readTargetFile(file: string): TargetFile {
  const lines = new LineCounter();
  const document = parseDocument(readFileSync(file, 'utf8'), {
    lineCounter: lines,
    prettyErrors: false,
    merge: true,
  });
  const shown = shownPath(file);
  const at = (offset: number) => `${shown}:${lines.linePos(offset).line}`;
  const faults = document.errors.map(
    ({ message, pos: [offset] }) => `Cannot read ${at(offset)}: ${message}`,
  );
  return {
    shown,
    data: faults.length > 0 ? undefined : document.toJS(),
    faults,
    has: (path) => find(document, path).complete,
    place: (path) => {
      const { offset } = find(document, path);
      return offset === undefined ? shown : at(offset);
    },
  };
}

export function shownPath(file: string): string {
  const path = relative(process.cwd(), file);
  return path === '' || path.startsWith('..') || isAbsolute(path) ? file : path;
}

interface Found {
  readonly offset: number | undefined;
  /** False: only the offset of what is around it. */
  readonly complete: boolean;
}

function find(document: Document, path: KeyPath): Found {
  let node: Node | null | undefined = document.contents;
  let offset: number | undefined;
  for (const key of path) {
    if (isAlias(node)) node = node.resolve(document);
    const [next, begin] = child(node, key);
    if (begin === undefined) return { offset, complete: false };
    node = next;
    offset = begin;
  }
  return { offset, complete: true };
}

/** The node under a key, and where the line of that key begins. */
function child(node: unknown, key: PropertyKey): [Node | undefined, number | undefined] {
  if (isMap(node)) {
    const pair = node.items.find((item) => isNode(item.key) && String(item.key) === String(key));
    if (!pair || !isNode(pair.key)) return [undefined, undefined];
    return [isNode(pair.value) ? pair.value : undefined, pair.key.range?.[0]];
  }
  const item = isSeq(node) ? node.items[Number(key)] : undefined;
  return isNode(item) ? [item, item.range?.[0]] : [undefined, undefined];
}
