import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { connectionSettings } from '../../../client/connection/connection-settings.ts';
import { environment } from '../../../config/environment.ts';
import { places } from '../../../config/places.ts';
import { sizeText } from '../../../config/text/size-text.ts';
import { timeOf } from '../../../config/time/stamp.ts';
import { hasMuchFree } from '../../../dev/data/compact-data.ts';
import { listCopies, typed } from '../../../dev/data/data-file.ts';
import { measureDatabase } from '../../../dev/data/inspect-database.ts';
import { knownDoor } from '../../../door/known-door.ts';
import { factsText } from '../temporal/facts-text.ts';
import type { Finding } from './inspect.ts';

const subject = 'Runs of that server';
const DAY = 86_400_000;

/** How large the file of our own server is, and whether it is copied. Of no interest where another server is used. */
export function runsFile(): Finding[] {
  const known = knownDoor(connectionSettings().address);
  if (environment().temporalAddress && !known) return [];
  const file = known?.dataFile ?? join(places().data, 'temporal.db');
  if (!existsSync(file)) return [];
  try {
    const facts = measureDatabase(file);
    const { bytes, freeBytes } = facts;
    const found: Finding = { subject, state: 'ok', finding: `${file}: ${factsText(facts)}` };
    return hasMuchFree(facts)
      ? [
          {
            subject,
            state: 'optional',
            finding: `${sizeText(freeBytes)} of ${sizeText(bytes)} are free in ${file}`,
            hint: `${typed('compact', file)}, with the server stopped`,
          },
          ...copied(file),
        ]
      : [found, ...copied(file)];
  } catch (error) {
    const finding = `cannot be read: ${(error as Error).message}`;
    return [{ subject, state: 'missing', finding, hint: typed('check', file) }];
  }
}

function copied(file: string): Finding[] {
  const [newest] = listCopies(file);
  if (newest && Date.now() - timeOf(newest.stamp) < DAY) return [];
  const finding = newest ? `last copied ${newest.stamp}` : 'never copied yet';
  return [{ subject, state: 'optional', finding, hint: typed('backup', file) }];
}
