import type { Figure } from '../../../figures/figure.ts';
import type { Sampling } from '../sampling.ts';
import { serverFigures } from '../server/server-figures.ts';
import { data, readData } from './data.ts';
import { permissions } from './permissions.ts';
import { size } from './size.ts';

/** What is read in the live file, and of it: it is opened once for all. */
export async function database(sampling: Sampling): Promise<readonly Figure[]> {
  const { database: of } = sampling.target;
  if (of.kind !== 'sqlite') return serverFigures(sampling);
  const read = readData(of);
  return [...data(sampling, of, read), ...size(sampling, of, read), ...permissions(sampling, of)];
}
