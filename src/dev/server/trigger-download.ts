import { TestWorkflowEnvironment } from '@temporalio/testing';

/** Run as a process by `downloadTemporal`: makes the SDK download the Temporal CLI of a version into a directory. */
async function triggerDownload(downloadDir: string, version: string): Promise<void> {
  await TestWorkflowEnvironment.createLocal({
    server: {
      executable: { type: 'cached-download', downloadDir, version },
      // The SDK starts what it downloaded. With this it prints its help and ends, and no server is left behind.
      extraArgs: ['--help'],
    },
  });
}

const [directory, version] = process.argv.slice(2);
try {
  await triggerDownload(directory!, version!);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
