import { writeNew } from '../../../os/files/write-new.ts';

/** Into a file that must not be there. Error: `InvalidInput`. */
export function writeText(file: string, text: string): void {
  writeNew(file, [Buffer.from(text)]);
}
