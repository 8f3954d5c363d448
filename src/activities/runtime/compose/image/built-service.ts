import type { ComposeRuntime } from '../../../../config/schema/runtime.ts';
import type { Target } from '../../../../config/schema/target.ts';
import { permanent } from '../../../../os/failure.ts';
import { findServiceImage, type ServiceImage } from './service-image.ts';

/** The application's service, whose image Compose builds. Errors: `NotApplicable`, when it does not, and those of the reading. */
export async function findBuiltService(
  place: Pick<Target, 'directory'>,
  runtime: ComposeRuntime,
): Promise<ServiceImage> {
  const found = await findServiceImage(place, runtime);
  if (found.isBuilt) return found;
  const { service } = runtime;
  throw permanent(
    'NotApplicable',
    `Service "${service}" has no "build": its image "${found.name}" is made elsewhere. Pull that one, and make its container anew: docker compose pull ${service}, docker compose up -d ${service}`,
  );
}
