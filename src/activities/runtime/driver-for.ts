import type { Target } from '../../config/schema/target.ts';
import { composeDriver } from './compose/compose-driver.ts';
import type { Driver } from './driver.ts';
import { processDriver } from './process/process-driver.ts';

export function driverFor(target: Target): Driver {
  const { runtime } = target;
  return runtime.kind === 'compose'
    ? composeDriver(target, runtime)
    : processDriver(target, runtime);
}
