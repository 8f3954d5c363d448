import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { ActivityExecuteInput, ActivityInterceptorsFactory } from '@temporalio/worker';
import { STATE } from '../../config/border/excess.ts';
import { read } from '../../config/border/read.ts';
import type { FailureType } from '../../config/failure-types.ts';
import { argumentsByType } from './arguments-by-type.ts';

/**
 * Stands before every activity: whoever reaches Temporal can call one, with anything. What it does not take is refused before any of
 * it runs, and so is what no workflow calls. Error: `BadArguments`.
 */
export const expectingArguments: ActivityInterceptorsFactory = () => ({
  inbound: {
    execute(input: ActivityExecuteInput, next): Promise<unknown> {
      const { activityType, workflowExecution } = activityInfo();
      if (!workflowExecution) throw refused(`"${activityType}" was called by no workflow`);
      expectArguments(activityType, input.args);
      return next(input);
    },
  },
});

export function expectArguments(type: string, args: readonly unknown[]): void {
  if (!Object.hasOwn(argumentsByType, type)) throw refused(`There is no activity "${type}"`);
  const schema = argumentsByType[type as keyof typeof argumentsByType];
  const known = read(schema, args, STATE);
  if (!known.isRead)
    throw refused(`"${type}" was called with arguments that it does not take: ${known.why}`);
}

function refused(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, 'BadArguments' satisfies FailureType);
}
