import type { FileHandle } from 'node:fs/promises';
import { openItself } from '../../os/files/held/open-plain.ts';

export type Tail =
  | { readonly text: string; readonly why?: undefined }
  | { readonly text?: undefined; readonly why: string };

/**
 * The last bytes of a file in the application's directories, or why they are not read: a link is not followed, and a pipe does
 * not make us wait. What is no UTF-8 comes as it may.
 */
export async function tailOf(file: string, bytes: number): Promise<Tail> {
  let handle: FileHandle;
  try {
    handle = await openItself(file);
  } catch (error) {
    return { why: whyNot(file, error as NodeJS.ErrnoException) };
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

function whyNot(file: string, { code, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT') return `"${file}" is missing`;
  if (code === 'ELOOP') return `"${file}" is a link, and is not followed`;
  return code === undefined ? message : `"${file}" cannot be read: ${code}`;
}
