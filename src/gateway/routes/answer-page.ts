import type { RunView } from '../../client/runs/view-run.ts';
import type { AnswerLink } from '../../config/links/answer-token.ts';
import { targetNameIn } from '../../config/run-id.ts';
import { type Markup, markup } from '../../report/html/markup.ts';
import { timeText } from '../../report/times.ts';
import { plainPage } from './plain-page.ts';

type Choice = AnswerLink['choices'][number];
type LedgerLine = NonNullable<RunView['ledger']>[number];

const words: Readonly<Record<Choice, { readonly button: string; readonly done: string }>> = {
  approve: { button: 'Approve', done: 'Approved' },
  reject: { button: 'Reject', done: 'Rejected' },
  retry: { button: 'Try it again', done: 'It is tried again' },
  skip: { button: 'Go on without it', done: 'It goes on without it' },
  undo: { button: 'Put everything back', done: 'It is undone' },
};
const looks: Readonly<Partial<Record<Choice, string>>> = {
  reject: 'quiet',
  undo: 'grave',
  skip: 'quiet',
};

/** What a run asks, what it has done so far and will do, and a button for each answer. To open it changes nothing. */
export function questionPage(
  { run, step, choices, person, until }: AnswerLink,
  view: RunView,
): string {
  const { ledger = [], runbook, startedAt } = view;
  const line = ledger.find(({ id }) => id === step);
  const isApproval = choices.includes('approve');
  const target = targetNameIn(run);
  return plainPage(
    isApproval ? `May it go on? ${line?.title ?? step}` : `What now? ${line?.title ?? step}`,
    markup`<p><strong>${runbook}</strong> of <strong>${target}</strong>, since ${timeText(startedAt)}</p>
<p class="text">${line?.waiting?.why ?? (isApproval ? 'The step waits until it is approved.' : line?.note)}</p>
<form method="post">
${choices.map(
  (
    choice,
  ) => markup`<button class="${looks[choice] ?? ''}" name="do" value="${choice}">${words[choice].button}</button>
`,
)}
<label for="text">Why, for the report</label>
<textarea id="text" name="text" maxlength="900"></textarea>
</form>
<p class="soft">You answer as <strong>${person}</strong>. This link answers once, until ${timeText(until)}. Nobody approves what they have started themselves.</p>
<h2>The run</h2>
<ol class="lines">${ledger.map((one) => lineOf(one, one.id === step))}</ol>
<p class="soft"><code>${run}</code></p>`,
  );
}

function lineOf(
  { number, title, state, note, evidence = [], parts = [] }: LedgerLine,
  asks: boolean,
): Markup {
  return markup`<li class="${asks ? 'asks' : ''}">${number}. ${title}: ${state}
${note && markup`<div class="soft text">${note.slice(0, 1500)}</div>`}
${parts.map((part) => markup`<div class="soft">${number}.${part.number} ${part.title}: ${part.state}${part.note && `, ${part.note.slice(0, 300)}`}</div>`)}
${evidence.map(({ file, sha256 }) => markup`<div class="soft"><code>${file}</code>, sha256 ${sha256.slice(0, 12)}</div>`)}</li>
`;
}

export function answeredPage(choice: Choice, person: string, run: string): string {
  return plainPage(
    words[choice].done,
    markup`<p>By <strong>${person}</strong>. It stands in the report of the run.</p>
<p class="soft"><code>runbook follow ${run}</code></p>`,
  );
}

/** `why`: a sentence. */
export function notAnsweredPage(why: string): string {
  return plainPage('Nothing was answered', markup`<p class="text">${why}.</p>`);
}
