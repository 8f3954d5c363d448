import {
  CancellationScope,
  ChildWorkflowCancellationType,
  executeChild,
  ParentClosePolicy,
} from '@temporalio/workflow';
import type { z } from 'zod';
import type { Ending } from '../run/ending.ts';
import type { Envelope } from '../run/envelope.ts';
import { failed } from '../run/failed.ts';
import type { LedgerLine } from '../run/ledger.ts';
import type { RunbookFacts } from '../run/runbook-facts.ts';

type Facts = Pick<RunbookFacts, 'name' | 'title' | 'kind'>;

/** What `defineRunbook` makes, as far as a parent needs it. */
interface Runbook<Input extends z.ZodType, Output> {
  readonly definition: Facts & {
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
}

interface ChildrenContext {
  /** The parent. */
  readonly run: string;
  readonly envelope: Envelope;
  readonly holdsTarget: () => boolean;
  /** The error that ends a plan: what the child would do cannot be read. */
  readonly firstAct: (text: string, input: unknown) => Error;
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
    };

    async function start({ name, title, kind }: Facts, input: unknown): Promise<unknown> {
      if (envelope.mode === 'plan' && kind === 'acts') throw firstAct(`runbook ${name}`, input);
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
