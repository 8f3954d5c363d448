import { dirname } from 'node:path';
import { permanent } from '../../../os/failure.ts';
import { syncDirectory } from '../../../os/files/durable-files.ts';
import { withHeld } from '../../../os/files/held/with-held.ts';
import { replaceText } from '../../../os/files/replace-text.ts';

/** Writes a file that the proxy's configuration includes, through no link. Error: `ProxyRefused` where its directory is missing; `key` is what names it in the target. */
export function writeInclude(file: string, text: string, key: string): void {
  try {
    withHeld((held) => {
      const at = held.itself(file);
      replaceText(at, text);
      syncDirectory(dirname(at));
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw permanent('ProxyRefused', `Directory "${dirname(file)}" of "${key}" is missing`);
  }
}
