import { readFileSync } from 'node:fs';
import type { Figure } from '../../../figures/figure.ts';
import { inMebibytes } from '../../../os/files/disk-space.ts';
import { limitsOf } from '../judging/judged.ts';
import { measured, notApplicable, type Sampling, unknown } from '../sampling.ts';

/** `network.bytes`: received and sent in a second, since the last sample, of the application's own network, without loopback. */
export async function network(sampling: Sampling): Promise<readonly Figure[]> {
  const { pids, since, target } = sampling;
  const name = 'network.bytes';
  const source = `/proc/${pids[0] ?? 'self'}/net/dev`;
  const total = bytesIn(source);
  if (total === undefined)
    return [unknown(sampling, name, 'bytes per second', source, 'It cannot be read')];
  const grown = since.grown(name, total);
  if (!grown)
    return [
      notApplicable(sampling, name, 'bytes per second', source, 'Nothing to compare with yet'),
    ];
  const { by, seconds } = grown;
  const note = `${inMebibytes(by)} in ${Math.round(seconds)} s`;
  const reading = { value: by / seconds, unit: 'bytes per second', source, note } as const;
  return [measured(sampling, name, reading, limitsOf(target, 'network'))];
}

/** See proc_net_dev(5): the first number is what was received, the ninth what was sent. */
function bytesIn(file: string): number | undefined {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .slice(2)
      .map((line) => line.split(':'))
      .filter(([card, numbers]) => numbers !== undefined && card!.trim() !== 'lo')
      .map(([, numbers]) => numbers!.trim().split(/\s+/).map(Number))
      .reduce((sum, numbers) => sum + numbers[0]! + numbers[8]!, 0);
  } catch {
    return undefined;
  }
}
