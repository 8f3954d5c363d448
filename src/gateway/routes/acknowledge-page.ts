import { type Markup, markup, textOf } from '../../report/html/markup.ts';

const style = markup`
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0 auto; padding: 3rem 1.25rem; max-width: 34rem; overflow-wrap: anywhere;
  background: #fff; color: #1d2024; font: 17px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif;
}
h1 { margin: 0 0 .75rem; font-size: 1.5rem; line-height: 1.25; font-weight: 650; letter-spacing: -.01em; }
p { margin: 0 0 1rem; }
.soft { color: #5f6670; font-size: .9rem; }
button {
  display: block; width: 100%; min-height: 3.5rem; margin: 1.5rem 0; padding: .75rem 1rem; border: 0; border-radius: 8px;
  background: #1f62c9; color: #fff; font: inherit; font-weight: 650; cursor: pointer;
}
button:focus-visible { outline: 3px solid #1d2024; outline-offset: 3px; }
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

/** To open it changes nothing: mail programs open links, too. */
export function askPage(title: string, contact: string, until: string): string {
  return plainPage(
    title,
    markup`<p>The button says that you take this up, as <strong>${contact}</strong>. Others are then left in peace.</p>
<form method="post"><button type="submit">Acknowledge</button></form>
<p class="soft">This link is good until ${until.slice(0, 16).replace('T', ' ')} UTC.</p>`,
  );
}

export function acknowledgedPage(contact: string, id: string): string {
  return plainPage(
    'Acknowledged',
    markup`<p>You have it, <strong>${contact}</strong>. Nobody else is paged for now.</p>
<p class="soft"><code>${id}</code></p>`,
  );
}

export function overPage(title: string): string {
  return plainPage(
    'It is over',
    markup`<p>${title}</p>
<p>This incident is closed: there is nothing to acknowledge.</p>`,
  );
}

export const unknownPage = plainPage(
  'This link leads nowhere',
  markup`<p>It is not one of ours, or not all of it was copied.</p>`,
);

export const expiredPage = plainPage(
  'This link has expired',
  markup`<p>Nothing was acknowledged. Use the link of a newer message, or <code>runbook incidents ack</code>.</p>`,
);

export const expiredStatusPage = plainPage(
  'This link has expired',
  markup`<p>Ask for a new one: <code>runbook gateway --link 30d</code> makes it.</p>`,
);

export const unsurePage = plainPage(
  'Nobody has confirmed it',
  markup`<p>Temporal does not answer, so it may not have been acknowledged. Try again in a minute: the link stays good.</p>`,
);
