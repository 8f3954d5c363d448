import { accessSync, constants, lstatSync, type Stats, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Target } from '../../../config/schema/target.ts';
import type { Known } from './application-user.ts';
import { type Check, fails, notApplicable, ok, unknown } from './check-line.ts';
import { judged, rightsText, type User, wayTo } from './rights.ts';

type Logging = Pick<Target, 'directory' | 'logs' | 'runtime'>;

/**
 * Whether the application may write its logs: into the file that is there, or a new one into its directory. What it prints is written by
 * whoever starts it, and an access log by its proxy.
 */
export function checkLogs(target: Logging, user: Known): Check {
  const { logs, runtime } = target;
  const own = logs.filter((log) => log.format !== 'access' && !isPrinted(target, log.file));
  if (own.length === 0)
    return notApplicable(
      logs.length === 0 ? 'The target names no logs' : 'It writes none of its logs itself',
    );
  const checks = own.map(({ file }) => checkOne(file, user, runtime));
  const worst =
    checks.find(({ state }) => state === 'failed') ??
    checks.find(({ state }) => state === 'unknown');
  return worst ?? ok([...new Set(checks.map(({ finding }) => finding))].join(', '));
}

function isPrinted({ directory, runtime }: Logging, file: string): boolean {
  return runtime.kind === 'process' && resolve(directory, runtime.log) === resolve(directory, file);
}

function checkOne(file: string, user: Known, { kind }: Target['runtime']): Check {
  const directory = dirname(file);
  const about = statSync(directory, { throwIfNoEntry: false });
  if (!about) return fails(`There is no log directory "${directory}"`, 'make it');
  if (!about.isDirectory())
    return fails(`The log directory "${directory}" is no directory`, `move it away, and make one`);
  if (isReadOnly(directory)) {
    const finding = `The log directory "${directory}" lies on a disk that is mounted read-only`;
    // For this worker: Docker may see another mount.
    return kind === 'compose' ? unknown(finding) : fails(finding, 'mount it for writing');
  }
  if ('unknown' in user) return untold(directory, user.unknown);
  const above = kind === 'compose' ? [] : wayTo(directory);
  const way = judged(user, [...above, { right: 'enter', path: directory, about }]);
  if (way.may === 'no')
    return fails(
      `The application (${user.text}) may not go through "${way.need.path}" to its logs`,
      `let it, chmod o+x "${way.need.path}"`,
    );
  if (way.may === 'unknown') return untold(directory, way.why);
  return checkWriting(file, { path: directory, about }, user);
}

interface Place {
  readonly path: string;
  readonly about: Stats;
}

function checkWriting(
  file: string,
  directory: Place,
  user: User & { readonly text: string },
): Check {
  // It may be a link, which is not followed.
  const there = lstatSync(file, { throwIfNoEntry: false });
  const old = there?.isFile()
    ? judged(user, [{ right: 'write', path: file, about: there }])
    : undefined;
  if (old?.may === 'yes') return ok(`"${file}"`);
  const made = judged(user, [{ right: 'write', ...directory }]);
  if (made.may === 'yes' && old === undefined) return ok(`"${directory.path}"`);
  if (old?.may === 'unknown') return untold(file, old.why);
  if (made.may === 'unknown') return untold(directory.path, made.why);
  if (there && !there.isFile()) return untold(file, 'it is no regular file');
  if (made.may === 'yes')
    return untold(file, `${user.text} may not (${rightsText(there!)}), and may replace it`);
  const [path, about] = there ? [file, there] : [directory.path, directory.about];
  return fails(
    `The application (${user.text}) may not write into "${path}" (${rightsText(about)})`,
    `give it to that user, chown ${user.uid} "${path}"`,
  );
}

function untold(path: string, why: string): Check {
  return unknown(`"${path}" is there, and nobody can tell whether it may be written: ${why}`);
}

function isReadOnly(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK);
    return false;
  } catch (error) {
    return (error as { code?: string }).code === 'EROFS';
  }
}
