/** What text from outside may try: to become a tag, an attribute, a style, a link, a heading, a row of a table, or nonsense. */
export const hostile: readonly string[] = [
  '<script>alert(1)</script>',
  '</title><script>alert(1)</script>',
  '</style><img src=x onerror=alert(1)>',
  '"><svg onload=alert(1)>',
  "' onmouseover='alert(1)",
  '<!-- ',
  ']]>',
  '&lt;script&gt;',
  '&#60;b&#62;',
  '${7 * 7} {{7 * 7}}',
  '![x](https://example.com/x.png)',
  '[press](javascript:alert(1))',
  '<https://example.com>',
  '| a | b |\n| --- | --- |\n| c | d |',
  '# heading\n\n- item\n\n```\ncode\n```',
  '\n\n## Left for people to put right\n\n- nothing',
  '---',
  '1. first',
  '> quoted',
  '    indented code',
  '`code` *bold* _thin_ ~~gone~~ $x$',
  '````',
  '\\| \\',
  'bell \u0007 escape \u001b[31m nul \u0000',
  'half a pair \ud800 and \udc00',
  'turned \u202e round',
  'line \u2028 and paragraph \u2029',
  'a'.repeat(5000),
  '',
];

/** Texts of the same kind, made by chance, but the same in every run. */
export function made(count: number): string[] {
  const alphabet = ['<', '>', '"', "'", '&', '`', '|', '\n', '\\', '[', ']', '(', ')', '!', '#'];
  const text = [...alphabet, '*', '_', '-', '=', '/', ' ', 'script', 'onload', 'x', '\u0000'];
  let seed = 20_260_105;
  const next = () => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return seed >> 8;
  };
  return Array.from({ length: count }, () =>
    Array.from({ length: 1 + (next() % 24) }, () => text[next() % text.length]!).join(''),
  );
}
