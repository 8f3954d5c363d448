import { dirname } from 'node:path';
import { permanent } from '../../../os/failure.ts';
import { syncDirectory } from '../../../os/files/durable-files.ts';
import { readPlain } from '../../../os/files/held/open-plain.ts';
import { withHeld } from '../../../os/files/held/with-held.ts';
import { replaceText } from '../../../os/files/replace-text.ts';

/** One of ours has some lines. */
const MAX_BYTES = 65_536;

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

/**
 * What is in a file that the proxy's configuration includes. A link is not followed, and nothing but a file is waited for. Undefined: it is not
 * there. Error: `ProxyRefused` when it cannot be read, or is larger than any of ours.
 */
export function readInclude(file: string): string | undefined {
  try {
    return withHeld((held) => readPlain(held.itself(file), MAX_BYTES))?.toString('utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw permanent(
      'ProxyRefused',
      code === 'EFBIG'
        ? `"${file}" is no file of ours, and stays as it is`
        : `Cannot read "${file}": ${message}`,
    );
  }
}
