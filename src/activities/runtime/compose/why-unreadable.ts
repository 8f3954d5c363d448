import { failureOf } from '../../../os/failure-of.ts';
import type { OnProject } from './project.ts';

interface Unreadable {
  /** It can be read, and does not have the service. */
  readonly withoutService: boolean;
  readonly text: string;
}

/** Why Compose cannot act on a service by its configuration, or undefined when it can. Errors: those of Docker itself. */
export async function whyUnreadable(
  call: OnProject,
  service: string,
): Promise<Unreadable | undefined> {
  try {
    await call(['ps', '-q', service]);
    return undefined;
  } catch (error) {
    const { type, message } = failureOf(error);
    if (!['CommandFailed', 'ComposeFileMissing', 'ServiceUnknown'].includes(type ?? ''))
      throw error;
    return {
      withoutService: type === 'ServiceUnknown',
      text: `Compose cannot read its configuration: ${message}`,
    };
  }
}
