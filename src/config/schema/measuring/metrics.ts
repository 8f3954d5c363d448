import { z } from 'zod';
import { Duration, inMilliseconds } from '../../time/duration.ts';
import { asRatio, Bytes, inBytes, Percent } from '../values/quantities.ts';

const time = () => limits(Duration, inMilliseconds);
const share = () => limits(Percent, asRatio);
const size = () => limits(Bytes, inBytes);

const someLimit = [
  ({ warning, critical }: { warning?: unknown; critical?: unknown }) =>
    warning !== undefined || critical !== undefined,
  'Expected "warning", "critical" or both',
] as const;

/** What figures are judged by. A figure without limits is shown and never judged. */
export const Metrics = z.strictObject({
  responseTime: time(),
  /** Failed requests of all requests. */
  errorRate: share(),
  cpu: share(),
  memory: share(),
  disk: share(),
  /** Without a free one no file can be made, however much room is left. */
  inodes: share(),
  queryTime: time(),
  databaseSize: size(),
  /** In a day. */
  databaseGrowth: size(),
  /** The share of the time in which a writer finds the database's lock taken. */
  lockWait: share(),
  /** Requests that the cache had an answer for. The only limit below which a figure is bad. */
  cacheHitRatio: limits(Percent, asRatio, 'below'),
  /** Errors among the last 100 lines of each log: bad from this number on. */
  errorsInLog: counts(),
  /** Connections at the same time: bad from this number on. */
  users: counts(),
  /** Received and sent together, in a second. */
  network: size(),
});
export type Metrics = z.infer<typeof Metrics>;

/** Beyond `warning` people inspect it in working hours, beyond `critical` an incident opens. */
function limits<Quantity extends z.ZodString>(
  quantity: Quantity,
  measure: (text: string) => number,
  bad: 'above' | 'below' = 'above',
) {
  const shape = { warning: quantity.optional(), critical: quantity.optional() };
  return z
    .strictObject(shape)
    .refine(...someLimit)
    .refine(({ warning, critical }) => inOrder(warning, critical, measure, bad), order(bad))
    .optional();
}

function counts() {
  const number = z.int().min(0).optional();
  return z
    .strictObject({ warning: number, critical: number })
    .refine(...someLimit)
    .refine(({ warning, critical }) => inOrder(warning, critical, Number), order('above'))
    .optional();
}

function inOrder<Limit>(
  warning: Limit | undefined,
  critical: Limit | undefined,
  measure: (limit: Limit) => number,
  bad: 'above' | 'below' = 'above',
): boolean {
  if (warning === undefined || critical === undefined) return true;
  const worse = measure(critical) - measure(warning);
  return bad === 'above' ? worse > 0 : worse < 0;
}

function order(bad: 'above' | 'below'): string {
  return bad === 'above'
    ? 'Expected "warning" below "critical"'
    : 'Expected "critical" below "warning"';
}
