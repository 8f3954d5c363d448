import { afterEach } from 'vitest';

const NAME = 'RUNBOOK_HOST_DIRECTORY';

/** What is of the host lies in this directory until the test is over. Undefined: where it lies by itself. */
export function useHostDirectory(directory: string | undefined): void {
  if (directory === undefined) delete process.env[NAME];
  else process.env[NAME] = directory;
}

afterEach(() => useHostDirectory(undefined));
