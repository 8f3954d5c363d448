import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ApplicationFailure } from '@temporalio/common';
import { backupPaths } from '../../../../src/activities/backups/catalogue/backup-store.ts';
import type { SqliteTarget } from '../../../../src/config/schema/target.ts';
import { FORMATS, withFormat } from '../../artefact/age-key.ts';
import { addRows, beside } from '../../database/support/database-files.ts';
import { backUp, withTarget } from '../../database/support/fixtures.ts';
import { BACKUP, STAMP, systemsOf } from '../../database/support/scenarios.ts';
import { damages, randomFrom } from './damage.ts';

export interface Tally {
  readonly tried: number;
  /** What was restored although it was damaged, or refused with a message of another kind, or left something behind. */
  readonly wrong: readonly string[];
  /** How often each type of refusal was heard. */
  readonly refusals: Readonly<Record<string, number>>;
}

/** Damages backups of every format in every way, `rounds` times each, and tries to restore each of them. */
export async function damageEverything(rounds: number, seed: number): Promise<Tally> {
  const random = randomFrom(seed);
  const wrong: string[] = [];
  const refusals: Record<string, number> = {};
  let tried = 0;
  for (const format of FORMATS)
    await withTarget('WAL', async (plain) => {
      addRows(plain.database.file, 400);
      const target = await withFormat(plain, format);
      await backUp(target);
      const { final } = backupPaths(target.backups.directory, BACKUP);
      const sound = join(target.directory, 'sound');
      cpSync(final, sound, { recursive: true });
      for (const [name, damage] of Object.entries(damages))
        for (let round = 0; round < rounds; round += 1) {
          rmSync(final, { recursive: true });
          cpSync(sound, final, { recursive: true });
          const artefact = join(final, `app.db${SUFFIX[format]}`);
          const manifest = join(final, 'manifest.json');
          const text = `${format}: ${name}, ${damage({ artefact, manifest }, random)}`;
          const heard = await restore(target);
          tried += 1;
          refusals[heard] = (refusals[heard] ?? 0) + 1;
          if (!REFUSALS.has(heard) || beside(target.database.file).length > 0)
            wrong.push(`${text}: ${heard}, beside it ${beside(target.database.file).join(' ')}`);
        }
      await expectSound(target, final, sound);
    });
  return { tried, wrong, refusals };
}

const SUFFIX = { none: '', zstd: '.zst', 'none, age': '.age', 'zstd, age': '.zst.age' } as const;
const REFUSALS = new Set(['BackupDamaged', 'KeyWrong', 'KeyMissing']);

/** What a recovery does before it stops anything. */
async function restore(target: SqliteTarget): Promise<string> {
  const { database, backups } = systemsOf(target);
  try {
    await database.stage(await backups.find(BACKUP), STAMP);
    await database.unstage(STAMP);
    return 'restored';
  } catch (error) {
    return error instanceof ApplicationFailure ? error.type! : String(error);
  }
}

/** A check that refuses everything would refuse this, too. */
async function expectSound(target: SqliteTarget, final: string, sound: string): Promise<void> {
  rmSync(final, { recursive: true });
  mkdirSync(final);
  cpSync(sound, final, { recursive: true });
  const heard = await restore(target);
  if (heard !== 'restored') throw new Error(`The undamaged backup was refused: ${heard}`);
}
