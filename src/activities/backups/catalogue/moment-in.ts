import { isPostgres, type Target } from '../../../config/schema/target.ts';
import { instantOf } from '../../../config/time/instant.ts';
import { permanent } from '../../../os/failure.ts';
import { archiveOf } from '../../database/postgres/archive/archive-info.ts';

/** A moment of an archive, as people name it: `pgbackrest:2026-01-05T13:59:59Z`. */
const NAME = /^pgbackrest:(.+)$/;

/** The moment that is meant, ISO 8601. Undefined: it is a file. Errors: `InvalidInput`, `NotApplicable`. */
export function momentIn(target: Target, name: string): string | undefined {
  const said = NAME.exec(name)?.[1];
  if (said === undefined) return undefined;
  if (!isPostgres(target))
    throw permanent(
      'NotApplicable',
      `"${name}" is a moment of pgBackRest, and the database of "${target.name}" is a file`,
    );
  archiveOf(target);
  const time = instantOf(said);
  if (time === undefined || time > Date.now())
    throw permanent(
      'InvalidInput',
      `Cannot adopt "${name}": expected a time that is past, such as "pgbackrest:2026-01-05T13:59:59Z"`,
    );
  return new Date(time).toISOString();
}
