import type { Figure } from '../../../figures/figure.ts';
import type { Sampling } from '../sampling.ts';
import { data, readData } from './data.ts';
import { permissions } from './permissions.ts';
import { size } from './size.ts';

/** What is read in the live file, and of it: it is opened once for all. */
export async function database(sampling: Sampling): Promise<readonly Figure[]> {
  const read = readData(sampling.target.database);
  return [...data(sampling, read), ...size(sampling, read), ...permissions(sampling)];
}
