import { join } from 'node:path';
import { z } from 'zod';
import { countText } from '../../../config/text/count-text.ts';
import type { Target } from '../../../config/schema/target.ts';
import type { Updates } from '../../../config/schema/upkeep/updates.ts';
import { isThere } from '../../../os/files/file-facts.ts';
import { keepEvidence } from '../../../state/evidence.ts';
import { withPlanted } from './planted.ts';
import { judge, jsonIn, outputOf, type Scan, unknown } from './scan.ts';

/** Three findings of Bandit, so that one is left whichever test the application's own settings skip. */
const PLANTED = 'import subprocess\nsubprocess.Popen("true", shell=True)\n';

/** As Bandit 1.7 to 1.9 prints it, with `--format json`. Its `code` and `issue_text` repeat what may be secret: they are not read. */
const Report = z.looseObject({
  errors: z.array(z.looseObject({ filename: z.string(), reason: z.string() })),
  metrics: z.looseObject({ ['_totals']: z.looseObject({ loc: z.number() }) }),
  results: z.array(
    z.looseObject({
      filename: z.string(),
      line_number: z.int(),
      issue_severity: z.string().max(20),
      test_id: z.string().max(20),
      test_name: z.string().max(100),
    }),
  ),
});

/** Bandit, over the application's own code. One that cannot look at all of it does not say so by its exit code. */
export async function scanCode(
  target: Target,
  run: string,
  updates: Updates,
  { command, paths }: NonNullable<Updates['code']>,
): Promise<Scan> {
  const missing = paths.find((path) => !isThere(join(target.directory, path)));
  if (missing !== undefined) return unknown(`"${missing}" is not there`);
  return withPlanted(target, command, 'planted.py', PLANTED, async (planted) => {
    const words = [
      ...command,
      '--quiet',
      '--recursive',
      '--format',
      'json',
      '--',
      ...paths,
      planted,
    ];
    const said = await outputOf(target, updates, words);
    if ('why' in said) return unknown(said.why);
    const report = Report.safeParse(jsonIn(said.stdout));
    if (!report.success) return unknown('what it printed is no report of Bandit');
    const { results, errors, metrics } = report.data;
    const own = results.filter(({ filename }) => filename !== planted);
    const texts = own.map(
      (one) =>
        `${placeOf(one.filename)}:${one.line_number} ${one.issue_severity} ${one.test_id} ${one.test_name}`,
    );
    const loc = metrics['_totals'].loc - PLANTED.split('\n').length + 1;
    const incomplete = errors[0]
      ? `it could not read ${countText(errors.length, 'file')}, such as "${placeOf(errors[0].filename)}"`
      : loc > 0
        ? undefined
        : `there is no line of Python in ${paths.join(', ')}`;
    const found = own.length < results.length;
    const judged = judge({ texts, ...(incomplete !== undefined && { incomplete }) }, found);
    return { ...judged, evidence: [keepEvidence(target, run, 'code.txt', listOf(texts))] };
  });
}

/** As Bandit names it: below the application's directory. */
function placeOf(file: string): string {
  return file.slice(0, 300);
}

export function listOf(texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join('');
}
