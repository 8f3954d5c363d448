import { execa } from 'execa';

/** The first server that skips time for a single workflow, on which `simulate` and the tests rely. */
export const MINIMUM_SERVER = '1.32.0';

/** The version of the server inside a `temporal` executable. Throws when it does not say. */
export async function readTemporalVersion(path: string): Promise<string> {
  // Generous: the first run of 150 MB from a cold disk took seconds.
  const options = { reject: false, timeout: 30_000, stdin: 'ignore' } as const;
  const { stdout, failed, shortMessage } = await execa(path, ['--version'], options);
  if (failed) throw new Error(shortMessage);
  const version = /\(Server (\d+\.\d+\.\d+)/.exec(stdout)?.[1];
  if (!version) throw new Error(`"${path}" names no server version: "${stdout.slice(0, 80)}"`);
  return version;
}

export function isNewEnough(version: string): boolean {
  return compareVersions(version, MINIMUM_SERVER) >= 0;
}

/** Of dotted numbers: negative when `a` is older than `b`. */
export function compareVersions(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
