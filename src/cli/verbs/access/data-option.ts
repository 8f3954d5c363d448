import { join } from 'node:path';
import { Option } from 'commander';
import { places } from '../../../config/places.ts';

/** Which server is meant: that of `runbook dev`, unless it was given another file. */
export function dataOption(): Option {
  return new Option(
    '--data <file>',
    'where that server keeps its runs, as "runbook dev" has it',
  ).default(join(places().data, 'temporal.db'), "the user's data directory");
}
