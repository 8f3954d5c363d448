import { type Markup, markup, textOf } from '../../report/html/markup.ts';

const style = markup`
:root {
  color-scheme: light dark;
  --paper: #fff; --ink: #1d2024; --soft: #5f6670; --rule: #d5d9e0; --blue: #1f62c9; --red: #b3261e; --quiet: #eef1f5;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171b; --ink: #e6e8eb; --soft: #9aa3ae; --rule: #363c45; --blue: #2f6fd6; --red: #c8443a; --quiet: #242a32;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0 auto; padding: 3rem 1.25rem; max-width: 34rem; overflow-wrap: anywhere;
  background: var(--paper); color: var(--ink); font: 17px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif;
}
h1 { margin: 0 0 .75rem; font-size: 1.5rem; line-height: 1.25; font-weight: 650; letter-spacing: -.01em; }
h2 { margin: 2rem 0 .5rem; font-size: 1.05rem; font-weight: 650; }
p { margin: 0 0 1rem; }
.soft { color: var(--soft); font-size: .9rem; }
.text { white-space: pre-wrap; }
a { color: inherit; }
form { margin: 0 0 .75rem; }
button {
  display: block; width: 100%; min-height: 3.5rem; margin: .75rem 0; padding: .75rem 1rem; border: 0; border-radius: 8px;
  background: var(--blue); color: #fff; font: inherit; font-weight: 650; cursor: pointer;
}
button.quiet { background: var(--quiet); color: var(--ink); border: 1px solid var(--rule); }
button.grave { background: var(--red); }
label { display: block; margin: 1rem 0 .25rem; color: var(--soft); font-size: .9rem; }
select {
  display: block; width: 100%; min-height: 3rem; padding: .5rem .75rem; border: 1px solid var(--rule); border-radius: 8px;
  background: var(--paper); color: var(--ink); font: inherit;
}
textarea {
  display: block; width: 100%; min-height: 5rem; padding: .6rem .75rem; border: 1px solid var(--rule); border-radius: 8px;
  background: var(--paper); color: var(--ink); font: inherit;
}
button:focus-visible, textarea:focus-visible, select:focus-visible { outline: 3px solid var(--ink); outline-offset: 2px; }
ol.lines { margin: 0; padding: 0; list-style: none; font-size: .95rem; }
ol.lines li { padding: .5rem 0; border-top: 1px solid var(--rule); }
ol.lines .asks { font-weight: 650; }
code { font: .9em/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
`;

/** A page that stands alone: no script, and nothing to load. */
export function plainPage(title: string, content: Markup): string {
  return textOf(markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${content}
</main>
</body>
</html>
`);
}

export const unknownPage = plainPage(
  'This link leads nowhere',
  markup`<p>It is not one of ours, or not all of it was copied.</p>`,
);

/** That is something, `by` which it is said otherwise. */
export function expiredPage(what: string, by: string): string {
  return plainPage(
    'This link has expired',
    markup`<p>${what} Use the link of a newer message, or <code>${by}</code>.</p>`,
  );
}

export const expiredStatusPage = plainPage(
  'This link has expired',
  markup`<p>Ask for a new one: <code>runbook gateway --link 30d</code> makes it.</p>`,
);

/** Temporal does not answer. */
export const unsurePage = plainPage(
  'Nobody has confirmed it',
  markup`<p>Temporal does not answer, so it may not have been done. Try again in a minute: the link stays good.</p>`,
);
