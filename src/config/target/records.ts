import { z } from 'zod';
import { Duration } from '../duration.ts';
import { Bytes } from './quantities.ts';

/** What remains of runs in the target's state directory. */
export const Records = z.strictObject({
  /** Reports of runs are removed after it. */
  keep: Duration.default('400d'),
  /** The audit begins a new file at this size, and with each year. None of them is ever removed. */
  auditSize: Bytes.default('10MB'),
});
