import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { nearest } from '../nearest.ts';
import { isRecord, merge } from './merge.ts';
import { readTargetFile, shownPath, type TargetFile } from './target-file.ts';

export interface Layers {
  /** The file itself, then what it extends, and so on. */
  readonly layers: readonly TargetFile[];
  /** All of them, one on top of the other. */
  readonly data: unknown;
  readonly faults: readonly string[];
}

/** Reads a target's file and those it extends. */
export function readLayers(file: string, above: readonly string[] = []): Layers {
  const own = readTargetFile(file);
  if (own.faults.length > 0) return { layers: [own], data: undefined, faults: own.faults };
  if (!isRecord(own.data)) {
    const fault = `Cannot read ${own.shown}: Expected keys and values`;
    return { layers: [own], data: undefined, faults: [fault] };
  }
  const { extends: base, ...data } = own.data;
  if (base === undefined) return { layers: [own], data, faults: [] };

  const fault = baseFault(base, file, above);
  if (fault)
    return {
      layers: [own],
      data,
      faults: [`Cannot extend ${JSON.stringify(base)} in ${own.place(['extends'])}: ${fault}`],
    };
  const below = readLayers(baseFile(base as string, file), [...above, nameOf(file)]);
  return {
    layers: [own, ...below.layers],
    data: merge(inheritable(below.data), data),
    faults: below.faults,
  };
}

/** A name belongs to its file, and what extends a template is not one by that. */
function inheritable(base: unknown): unknown {
  if (!isRecord(base)) return base;
  const { name: _name, enabled: _enabled, ...rest } = base;
  return rest;
}

function baseFault(base: unknown, file: string, above: readonly string[]): string | undefined {
  if (typeof base !== 'string') return 'Expected the name of a target';
  const chain = [...above, nameOf(file)];
  if (chain.includes(base)) return `it would extend itself (${[...chain, base].join(' -> ')})`;
  if (existsSync(baseFile(base, file))) return undefined;
  const directory = dirname(file);
  const meant = nearest(
    base,
    readdirSync(directory).map((one) => nameOf(one)),
  );
  return `there is no such target in "${shownPath(directory)}"${meant ? `, did you mean "${meant}"?` : ''}`;
}

function baseFile(base: string, file: string): string {
  return join(dirname(file), `${base}.yaml`);
}

function nameOf(file: string): string {
  return basename(file, '.yaml');
}
