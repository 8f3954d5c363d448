import { longestSnooze } from '../../incident/guards.ts';
import type { Incident } from '../../incident/incident.ts';
import { type Markup, markup } from '../../report/html/markup.ts';
import { timeText } from '../../report/times.ts';
import { plainPage } from './plain-page.ts';

/** The newest of what happened. */
const ENTRIES = 5;
/** What the button puts off, in ms. */
export const SNOOZE = 3_600_000;

interface Asked {
  readonly title: string;
  readonly contact: string;
  readonly until: string;
  /** Undefined: neither a worker nor its history says how it stands. */
  readonly incident: Incident | undefined;
}

/** To open it changes nothing: mail programs open links, too. */
export function askPage({ title, contact, until, incident }: Asked): string {
  const { acknowledged } = incident ?? {};
  const others = acknowledged
    ? markup`<p><strong>${acknowledged.by}</strong> has it until ${timeText(acknowledged.until)}. You may take it over.</p>`
    : markup`<p>The first button says that you take this up, as <strong>${contact}</strong>. Others are then left in peace.</p>`;
  return plainPage(
    title,
    markup`${incident && standing(incident)}
${others}
<form method="post"><button type="submit">Acknowledge</button></form>
<form method="post"><button class="quiet" name="do" value="escalate">Call the next level now</button></form>
${incident && longestSnooze(incident) < SNOOZE ? undefined : markup`<form method="post"><button class="quiet" name="do" value="snooze">Put it off for 1 h</button></form>`}
<form method="post"><button class="quiet" name="do" value="resolve">It is over: resolve</button></form>
<form method="post">
<label for="text">A note for the report</label>
<textarea id="text" name="text" maxlength="4000" required></textarea>
<button class="quiet" name="do" value="note">Add the note</button>
</form>
${incident && happened(incident)}
<p class="soft">This link is good until ${until.slice(0, 16).replace('T', ' ')} UTC.</p>`,
  );
}

function standing({ severity, target, state, openedAt, details, links, source }: Incident): Markup {
  return markup`<p>${severity} of <strong>${target}</strong>, ${state}, since ${timeText(openedAt)}, reported by ${source}</p>
${details && markup`<p class="soft text">${details.slice(0, 1500)}</p>`}
${links.map((link) => markup`<p class="soft"><a href="${link}" rel="noreferrer">${link}</a></p>`)}`;
}

function happened({ timeline }: Incident): Markup {
  const entries = timeline.slice(-ENTRIES).toReversed();
  return markup`<h2>What happened last</h2>
<ol class="lines">${entries.map(
    ({ at, what, by, text }) =>
      markup`<li>${what}: ${text} <span class="soft">${by}, ${timeText(at)}</span></li>
`,
  )}</ol>`;
}

const done = {
  acknowledge: 'Acknowledged',
  escalate: 'The next level is called',
  snooze: 'Put off for 1 h',
  resolve: 'Resolved',
  note: 'The note is added',
} as const;
export type Deed = keyof typeof done;

export function isDeed(text: string): text is Deed {
  return Object.hasOwn(done, text);
}

/** What comes of it. */
export function donePage(deed: Deed, contact: string, id: string): string {
  const what: Readonly<Record<Deed, Markup>> = {
    acknowledge: markup`<p>You have it, <strong>${contact}</strong>. Nobody else is paged for now.</p>`,
    escalate: markup`<p>You have it no more, <strong>${contact}</strong>: others are called.</p>`,
    snooze: markup`<p>Nobody is paged until the hour is over, and then all begins again.</p>`,
    resolve: markup`<p>Whoever was called for it hears that, from <strong>${contact}</strong>.</p>`,
    note: markup`<p>It stands in the report, from <strong>${contact}</strong>.</p>`,
  };
  return plainPage(
    done[deed],
    markup`${what[deed]}
<p class="soft"><code>${id}</code></p>`,
  );
}

export function notTakenPage(title: string, why: string): string {
  return plainPage(
    'Nothing was done',
    markup`<p>${title}</p>
<p>Not possible: ${why}.</p>`,
  );
}

export function overPage(title: string): string {
  return plainPage(
    'It is over',
    markup`<p>${title}</p>
<p>This incident is closed: there is nothing to acknowledge. If it is there again: <code>runbook incidents reopen</code>.</p>`,
  );
}
