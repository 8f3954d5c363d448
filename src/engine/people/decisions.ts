import { consequenceOf } from '../../config/failure-types.ts';
import { type Duration, inMilliseconds } from '../../config/time/duration.ts';
import type { Border } from '../border/border.ts';
import type { Reason } from '../run/ending.ts';
import { failed } from '../run/failed.ts';
import type { Choice, Intervention } from '../run/interventions.ts';
import type { Ledger, LedgerLine } from '../run/ledger.ts';
import type { Identity } from './identity.ts';
import {
  decideUpdate,
  type Decision,
  Decision as DecisionSchema,
  statementSignal,
} from './messages.ts';
import type { Inquire } from './notices.ts';
import { endOf, parked } from './parked.ts';

export interface Question {
  readonly line: LedgerLine;
  readonly reason: Reason;
  readonly skippable: boolean;
  /** Nobody is asked for `0s`. */
  readonly wait: Duration;
}

interface People {
  readonly border: Border;
  readonly ledger: Ledger;
  readonly run: string;
  readonly identity: Identity;
  /** Whether the worker that let the run in can say who sent a message. */
  readonly identifies: () => boolean;
  readonly show: (line: LedgerLine) => void;
  readonly inquire: Inquire;
  readonly remember: (intervention: Intervention) => void;
}

/** Asks a person about a step that cannot succeed: retry, skip or undo. No answer in time is undo. */
export function openDecisions({
  border,
  ledger,
  run,
  identity,
  identifies,
  show,
  inquire,
  remember,
}: People) {
  const open = new Map<string, { readonly skippable: boolean; choice?: Choice }>();

  border.onUpdate(
    decideUpdate,
    DecisionSchema,
    async (decision) => {
      const { step, choice, reason } = decision;
      const who = identifies()
        ? await identity.identify(statementSignal.name, decision)
        : undefined;
      if (who) validate(decision);
      open.get(step)!.choice = choice;
      const by = who?.name ?? decision.by;
      const at = new Date().toISOString();
      remember({ what: 'decided', choice, step, by, ...(who && { who }), reason, at });
    },
    {
      description:
        'Decide on the step that waits, retry, skip or undo (query "ledger" shows id and attempt): { "step": "id", "attempt": 1, "choice": "retry", "by": "your name", "reason": "why" }',
      validate,
    },
  );

  function validate({ step, attempt, choice }: Decision): void {
    const question = open.get(step);
    const line = ledger.find(({ id }) => id === step);
    if (!line) throw refused(`There is no step "${step}"`);
    if (!question) throw refused(`Step "${step}" waits for no decision: it is ${line.state}`);
    if (question.choice) throw refused(`Step "${step}" is decided already: ${question.choice}`);
    if (attempt !== line.attempt)
      throw refused(`Step "${step}" is at attempt ${line.attempt}, not ${attempt}: check again`);
    if (choice === 'skip' && !question.skippable)
      throw refused(`Step "${step}" cannot be skipped: what follows needs it`);
  }

  return {
    async ask({ line, reason, skippable, wait }: Question): Promise<Choice> {
      if (inMilliseconds(wait) === 0 || consequenceOf(reason.type) !== 'ask') return 'undo';
      const question: { skippable: boolean; choice?: Choice } = { skippable };
      open.set(line.id, question);
      const choices: Choice[] = skippable ? ['retry', 'skip', 'undo'] : ['retry', 'undo'];
      const { id: step, attempt = 1 } = line;
      const why = `"${line.title}" cannot succeed: ${reason.message}`;
      await inquire(
        { step, attempt, choices, until: endOf(wait) },
        why,
        `Decide within ${wait}, or it is undone: runbook decide ${run} --step ${line.id} --choice ${choices.join('|')}`,
      );
      try {
        await parked(
          line,
          { for: 'decision', why, choices, within: wait },
          () => !!question.choice,
          show,
        );
        return question.choice ?? 'undo';
      } finally {
        open.delete(line.id);
      }
    },
  };
}

function refused(message: string): Error {
  return failed('Refused', message);
}
