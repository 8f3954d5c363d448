import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** One arrow between folders. */
export interface Import {
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly kind: 'value' | 'type';
}

/** What a source file imports and exports from others of ours, be it lazily. */
export function importsOf(file: string): Import[] {
  return importStatements(file).map(({ names, path }) => ({
    file,
    from: folderOf(file),
    to: folderOf(path),
    kind: isTypeOnly(names) ? 'type' : 'value',
  }));
}

/** The files that it imports, be it types only. */
export function importedBy(file: string): string[] {
  return importStatements(file).map(({ path }) => path);
}

function importStatements(file: string) {
  const text = readFileSync(file, 'utf8');
  const statements = text.matchAll(/(import|export) ([^;]*?) from '(\.[^']+)'/gs);
  const lazy = text.matchAll(/(import)\(()'(\.[^']+)'\)/g);
  return [...statements, ...lazy].map(([, , names = '', path]) => ({
    names,
    path: relative('.', join(dirname(file), path!)),
  }));
}

function isTypeOnly(names: string): boolean {
  if (names.startsWith('type ')) return true;
  const inside = /\{([^}]*)\}/s
    .exec(names)?.[1]
    ?.split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  return (
    inside !== undefined && inside.length > 0 && inside.every((name) => name.startsWith('type '))
  );
}

/** The first two levels below src, such as `activities/database`. A loose file of an area belongs to it; one of src is an area itself. */
export function folderOf(file: string): string {
  const [area, ...path] = file.replace(/^src\//, '').split('/') as [string, ...string[]];
  return path.length > 1 ? `${area}/${path[0]}` : area.replace('.ts', '');
}

/** The first level of it. */
export function areaOf(folder: string): string {
  return folder.split('/')[0]!;
}
