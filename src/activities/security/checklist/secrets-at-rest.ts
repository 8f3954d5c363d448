import { resolve } from 'node:path';
import type { Target } from '../../../config/schema/target.ts';
import { countText } from '../../../config/text/count-text.ts';
import type { Figure } from '../../../figures/figure.ts';
import { readHeld } from '../../../os/files/held/read-held.ts';
import { assignmentsOf, isUnclear, readEnvFile, textOf } from '../../../os/env-file/env-file.ts';
import { secretKeys } from '../../files/env/secret-keys.ts';
import { measured, notApplicable, unknown } from '../../health/sampling.ts';

const NAME = 'checklist.secrets';
const SHOWN = 10;

/** Which keys of `.env` hold secrets: their names, never what they hold. B: in production secrets are kept in a vault. */
export function secretsFigure({ directory, backups, security }: Target, at: string): Figure {
  const file = resolve(directory, '.env');
  let bytes;
  try {
    bytes = readHeld(file);
  } catch (error) {
    return unknown({ at }, NAME, 'count', file, (error as Error).message);
  }
  if (!bytes) return notApplicable({ at }, NAME, 'count', file, 'There is no .env');
  const isSecret = secretKeys(backups.secrets);
  const read = readEnvFile(bytes);
  const keys = [...assignmentsOf(read)].flatMap(([name, all]) =>
    all.some((one) => !one.isEmpty && isSecret(textOf(name), textOf(one.value)))
      ? [textOf(name)]
      : [],
  );
  const dark = read.pieces.flatMap((piece) =>
    isUnclear(piece) && !piece.isVoid ? [piece.line] : [],
  );
  const darkText = `line ${dark.slice(0, SHOWN).join(', ')} of it is not clear to all readers, so that nobody knows what is in there`;
  if (keys.length === 0 && dark.length > 0)
    return unknown({ at }, NAME, 'count', file, `No secret is seen in .env, and ${darkText}`);
  const isProduction = security.environment === 'production';
  const names = `${keys.slice(0, SHOWN).join(', ')}${keys.length > SHOWN ? ', ...' : ''}`;
  const note =
    keys.length === 0
      ? 'No secret in .env'
      : `${countText(keys.length, 'secret')} in .env (${names})${isProduction ? ': in production they belong in a vault' : `, in ${security.environment}`}`;
  const whole = dark.length > 0 ? `${note}; ${darkText}` : note;
  const verdict = keys.length > 0 && isProduction ? 'warning' : 'ok';
  return measured(
    { at },
    NAME,
    { value: keys.length, unit: 'count', source: file, note: whole },
    { verdict, limit: 'warning for any in production' },
  );
}
