import { type Markup, markup, type Part, textOf } from './markup.ts';
import { style } from './style.ts';

/** One HTML file that needs nothing else: no script, no picture, no style from elsewhere. `head`: what its head has besides. */
export function pageOf(title: string, body: Part, head?: Part): string {
  return textOf(markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${style}</style>${head}
</head>
<body>
${body}
<footer>All times are UTC.</footer>
</body>
</html>`);
}

/** Nothing at all, without a content. */
export function section(title: string, content: Part): Markup | undefined {
  return content === undefined
    ? undefined
    : markup`<section>
<h2>${title}</h2>
${content}
</section>`;
}

export function list(items: readonly Part[]): Markup | undefined {
  return items.length === 0
    ? undefined
    : markup`<ul>${items.map((item) => markup`<li>${item}</li>`)}</ul>`;
}
