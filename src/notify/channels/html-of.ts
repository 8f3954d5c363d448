import { markdownReader } from './markdown.ts';

const markdown = markdownReader(true);

/** Markdown as a mail's HTML part, with the link that acknowledges. */
export function htmlOf(text: string, acknowledge: string | undefined): string {
  const { escapeHtml } = markdown.utils;
  const link = acknowledge && `<p><a href="${escapeHtml(acknowledge)}">Acknowledge</a></p>\n`;
  return `<!doctype html><html><head><meta charset="utf-8"></head>
<body style="font-family: sans-serif; max-width: 40em">
${markdown.render(text)}${link ?? ''}</body></html>
`;
}
