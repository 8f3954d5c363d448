import { z } from 'zod';
import { plainLine } from '../../../config/text/plain-text.ts';
import type { Target } from '../../../config/schema/target.ts';
import { failureOf } from '../../../os/failure-of.ts';
import { run } from '../../../os/process/command.ts';
import { redacted } from '../../../os/redacted.ts';
import { asApplication } from '../../../os/owner/as-application.ts';
import { type Check, fails, notApplicable, ok, unknown } from './check-line.ts';

/** A container that is made for it needs some, too. */
const WITHIN = 60_000;

/** Compares as pip does. `null`: it has no means to compare. */
const SCRIPT = `
import json, sys
from importlib import metadata
try:
    from packaging.specifiers import SpecifierSet
except ImportError:
    try:
        from pip._vendor.packaging.specifiers import SpecifierSet
    except ImportError:
        SpecifierSet = None
answer = {}
for name, wanted in json.loads(sys.argv[1]).items():
    try:
        found = metadata.version(name)
    except metadata.PackageNotFoundError:
        answer[name] = {"found": None, "fits": False}
        continue
    if not wanted.strip():
        fits = True
    elif SpecifierSet is None:
        fits = None
    else:
        fits = SpecifierSet(wanted).contains(found, prereleases=True)
    answer[name] = {"found": found, "fits": fits}
print(json.dumps(answer))
`;

const Answer = z.record(
  z.string(),
  z.object({ found: z.string().max(200).nullable(), fits: z.boolean().nullable() }),
);

/** Whether the application's own Python has the packages that it needs, in the versions that it needs. */
export async function checkVersions(
  target: Pick<Target, 'app' | 'directory' | 'runsAs'>,
): Promise<Check> {
  const { python } = target.app;
  if (!python || Object.keys(python.versions).length === 0)
    return notApplicable('The target names none in "app.python"');
  const [program] = python.command;
  let answer: z.output<typeof Answer>;
  try {
    const { command, ids, environment } = asApplication(target, python.command);
    const [file, ...args] = command;
    const { stdout } = await run(file, [...args, '-c', SCRIPT, JSON.stringify(python.versions)], {
      timeout: WITHIN,
      cwd: target.directory,
      environment,
      ids,
    });
    answer = Answer.parse(JSON.parse(stdout.trim().split('\n').at(-1)!));
  } catch (error) {
    const { type, message } = failureOf(error);
    const why = plainLine(redacted(message.split('\n')[0]!), 300);
    return type === 'CommandMissing'
      ? fails(`Its Python "${program}" is not there`, 'install it, or put "app.python" right')
      : unknown(`Its Python cannot be asked: ${why}`);
  }
  const wrong = Object.entries(python.versions).filter(([name]) => answer[name]?.fits === false);
  if (wrong.length > 0) {
    const what = wrong.map(
      ([name, wanted]) =>
        `${name} is ${plainLine(answer[name]!.found ?? 'missing', 50)}, wanted ${wanted || 'any'}`,
    );
    const install = wrong.map(([name, wanted]) => `'${name}${wanted}'`).join(' ');
    return fails(what.join('; '), `${python.command.join(' ')} -m pip install ${install}`);
  }
  const found = Object.keys(python.versions).map(
    (name) => `${name} ${plainLine(answer[name]?.found ?? '?', 50)}`,
  );
  const uncompared = Object.keys(python.versions).filter((name) => answer[name]?.fits !== true);
  return uncompared.length > 0
    ? unknown(
        `${found.join(', ')}: its Python has no "packaging" to compare them with what is wanted`,
      )
    : ok(found.join(', '));
}
