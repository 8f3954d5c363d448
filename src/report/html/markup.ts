import { plainText } from '../../config/text/plain-text.ts';

const made = Symbol('markup');

/** HTML: only the template below makes it. */
export interface Markup {
  readonly [made]: string;
}

export type Part = Markup | string | number | undefined | readonly Part[];

/** HTML in which every value is text, unless this template has made it: nothing from outside becomes markup. */
export function markup(strings: TemplateStringsArray, ...values: readonly Part[]): Markup {
  return { [made]: String.raw({ raw: strings }, ...values.map(textOf)) };
}

export function textOf(part: Part): string {
  if (part === undefined) return '';
  if (typeof part === 'object' && made in part) return part[made];
  if (typeof part === 'object') return part.map(textOf).join('');
  return escaped(String(part));
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Control characters, too: some are no HTML at all. */
function escaped(text: string): string {
  return plainText(text).replaceAll(/[&<>"']/g, (mark) => entities[mark]!);
}
