import { inMilliseconds } from '../../config/time/duration.ts';
import { longestSnooze } from '../../incident/guards.ts';
import type { Incident } from '../../incident/incident.ts';
import { isPage } from '../../report/html/is-page.ts';
import { type Markup, markup } from '../../report/html/markup.ts';
import { collapse } from '../../report/incident/collapse.ts';
import { timeText } from '../../report/times.ts';
import { plainPage } from './plain-page.ts';

/** The newest of what happened. */
const ENTRIES = 5;
/** So long it can be put off by a button, as far as its severity lets it. */
export const SNOOZES = ['15m', '30m', '1h', '2h', '4h', '8h', '1d'] as const;
/** Of a form that does not say. */
export const USUAL_SNOOZE = '1h';

interface Asked {
  readonly title: string;
  readonly contact: string;
  /** Who else can be called. */
  readonly others: readonly string[];
  readonly until: string;
  /** Undefined: neither a worker nor its history says how it stands. */
  readonly incident: Incident | undefined;
}

/** To open it changes nothing: mail programs open links, too. */
export function askPage({ title, contact, others, until, incident }: Asked): string {
  const { acknowledged } = incident ?? {};
  const who = acknowledged
    ? markup`<p><strong>${acknowledged.by}</strong> has it until ${timeText(acknowledged.until)}. You may take it over.</p>`
    : markup`<p>The first button says that you take this up, as <strong>${contact}</strong>. Others are then left in peace.</p>`;
  return plainPage(
    title,
    markup`${incident && standing(incident)}
${who}
<form method="post"><button type="submit">Acknowledge</button></form>
<form method="post"><button class="quiet" name="do" value="escalate">Call the next level now</button></form>
${others.length > 0 ? callForm(others) : undefined}
${snoozeForm(incident)}
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

function callForm(others: readonly string[]): Markup {
  return markup`<form method="post">
<label for="to">Somebody else</label>
<select id="to" name="to">${others.map((name) => markup`<option>${name}</option>`)}</select>
<button class="quiet" name="do" value="respond">Call them, too</button>
<button class="quiet" name="do" value="reassign">Give it to them</button>
</form>`;
}

function snoozeForm(incident: Incident | undefined): Markup | undefined {
  const most = incident ? longestSnooze(incident) : inMilliseconds(USUAL_SNOOZE);
  const some = SNOOZES.filter((one) => inMilliseconds(one) <= most);
  if (some.length === 0) return undefined;
  const chosen = some.includes(USUAL_SNOOZE) ? USUAL_SNOOZE : some.at(-1);
  const option = (one: string) =>
    one === chosen ? markup`<option selected>${one}</option>` : markup`<option>${one}</option>`;
  return markup`<form method="post">
<label for="for">Nobody is called for so long</label>
<select id="for" name="for">${some.map(option)}</select>
<button class="quiet" name="do" value="snooze">Put it off</button>
</form>`;
}

function standing({ severity, target, state, openedAt, details, links, source }: Incident): Markup {
  return markup`<p>${severity} of <strong>${target}</strong>, ${state}, since ${timeText(openedAt)}, reported by ${source}</p>
${details && markup`<p class="soft text">${details.slice(0, 1500)}</p>`}
${links.map((link) => markup`<p class="soft">${isPage(link) ? markup`<a href="${link}" rel="noreferrer">${link}</a>` : link}</p>`)}`;
}

function happened({ timeline }: Incident): Markup {
  const entries = collapse(timeline).slice(-ENTRIES).toReversed();
  return markup`<h2>What happened last</h2>
<ol class="lines">${entries.map(
    ({ at, until = at, what, by, text }) =>
      markup`<li>${what}: ${text} <span class="soft">${by}, ${timeText(until)}</span></li>
`,
  )}</ol>`;
}

const done = {
  acknowledge: 'Acknowledged',
  escalate: 'The next level is called',
  respond: 'They are called, too',
  reassign: 'It is theirs',
  snooze: 'Put off',
  resolve: 'Resolved',
  note: 'The note is added',
  reopen: 'It is open again',
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
    respond: markup`<p>Whoever has it keeps it. <strong>${contact}</strong> has asked for them.</p>`,
    reassign: markup`<p>They are called now, and have to acknowledge it. You have it no more, <strong>${contact}</strong>.</p>`,
    snooze: markup`<p>Nobody is paged until that is over, and then all begins again.</p>`,
    resolve: markup`<p>Whoever was called for it hears that, from <strong>${contact}</strong>.</p>`,
    note: markup`<p>It stands in the report, from <strong>${contact}</strong>.</p>`,
    reopen: markup`<p>People are called, from the first level on.</p>`,
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

/** `isLast`: no newer episode of it has begun. */
export function overPage(title: string, isLast: boolean): string {
  const again = markup`<form method="post">
<label for="text">If it is not: what is still wrong</label>
<textarea id="text" name="text" maxlength="900" required></textarea>
<button class="quiet" name="do" value="reopen">It is not over: call people</button>
</form>`;
  return plainPage(
    'It is over',
    markup`<p>${title}</p>
<p>This incident is closed: there is nothing to acknowledge.</p>
${isLast ? again : undefined}`,
  );
}
