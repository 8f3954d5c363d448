import type { SignalDefinition } from '@temporalio/common';
import {
  defineQuery,
  type defineUpdate,
  log,
  setDefaultSignalHandler,
  setHandler,
} from '@temporalio/workflow';
import type { z } from 'zod';
import { read } from '../../config/border/read.ts';
import { parse } from '../run/parse.ts';

/** What was sent to a workflow, and is no message of ours. */
export interface Refused {
  readonly count: number;
  /** The last few: what was sent, why it was refused, and when (ISO 8601, UTC). */
  readonly last: readonly { readonly message: string; readonly why: string; readonly at: string }[];
}

export const refusedQuery = defineQuery<Refused>('refused');

type UpdateOf<Message> = ReturnType<typeof defineUpdate<void, [Message]>>;

const SHOWN = 10;

export type Border = ReturnType<typeof openBorder>;

/**
 * Where messages come into a workflow: each is read by a schema first. A signal that is none of ours is dropped and counted, and
 * an update is refused with a sentence. Neither ever fails the workflow.
 */
export function openBorder() {
  let refused: Refused = { count: 0, last: [] };
  setHandler(refusedQuery, () => refused, {
    description: 'How many messages could not be read, and why',
  });

  function refuse(message: string, why: string): void {
    const last = [...refused.last, { message, why, at: new Date(Date.now()).toISOString() }];
    refused = { count: refused.count + 1, last: last.slice(-SHOWN) };
    if (refused.count <= SHOWN) log.warn(`Refused the signal "${message}"`, { why });
  }

  const takes = new Map<string, (sent: unknown) => void>();

  return {
    refuse,

    /**
     * What was sent before the first task is taken in the order in which it was sent. Temporal by itself gives out all of one name, then
     * all of the next: a report that came after its incident was resolved would be heard before that.
     */
    inOrder(register: () => void): void {
      const early: (readonly [name: string, sent: unknown])[] = [];
      setDefaultSignalHandler((name, sent) => void early.push([name, sent]));
      setDefaultSignalHandler(undefined);
      register();
      for (const [name, sent] of early) {
        const take = takes.get(name);
        if (take) take(sent);
        else refuse(name, 'There is no such signal');
      }
    },

    onSignal<Schema extends z.ZodType>(
      definition: SignalDefinition<[z.input<Schema>]>,
      schema: Schema,
      handle: (message: z.output<Schema>) => void,
      options?: { readonly description: string },
    ): void {
      const take = (sent: unknown) => {
        const message = read(schema, sent);
        if (message.isRead) handle(message.value);
        else refuse(definition.name, message.why);
      };
      takes.set(definition.name, take);
      setHandler(definition, take, options);
    },

    /** `validate` may refuse it, too, by throwing. */
    onUpdate<Schema extends z.ZodType>(
      definition: UpdateOf<z.input<Schema>>,
      schema: Schema,
      handle: (message: z.output<Schema>) => void | Promise<void>,
      {
        validate,
        ...options
      }: {
        readonly validate: (message: z.output<Schema>) => void;
        readonly description?: string;
      },
    ): void {
      setHandler(definition, (sent: unknown) => handle(parse(schema, sent)), {
        ...options,
        validator: (sent: unknown) => validate(parse(schema, sent)),
      });
    },
  };
}
