import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  CancellationScope,
  ChildWorkflowCancellationType,
  executeChild,
  ParentClosePolicy,
  sleep,
  startChild,
} from '@temporalio/workflow';
import type { z } from 'zod';
import { stampOf } from '../../config/time/stamp.ts';
import type { Ending } from '../run/ending.ts';
import type { Envelope } from '../run/envelope.ts';
import { failed } from '../run/failed.ts';
import type { LedgerLine } from '../run/ledger.ts';
import type { RunbookFacts } from '../run/runbook-facts.ts';

type Facts = Pick<RunbookFacts, 'name' | 'title' | 'kind'>;
type Definition = Facts & Pick<RunbookFacts, 'beside'>;

/** What `defineRunbook` makes, as far as a parent needs it. */
interface Runbook<Input extends z.ZodType, Output> {
  readonly definition: Definition & {
    readonly input: Input;
    run(context: never): Promise<Output>;
  };
}

export interface Runbooks {
  /**
   * Runs another runbook as a part of this line, under this run's claim, and answers its output. It undoes itself when it
   * fails; once it is done, only the line's own `undo` puts it back.
   */
  readonly runbook: <Input extends z.ZodType, Output>(
    child: Runbook<Input, Output>,
    input: z.input<Input>,
  ) => Promise<Output>;
  /** The same, for one that the target's policy names. */
  readonly runbookNamed: (name: string) => Promise<unknown>;
  /**
   * Begins another runbook as a run of its own, and answers its id at once: it goes on when this run has ended, however. It claims no target, so
   * that neither waits for the other.
   */
  readonly beginRunbook: <Input extends z.ZodType, Output>(
    other: Runbook<Input, Output>,
    input: z.input<Input>,
  ) => Promise<string>;
}

interface ChildrenContext {
  /** The parent. */
  readonly run: string;
  readonly envelope: Envelope;
  readonly holdsTarget: () => boolean;
  /** The error that ends a plan: what the child would do cannot be read. */
  readonly firstAct: (text: string) => Error;
  readonly show: (line: LedgerLine) => void;
}

/** Starts runbooks for the lines of a run. Stopping the run stops them, and waits for their undo. */
export function openChildren(context: ChildrenContext) {
  const { run, envelope, holdsTarget, firstAct, show } = context;
  const root = CancellationScope.current();

  return function childrenOf(line: LedgerLine): Runbooks {
    return {
      runbook: async ({ definition }, input) => (await start(definition, input)) as never,
      runbookNamed: (name) => start({ name, title: name, kind: 'acts' }, {}),
      beginRunbook: ({ definition }, input) => begin(definition, input),
    };

    async function begin({ name, title, kind, beside }: Definition, input: unknown) {
      if (envelope.mode === 'plan') throw firstAct(`runbook ${name}`);
      if (kind === 'acts' && !beside) throw failed('RunbookBug', `"${name}" claims its target`);
      const argument: Envelope = {
        ...envelope,
        input,
        because: `begun by ${run}`,
        stamp: undefined,
        under: undefined,
        approve: undefined,
        automatic: true,
        wait: true,
      };
      for (;;) {
        const workflowId = `${name}/${envelope.target}/${stampOf(new Date())}`;
        try {
          await startChild<(argument: Envelope) => Promise<Ending>>(name, {
            workflowId,
            workflowIdReusePolicy: 'REJECT_DUPLICATE',
            args: [argument] as [Envelope],
            staticSummary: `${title} of ${envelope.target}`,
            staticDetails: `Begun by ${run}: ${line.number}. ${line.title}`,
            parentClosePolicy: ParentClosePolicy.ABANDON,
          });
          line.runs = [...(line.runs ?? []), workflowId];
          show(line);
          return workflowId;
        } catch (error) {
          // Another one began in this second.
          if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
          await sleep(1000);
        }
      }
    }

    async function start({ name, title, kind }: Facts, input: unknown): Promise<unknown> {
      if (envelope.mode === 'plan' && kind === 'acts') throw firstAct(`runbook ${name}`);
      const runs = line.runs ?? [];
      const again = runs.length > 0 ? `.${runs.length + 1}` : '';
      const workflowId = `${run}/${line.id}${again}`;
      line.runs = [...runs, workflowId];
      show(line);
      const theirs = `${line.id}/`;
      const approve = envelope.approve
        ?.filter((step) => step.startsWith(theirs))
        .map((step) => step.slice(theirs.length));
      const argument: Envelope = {
        ...envelope,
        ...(approve && { approve }),
        input,
        because: `part of ${run}`,
        // It gets one of its own with its claim.
        stamp: undefined,
        under: holdsTarget() ? run : undefined,
        automatic: false,
        wait: true,
      };
      const scope = new CancellationScope({ cancellable: true, parent: root });
      const ending = await scope.run(() =>
        executeChild<(argument: Envelope) => Promise<Ending>>(name, {
          workflowId,
          args: [argument] as [Envelope],
          staticSummary: `${title} of ${envelope.target}`,
          staticDetails: `Part of ${run}: ${line.number}. ${line.title}`,
          cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
          // When this run is terminated, the child puts back what it has done.
          parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
        }),
      );
      if (ending.outcome !== 'done') throw failed('ChildNotDone', `${title} was ${ending.outcome}`);
      return ending.output;
    }
  };
}
