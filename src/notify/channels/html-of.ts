import MarkdownIt from 'markdown-it';

// What an alert says is text from outside: no HTML of its own, and no picture that discloses who has read it.
const markdown = new MarkdownIt({ html: false, linkify: true }).disable('image');
// Only what says http:// itself: `app.py` is a file, and the name of a domain.
markdown.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false });

/** Markdown as a mail's HTML part. */
export function htmlOf(text: string): string {
  return `<!doctype html><html><head><meta charset="utf-8"></head>
<body style="font-family: sans-serif; max-width: 40em">
${markdown.render(text)}</body></html>
`;
}
