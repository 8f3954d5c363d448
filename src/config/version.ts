import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** The version of this package. */
export const version: string = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
).version;

/** As Temporal and people know this process, when it serves: `runbook@<host>/<pid>#<version>`. */
export function workerIdentity(): string {
  return `runbook@${hostname()}/${process.pid}#${version}`;
}

/**
 * What a worker of ours says to Temporal of its code: `<version>+<the first 10 digits of the SHA-256 of its workflows>`. Two builds of one
 * version may decide otherwise, and one build never does.
 */
export function buildOf(workflows: string | Uint8Array): string {
  return `${version}+${createHash('sha256').update(workflows).digest('hex').slice(0, 10)}`;
}

/** Who completed a task of a workflow, as its history has it. */
interface Completed {
  readonly identity?: string | null;
  readonly workerVersion?: { readonly buildId?: string | null } | null;
}

/** Which build, or else which version of ours it was. Undefined: none that says so. */
export function buildFrom({ identity, workerVersion }: Completed): string | undefined {
  const build = workerVersion?.buildId ?? '';
  if (OURS.test(build)) return build;
  // A version of ours that names no build has its version in what it is called.
  return /^runbook@.*#(\d+\.\d+\.\d+[\w.-]*)$/.exec(identity ?? '')?.[1];
}

const OURS = /^\d+\.\d+\.\d+[\w.-]*\+[0-9a-f]{10}$/;

/** What a person starts: the version, and its build when that is all that differs from this one. */
export function versionText(build: string): string {
  const [name = build] = build.split('+');
  return name === version ? build : name;
}
