import { markdownReader } from './markdown.ts';

const markdown = markdownReader(true);

/** Markdown as a mail's HTML part, with its links: where each leads, by what it is called. */
export function htmlOf(text: string, links: Readonly<Record<string, string>>): string {
  const { escapeHtml } = markdown.utils;
  const all = Object.entries(links).map(
    ([name, link]) => `<p><a href="${escapeHtml(link)}">${escapeHtml(name)}</a></p>\n`,
  );
  return `<!doctype html><html><head><meta charset="utf-8"></head>
<body style="font-family: sans-serif; max-width: 40em">
${markdown.render(text)}${all.join('')}</body></html>
`;
}
