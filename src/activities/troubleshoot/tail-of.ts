import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

export type Tail =
  | { readonly text: string; readonly why?: undefined }
  | { readonly text?: undefined; readonly why: string };

/**
 * The last bytes of a file in the application's directories, or why they are not read: a link is not followed, and a pipe does
 * not make us wait. What is no UTF-8 comes as it may.
 */
export async function tailOf(file: string, bytes: number): Promise<Tail> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  let handle: FileHandle;
  try {
    handle = await open(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    return { why: whyNot(file, (error as NodeJS.ErrnoException).code) };
  }
  try {
    const found = await handle.stat();
    if (!found.isFile()) return { why: `"${file}" is no file` };
    const begin = Math.max(0, found.size - bytes);
    const buffer = Buffer.alloc(found.size - begin);
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, begin);
    return { text: buffer.toString('utf8', 0, bytesRead) };
  } finally {
    await handle.close();
  }
}

function whyNot(file: string, code: string | undefined): string {
  if (code === 'ENOENT') return `"${file}" is missing`;
  if (code === 'ELOOP') return `"${file}" is a link, and is not followed`;
  return `"${file}" cannot be read: ${code}`;
}
