import { fc } from '@fast-check/vitest';

/** An environment file of a backup, and the one that is live. */
export interface Pair {
  readonly backup: Buffer;
  readonly live: Buffer;
}

/** Few, so that they meet again. */
const NAMES = `
  API_KEY DB_PASSWORD TOKEN LEVEL HOST PORT DATABASE_URL A MODE CLÉ_KEY x.y-KEY 2FA_SECRET export Secret WEBHOOK U`;
const name = fc.constantFrom(...NAMES.trim().split(' '));
const plain = fc.string({
  unit: fc.constantFrom('a', 'b', 'X', 'Z', '0', '9', '_', '-'),
  minLength: 1,
  maxLength: 6,
});
const DOLLARS = ['$', '$$', '$1', '$HOST', '${HOST}', '${A:-b}', '${U}', '${', '}', '$('];
const ESCAPES = ['\\', '\\\\', '\\"', "\\'", '\\n', '\\$', '"', "'", '`'];
const SIGNS = ['#', ' #', ' # x', ' ', '\t', '=', ':', ': ', ';', '!', '%', '&', '*'];
const ODD = ['\u00E9', '\u00A0', '\u2028', '\u0085', '\v', '\f', '{"a":"b"}', 'x://u:p@h/'];
const nasty = fc.constantFrom(...DOLLARS, ...ESCAPES, ...SIGNS, ...ODD);
const text = (odds: number, more: readonly string[] = []) =>
  fc
    .array(
      fc.oneof(
        { weight: 10, arbitrary: plain },
        { weight: odds, arbitrary: nasty },
        ...more.map((one) => ({ weight: 1, arbitrary: fc.constant(one) })),
      ),
      { maxLength: 4 },
    )
    .map((parts) => parts.join(''));
const within = (quote: string, lines: readonly string[]) =>
  text(3, lines).map((inner) => `${quote}${inner.replaceAll(/["'`]/g, '')}${quote}`);
const value = fc.oneof(
  { weight: 8, arbitrary: plain },
  { weight: 6, arbitrary: text(8) },
  { weight: 3, arbitrary: within('"', ['\n', '\\"', '\n# x\n', '\nTOKEN=in\n', "'"]) },
  { weight: 2, arbitrary: within("'", ['\n', '"', '\\']) },
  { weight: 1, arbitrary: within('`', []) },
  { weight: 1, arbitrary: text(9).map((inner) => `"${inner}"`) },
  { weight: 1, arbitrary: fc.constant('') },
);
const mostly = (usual: string, ...others: readonly string[]) =>
  fc.oneof(
    { weight: 12, arbitrary: fc.constant(usual) },
    { weight: others.length, arbitrary: fc.constantFrom(...others) },
  );
const assignment = fc
  .tuple(
    mostly('', ' ', '\t', 'export ', 'export\t ', 'export', '\u00A0'),
    name,
    mostly('=', ' = ', '= ', ': ', ':', ' : ', ' =', '\u00A0=', '=\v', '==', ''),
    value,
    mostly('', ' # was', ' ', '#x', ' # \\', ' "'),
  )
  .map((parts) => parts.join(''));
const STRAY = [
  '; TOKEN=x',
  'TOKEN',
  'export TOKEN',
  '"TOKEN"=x',
  "'TOKEN'=x",
  '=x',
  '[a]',
  'a b=c',
];
const STRANGE = ['\0', 'A=1\rTOKEN=2', '#!/bin/sh', 'set -a', 'TOKEN:', '"', "'", '# \\', '\uFEFF'];
const other = fc.oneof(
  { weight: 6, arbitrary: text(4).map((words) => `# ${words}`) },
  { weight: 5, arbitrary: fc.constantFrom('', '  ', '# API_KEY=old', '\t# x') },
  { weight: 1, arbitrary: fc.constantFrom(...STRAY, ...STRANGE) },
);
const line = fc.oneof({ weight: 5, arbitrary: assignment }, { weight: 2, arbitrary: other });

const file = (lines: readonly string[], form: Form): Buffer => {
  const body = lines.join('\n').replaceAll('\n', form.return ? '\r\n' : '\n');
  const whole = `${form.mark ? '\uFEFF' : ''}${body}${form.ends ? '\n' : ''}`;
  return form.latin ? Buffer.from(whole, 'latin1') : Buffer.from(whole);
};

interface Form {
  readonly mark: boolean;
  readonly return: boolean;
  readonly ends: boolean;
  readonly latin: boolean;
}

const seldom = (times: number) => fc.nat(times).map((drawn) => drawn === 0);
const form = fc.record({
  mark: seldom(9),
  return: seldom(6),
  ends: seldom(4).map((drawn) => !drawn),
  latin: seldom(19),
});

/** What becomes of a line of the backup: most stay, some get another value, some go, some come, some move. */
const fate = fc.oneof(
  { weight: 10, arbitrary: fc.constant('same' as const) },
  { weight: 7, arbitrary: fc.constant('other value' as const) },
  { weight: 1, arbitrary: fc.constant('gone' as const) },
  { weight: 1, arbitrary: fc.constant('first' as const) },
  { weight: 1, arbitrary: line.map((added) => ({ added })) },
);

export const pair: fc.Arbitrary<Pair> = fc
  .array(fc.record({ line, fate, value }), { minLength: 1, maxLength: 9 })
  .chain((lines) => {
    const live: string[] = [];
    for (const { line: one, fate: now, value: fresh } of lines)
      if (now === 'same') live.push(one);
      else if (now === 'first') live.unshift(one);
      else if (now === 'other value') live.push(withValue(one, fresh));
      else if (now !== 'gone') live.push(one, now.added);
    const backup = lines.map(({ line: one }) => one);
    return fc
      .record({ first: form, second: form, alike: seldom(1) })
      .map(({ first, second, alike }) => ({
        backup: file(backup, first),
        live: file(live, alike ? first : second),
      }));
  });

/** A comment stays one, and what is no assignment as it is. */
function withValue(one: string, fresh: string): string {
  const found = /^([^#;]*?[=:][ \t]*)(.*)$/s.exec(one);
  return found ? `${found[1]}${fresh}` : one;
}
