import type Database from 'better-sqlite3';
import type { Unproven } from '../../../../config/unproven.ts';
import type { Verdict } from '../../driver.ts';
import { explainedLine, verdictOfLine } from './check-lines.ts';
import { isDamage, isForeignSchema, isUnable } from './errors.ts';
import { readKnownSchema } from './known-schema.ts';
import { identifier } from './identifier.ts';

export type IntegrityCheck = 'quick_check' | 'integrity_check';

export interface Integrity {
  readonly verdict: Verdict;
  /** `ok`, or the worst of what was found: one line. */
  readonly finding: string;
  /** Names of the checks that it passed. */
  readonly checks: readonly string[];
  /** What could not be judged here. Empty when it is sound, or damaged. */
  readonly unproven: readonly Unproven[];
}

interface Asked {
  readonly db: Database.Database;
  /** Whether functions of the application are loaded. */
  readonly foreign: boolean;
}

/** Enough lines to find a damaged page behind rows that break a rule. */
const LINES = 1000;
/** So many are named. */
const NAMED = 20;

/**
 * Judges a database by quick_check, which reads every page but compares no index, or by integrity_check, which compares all and takes ten
 * times as long. Where SQLite cannot run it, because a function, a collation or a module of the application is not known here,
 * each table is judged by itself, as far as it can be, and every page is walked through.
 *
 * `foreign`: functions of the application are loaded, and may not be those of the version that wrote it.
 * What a check finds is an answer. Errors: those of SQLite by which it refuses to check at all, such as a file that is no database.
 */
export function judgeIntegrity(
  db: Database.Database,
  kind: IntegrityCheck,
  foreign = false,
): Integrity {
  const asked = { db, foreign };
  try {
    return judgeWhole(asked, kind);
  } catch (error) {
    if (!isUnable(error)) throw error;
    const whole = { check: kind, why: oneLine((error as Error).message) };
    if (isForeignSchema(error)) return judgeKnown(asked, kind, whole);
    return kind === 'integrity_check'
      ? judgeWithoutIndexes(asked, whole)
      : judgeInParts(asked, whole);
  }
}

function judgeWhole({ db, foreign }: Asked, kind: IntegrityCheck, argument?: string): Integrity {
  // One finding is enough to judge by, and to read at night: only what proves nothing asks for more.
  const [first] = linesOf(db, kind, argument ?? '1');
  if (first === undefined || first === 'ok') return passed(kind);
  if (verdictOfLine(first, foreign) === 'damaged') return damaged(first);
  const lines = linesOf(db, kind, argument ?? String(LINES));
  const worst = lines.find((line) => verdictOfLine(line, foreign) === 'damaged');
  if (worst !== undefined) return damaged(worst);
  const check = argument === undefined ? kind : `${kind} of ${argument}`;
  return unclear(
    lines.map((line) => ({ check, why: explainedLine(line) })),
    [],
  );
}

/** What quick_check can say is worth more than nothing: it accounts for every page. */
function judgeWithoutIndexes(asked: Asked, whole: Unproven): Integrity {
  const quick = judgeIntegrity(asked.db, 'quick_check', asked.foreign);
  if (quick.verdict === 'damaged') return quick;
  const full = judgeTables(asked, 'integrity_check');
  if (full.verdict === 'damaged') return full;
  return unclear(orWhole([...full.unproven, ...quick.unproven], whole), quick.checks);
}

/** Of a schema that is not understood as a whole, what is understood. To account for every page one would have to know them all. */
function judgeKnown(asked: Asked, kind: IntegrityCheck, { why }: Unproven): Integrity {
  readKnownSchema(asked.db);
  const walked = walkPages(asked.db);
  if (walked !== undefined) return damaged(walked);
  const tables = judgeTables(asked, kind);
  if (tables.verdict === 'damaged') return tables;
  return unclear([{ check: 'schema', why }, ...tables.unproven], ['pages']);
}

function judgeInParts(asked: Asked, whole: Unproven): Integrity {
  const walked = walkPages(asked.db);
  if (walked !== undefined) return damaged(walked);
  const tables = judgeTables(asked, 'quick_check');
  return tables.verdict === 'damaged'
    ? tables
    : unclear(orWhole(tables.unproven, whole), ['pages']);
}

/** Where each table by itself passes, it is the check of the whole that could not run. */
function orWhole(parts: readonly Unproven[], whole: Unproven): readonly Unproven[] {
  return parts.length > 0 ? parts : [whole];
}

/** Each table by itself. */
function judgeTables(asked: Asked, kind: IntegrityCheck): Integrity {
  const { db } = asked;
  const unproven: Unproven[] = [];
  const tables = db
    .prepare(`select name from sqlite_schema where type = 'table' order by name`)
    .pluck()
    .all() as string[];
  for (const table of tables) {
    const argument = identifier(table);
    try {
      const judged = judgeWhole(asked, kind, argument);
      if (judged.verdict === 'damaged') return judged;
      unproven.push(...judged.unproven);
    } catch (error) {
      const why = oneLine(reasonOf(db, argument, error as Error));
      if (isDamage(error)) return damaged(`${kind} of ${argument}: ${why}`);
      if (!isUnable(error)) throw error;
      unproven.push({ check: oneLine(`${kind} of ${argument}`), why });
    }
  }
  return unclear(unproven, []);
}

/** Of a virtual table SQLite tells no more than that it failed: who searches in it hears what is missing. */
function reasonOf(db: Database.Database, table: string, { message }: Error): string {
  if (message !== 'SQL logic error') return message;
  try {
    db.prepare(`select 1 from ${table} where ${table} match 'a'`).get();
    return message;
  } catch (error) {
    const told = (error as Error).message;
    return /^(no such|unknown) /.test(told) ? told : message;
  }
}

/** Every page of every table and index is decoded: this asks no function and no collation. The first that cannot be, as text. */
function walkPages(db: Database.Database): string | undefined {
  const spoilt = db
    .prepare(`select name, pageno from dbstat where pagetype = 'corrupted' limit 1`)
    .get() as { readonly name: string; readonly pageno: number } | undefined;
  return spoilt && `page ${spoilt.pageno} of "${spoilt.name}" cannot be decoded`;
}

function linesOf(db: Database.Database, kind: IntegrityCheck, argument: string): string[] {
  const answers = db.prepare(`pragma ${kind}(${argument})`).pluck().all() as string[];
  // What it says of pages comes as one text of several lines.
  return answers
    .flatMap((answer) => answer.split('\n'))
    .filter((line) => line !== '' && !line.startsWith('*** in database'))
    .map(oneLine);
}

function passed(check: string): Integrity {
  return { verdict: 'sound', finding: 'ok', checks: [check], unproven: [] };
}

function damaged(finding: string): Integrity {
  return { verdict: 'damaged', finding: oneLine(finding), checks: [], unproven: [] };
}

function unclear(all: readonly Unproven[], checks: readonly string[]): Integrity {
  const unproven = all.slice(0, NAMED);
  const more = all.length - unproven.length;
  const named =
    more > 0 ? [...unproven, { check: `${more} more`, why: 'of the same kind' }] : unproven;
  const [first] = all;
  return {
    verdict: 'unclear',
    finding: first ? `${first.check} says ${first.why}` : 'ok',
    checks,
    unproven: named,
  };
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim().slice(0, 200);
}
