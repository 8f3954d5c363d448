import type { ComposeRuntime } from '../../../../config/schema/runtime.ts';
import type { Target } from '../../../../config/schema/target.ts';
import { permanent } from '../../../../os/failure.ts';
import { findServiceImage, type ServiceImage } from './service-image.ts';

/**
 * The application's service, whose image Compose builds, or, when it may be `pulled`, is made elsewhere. Errors: `NotApplicable`, when it is neither, and
 * those of the reading.
 */
export async function findRenewable(
  place: Pick<Target, 'directory'>,
  runtime: ComposeRuntime,
  pulled: boolean,
): Promise<ServiceImage> {
  const found = await findServiceImage(place, runtime);
  if (found.isBuilt || pulled) return found;
  throw permanent(
    'NotApplicable',
    `Service "${runtime.service}" has no "build": its image "${found.name}" is made elsewhere, and can only be pulled: --pull yes`,
  );
}
