import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Verdict } from '../../../../src/activities/database/driver.ts';
import { isDamage } from '../../../../src/activities/database/sqlite/file/errors.ts';
import { judgeIntegrity } from '../../../../src/activities/database/sqlite/file/integrity.ts';
import { expectReadable } from '../../../../src/activities/database/sqlite/file/known-schema.ts';
import { features } from './features.ts';
import { makeDatabase } from './make-database.ts';

/** What a failing disk, a full one, or a copy that was cut short makes of one page, or of the file from there on. */
const KINDS: Readonly<Record<string, (file: Buffer, start: number, size: number) => Buffer>> = {
  zeros: (file, start, size) => file.fill(0, start, start + size),
  noise: (file, start, size) => {
    // The same each time, and no byte of it is that of a page.
    for (let at = start; at < start + size; at += 1) file[at] = (at * 2_654_435_761) >>> 13;
    return file;
  },
  'another page': (file, start, size) => {
    const other = start === 0 ? size : 0;
    file.copy(file, start, other, other + size);
    return file;
  },
  'the end of the file': (file, start) => file.subarray(0, start),
};

export interface Judged {
  readonly where: string;
  readonly quick: Verdict;
  readonly full: Verdict;
}

/** Damages each of the first pages of a database in each way, and answers what is said of it. Pages of no content are left out. */
export function judgeDamaged(name: string, pages: number): Judged[] {
  const directory = mkdtempSync(join(tmpdir(), 'damage-'));
  try {
    const whole = join(directory, 'whole.db');
    makeDatabase(whole, { ...features[name]!, last: 'journal_mode = delete' });
    const size = pageSizeOf(whole);
    const count = Math.min(pages, statSync(whole).size / size);
    const silent = silentPages(whole);
    return Object.entries(KINDS).flatMap(([kind, damage]) =>
      Array.from({ length: count }, (_, index) => index + 1)
        .filter((page) => !silent.has(page) || kind === 'the end of the file')
        .filter((page) => kind !== 'the end of the file' || page > 1)
        .map((page) => {
          const file = join(directory, 'damaged.db');
          copyFileSync(whole, file);
          writeFileSync(file, damage(readFileSync(file), (page - 1) * size, size));
          const where = `${name}: ${kind} in page ${page}`;
          return {
            where,
            quick: verdictOf(file, 'quick_check'),
            full: verdictOf(file, 'integrity_check'),
          };
        }),
    );
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function verdictOf(file: string, kind: 'quick_check' | 'integrity_check'): Verdict {
  const db = new Database(file, { readonly: true });
  try {
    return judgeIntegrity(db, kind).verdict;
  } catch (error) {
    if (isDamage(error)) return 'damaged';
    throw error;
  } finally {
    db.close();
  }
}

/**
 * Pages in which nothing but bytes of one long value lies, or nothing at all: no check of SQLite can know what they were. The sha256 of
 * a backup does.
 */
function silentPages(file: string): ReadonlySet<number> {
  const db = new Database(file, { readonly: true });
  try {
    expectReadable(db);
    const known = db.prepare('select pageno, pagetype from dbstat').all() as {
      pageno: number;
      pagetype: string;
    }[];
    const told = new Set(
      known.filter(({ pagetype }) => pagetype !== 'overflow').map(({ pageno }) => pageno),
    );
    const pages = db.pragma('page_count', { simple: true }) as number;
    const all = Array.from({ length: pages }, (_, index) => index + 1);
    return new Set(all.filter((page) => !told.has(page)));
  } finally {
    db.close();
  }
}

function pageSizeOf(file: string): number {
  const size = readFileSync(file).readUInt16BE(16);
  return size === 1 ? 65_536 : size;
}
