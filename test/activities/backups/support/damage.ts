import {
  closeSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import type { Manifest } from '../../../../src/activities/artefact/manifest.ts';

/** Numbers from 0 to 1 that are the same for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    // mulberry32
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Damage = (files: Files, random: () => number) => string;

interface Files {
  /** What is stored. */
  readonly artefact: string;
  readonly manifest: string;
}

/** What a failing disk, a careless hand or a lying manifest makes of a backup. Each says as text what it did. */
export const damages: Readonly<Record<string, Damage>> = {
  'a bit is flipped': ({ artefact }, random) =>
    change(artefact, (fd, size) => {
      const at = Math.floor(random() * size);
      const byte = Buffer.alloc(1);
      readSync(fd, byte, 0, 1, at);
      byte[0]! ^= 1 << Math.floor(random() * 8);
      writeSync(fd, byte, 0, 1, at);
      return `at ${at}`;
    }),

  'its end is cut off': ({ artefact }, random) =>
    change(artefact, (fd, size) => {
      const left = Math.floor(random() * size);
      ftruncateSync(fd, left);
      return `${left} of ${size} bytes left`;
    }),

  'something is written behind it': ({ artefact }, random) =>
    change(artefact, (fd, size) => {
      const more = Buffer.alloc(1 + Math.floor(random() * 5000), 'x');
      writeSync(fd, more, 0, more.length, size);
      return `${more.length} bytes`;
    }),

  'two pages are swapped': ({ artefact }, random) =>
    change(artefact, (fd, size) => {
      const [one, other] = twoPages(size, random);
      const [first, second] = [Buffer.alloc(PAGE), Buffer.alloc(PAGE)];
      readSync(fd, first, 0, PAGE, one);
      readSync(fd, second, 0, PAGE, other);
      if (first.equals(second)) return undefined;
      writeSync(fd, second, 0, PAGE, one);
      writeSync(fd, first, 0, PAGE, other);
      return `at ${one} and ${other}`;
    }),

  'a page is lost': ({ artefact }, random) =>
    change(artefact, (fd, size) => {
      const [at] = twoPages(size, random);
      const page = Buffer.alloc(PAGE);
      readSync(fd, page, 0, PAGE, at);
      if (page.equals(Buffer.alloc(PAGE))) return undefined;
      writeSync(fd, Buffer.alloc(PAGE), 0, PAGE, at);
      return `at ${at}`;
    }),

  'its manifest is of something else': ({ manifest }, random) => {
    const facts = JSON.parse(readFileSync(manifest, 'utf8')) as Manifest;
    const lie = lies[Math.floor(random() * lies.length)]!;
    lie(facts);
    writeFileSync(manifest, JSON.stringify(facts));
    return lie.name;
  },
};

const PAGE = 4096;

const lies: readonly ((manifest: Mutable<Manifest>) => void)[] = [
  function rows({ database }) {
    database.tables = { ...database.tables, indicators: 1 };
  },
  function table({ database }) {
    database.tables = { ...database.tables, another: 0 };
  },
  function schema({ database }) {
    database.schemaHash = 'a'.repeat(64);
  },
  function content({ database }) {
    database.sha256 = 'b'.repeat(64);
  },
  function stored({ database }) {
    database.stored = { ...database.stored, sha256: 'c'.repeat(64) };
  },
  function size({ database }) {
    database.stored = { ...database.stored, bytes: database.stored.bytes + 1 };
  },
  function plainSize({ database }) {
    database.bytes -= 1;
  },
  function compression({ database }) {
    const other = database.stored.compression === 'zstd' ? 'none' : 'zstd';
    database.stored = { ...database.stored, compression: other };
  },
  function id(manifest) {
    manifest.id = '20200101_000000';
  },
  function version(manifest) {
    Object.assign(manifest, { version: 1 });
  },
  function path({ database }) {
    database.stored = { ...database.stored, file: '../../app.db' };
  },
];

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

function change(file: string, how: (fd: number, size: number) => string | undefined): string {
  const fd = openSync(file, 'r+');
  try {
    const { length } = readFileSync(file);
    for (;;) {
      const done = how(fd, length);
      if (done !== undefined) return done;
    }
  } finally {
    closeSync(fd);
  }
}

function twoPages(size: number, random: () => number): [number, number] {
  const pages = Math.floor(size / PAGE);
  const one = Math.floor(random() * pages);
  const other = (one + 1 + Math.floor(random() * (pages - 1))) % pages;
  return [one * PAGE, other * PAGE];
}
