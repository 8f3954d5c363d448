import type { Target } from '../../config/schema/target.ts';
import { composeDriver } from './compose/compose-driver.ts';
import type { Driver } from './driver.ts';
import { processDriver } from './process/process-driver.ts';
import { systemdDriver } from './systemd/systemd-driver.ts';

export function driverFor(target: Target): Driver {
  const { runtime } = target;
  switch (runtime.kind) {
    case 'compose':
      return composeDriver(target, runtime);
    case 'process':
      return processDriver(target, runtime);
    case 'systemd':
      return systemdDriver(target, runtime);
  }
}
