import { join } from 'node:path';
import { z } from 'zod';
import type { Target } from '../../../config/schema/target.ts';
import type { Updates } from '../../../config/schema/upkeep/updates.ts';
import { failureOf } from '../../../os/failure-of.ts';
import { readHeld } from '../../../os/files/held/read-held.ts';
import { keepEvidence } from '../../../state/evidence.ts';
import { listOf } from './bandit.ts';
import { withPlanted } from './planted.ts';
import { type ScanFound, judge, jsonIn, outputOf, type Scan, unknown } from './scan.ts';

/** Known to be vulnerable for years, and for ever: CVE-2020-5227, CVE-2018-18074, CVE-2019-10906, CVE-2018-20060. */
const PLANTED = [
  { name: 'feedgen', version: '0.8.0' },
  { name: 'requests', version: '2.19.1' },
  { name: 'jinja2', version: '2.10' },
  { name: 'urllib3', version: '1.22' },
] as const;

/** As pip-audit 2.x prints it, with `--format json`. */
const Report = z.looseObject({
  dependencies: z.array(
    z.union([
      z.looseObject({
        name: z.string().max(200),
        version: z.string().max(200),
        vulns: z.array(
          z.looseObject({
            id: z.string().max(100),
            fix_versions: z.array(z.string().max(100)).max(100),
          }),
        ),
      }),
      z.looseObject({ name: z.string().max(200), skip_reason: z.string() }),
    ]),
  ),
});

/** `name==version`, with extras, markers and hashes behind it. */
const PINNED = /^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==([^\s;\\#]+)/;

/**
 * pip-audit, over the exact versions of a list. It installs and resolves nothing: `--no-deps --disable-pip`. With a dead source it ends with 0
 * and skips all, so that each name of the list must be in its answer.
 */
export async function scanAdvisories(
  target: Target,
  run: string,
  updates: Updates,
  { command, list }: NonNullable<Updates['advisories']>,
): Promise<Scan> {
  const text = await textOf(target, updates, list);
  if (typeof text !== 'string') return unknown(text.why);
  const { pinned, others } = readList(text);
  if (pinned.length === 0) return unknown('its list names no "name==version"');
  // pip-audit takes no name twice.
  const names = new Set(pinned.map((line) => normal(line.split('==')[0]!)));
  const planted = PLANTED.find(({ name }) => !names.has(name));
  if (!planted)
    return unknown('its list has each of the names that would prove that it finds something');
  const content = listOf([...pinned, `${planted.name}==${planted.version}`]);
  return withPlanted(target, command, 'list.txt', content, async (file) => {
    const how = ['--no-deps', '--disable-pip', '--progress-spinner', 'off', '--format', 'json'];
    const words = [...command, ...how, '--requirement', file];
    const said = await outputOf(target, updates, words);
    if ('why' in said) return unknown(said.why);
    const report = Report.safeParse(jsonIn(said.stdout));
    if (!report.success)
      return unknown('its source could not be reached, or its answer is no report of pip-audit');
    const { found, foundPlanted } = readReport(report.data, pinned, others, planted);
    const judged = judge(found, foundPlanted);
    return {
      ...judged,
      evidence: [keepEvidence(target, run, 'advisories.txt', listOf(found.texts))],
    };
  });
}

/** What its answer says of the list. `others`: lines of the list that name no exact version. */
function readReport(
  { dependencies }: z.infer<typeof Report>,
  lines: readonly string[],
  others: readonly string[],
  planted: { readonly name: string; readonly version: string },
): { readonly found: ScanFound; readonly foundPlanted: boolean } {
  const key = (name: string, version: string) => `${normal(name)}==${version}`;
  const answered = dependencies.flatMap((one) => ('vulns' in one ? [one as Answered] : []));
  const known = new Set(answered.map(({ name, version }) => key(name, version)));
  const asked = lines.map((line) => line.split('==') as [string, string]);
  const left = asked.filter(([name, version]) => !known.has(key(name, version)));
  const wanted = new Set(asked.map(([name, version]) => key(name, version)));
  const own = answered.filter(({ name, version }) => wanted.has(key(name, version)));
  const texts = own.flatMap(({ name, version, vulns }) =>
    vulns.map(({ id, fix_versions: fixed }) =>
      `${name} ${version} ${id}${fixed.length > 0 ? `, fixed in ${fixed.join(', ')}` : ', not fixed yet'}`.slice(
        0,
        300,
      ),
    ),
  );
  const open = [...left.map(([name]) => name), ...others];
  return {
    found: {
      texts,
      ...(open.length > 0 && {
        incomplete: `${open.length} of ${asked.length + others.length} could not be checked, such as "${open[0]!.slice(0, 100)}"`,
      }),
    },
    foundPlanted: answered.some(
      ({ name, vulns }) => normal(name) === planted.name && vulns.length > 0,
    ),
  };
}

/** As PyPI compares names. */
function normal(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/g, '-');
}

type Answered = Extract<z.infer<typeof Report>['dependencies'][number], { vulns: unknown }>;

/** Exact versions, each once, and what is none of them: an address, a range. The application itself, which is installed from here, is neither. */
export function readList(text: string): { pinned: string[]; others: string[] } {
  const lines = text
    .replaceAll(/\\\r?\n/g, ' ')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#') && !isNoPackage(line));
  const pinned = new Set<string>();
  const others: string[] = [];
  for (const line of lines) {
    const [, name, version] = PINNED.exec(line) ?? [];
    if (name === undefined || version === undefined) others.push(line);
    else pinned.add(`${name}==${version}`);
  }
  return { pinned: [...pinned], others };
}

/** An option, or what is installed from a directory of this host. Another list and what comes from a repository are packages that nobody has checked. */
function isNoPackage(line: string): boolean {
  const [, editable] = /^(?:-e|--editable)[\s=]*(.*)$/.exec(line) ?? [];
  if (editable !== undefined) return /^(?:file:|[^:+]*$)/.test(editable);
  if (/^(?:-r|--requirement)(?![\w-])/.test(line)) return false;
  return /^(?:-|[\w.-]+ @ file:)/.test(line);
}

async function textOf(
  target: Target,
  updates: Updates,
  list: NonNullable<Updates['advisories']>['list'],
): Promise<string | { readonly why: string }> {
  if (list === 'installed') {
    const command = target.maintenance?.dependencies?.list;
    if (!command)
      return { why: '"maintenance.dependencies" does not say how to list what is installed' };
    const said = await outputOf(target, updates, command);
    return 'why' in said ? said : said.stdout;
  }
  try {
    const bytes = readHeld(join(target.directory, list.file));
    return bytes?.toString('utf8') ?? { why: `"${list.file}" is not there` };
  } catch (error) {
    return { why: failureOf(error).message };
  }
}
