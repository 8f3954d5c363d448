import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** One arrow between rooms. */
export interface Import {
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly kind: 'value' | 'type';
}

/** What a source file imports and exports from others of ours, be it lazily. */
export function importsOf(file: string): Import[] {
  const text = readFileSync(file, 'utf8');
  const statements = text.matchAll(/(import|export) ([^;]*?) from '(\.[^']+)'/gs);
  const lazy = text.matchAll(/(import)\(()'(\.[^']+)'\)/g);
  return [...statements, ...lazy].map(([, , names, path]) => ({
    file,
    from: roomOf(file),
    to: roomOf(relative('.', join(dirname(file), path!))),
    kind: isTypeOnly(names!) ? 'type' : 'value',
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

/** The two first folders below src. A loose file of a folder belongs to the folder; one of src is a room of its own. */
export function roomOf(file: string): string {
  const [folder, ...path] = file.replace(/^src\//, '').split('/') as [string, ...string[]];
  return path.length > 1 ? `${folder}/${path[0]}` : folder.replace('.ts', '');
}

export function folderOf(room: string): string {
  return room.split('/')[0]!;
}
