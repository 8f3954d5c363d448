import { z } from 'zod';
import { Duration, inMilliseconds } from '../time/duration.ts';
import { asRatio, Bytes, inBytes, Percent } from './values/quantities.ts';

const time = () => limits(Duration, inMilliseconds);
const share = () => limits(Percent, asRatio);
const size = () => limits(Bytes, inBytes);

/** What figures are judged by. A figure without limits is shown and never judged. */
export const Metrics = z.strictObject({
  responseTime: time(),
  /** Failed requests of all requests. */
  errorRate: share(),
  cpu: share(),
  memory: share(),
  disk: share(),
  queryTime: time(),
  databaseSize: size(),
});
export type Metrics = z.infer<typeof Metrics>;

/** Above `warning` people inspect it in working hours, above `critical` an incident opens. */
function limits<Quantity extends z.ZodString>(
  quantity: Quantity,
  measure: (text: string) => number,
) {
  return z
    .strictObject({ warning: quantity.optional(), critical: quantity.optional() })
    .refine(
      ({ warning, critical }) => warning ?? critical,
      'Expected "warning", "critical" or both',
    )
    .refine(
      ({ warning, critical }) =>
        !warning || !critical || measure(warning as string) < measure(critical as string),
      'Expected "warning" below "critical"',
    )
    .optional();
}
