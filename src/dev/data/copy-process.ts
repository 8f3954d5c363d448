/**
 * The process that copies the runs of a server: of a large file that is seconds of one call, in which a worker would answer nobody. It is
 * told the file, answers once, and ends.
 */
import { backUpData, type DataBackup } from './back-up-data.ts';

export type CopyAnswer = { readonly made: DataBackup } | { readonly error: string };

process.on('disconnect', () => process.exit());
process.once('message', (dataFile: string) => {
  void answer(dataFile).then((said) => process.send!(said, () => process.exit()));
});

async function answer(dataFile: string): Promise<CopyAnswer> {
  try {
    return { made: await backUpData(dataFile) };
  } catch (error) {
    return { error: (error as Error).message };
  }
}
