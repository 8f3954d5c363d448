import type { z } from 'zod';

/** Why a runbook would refuse what its target gives it, for people; undefined when it would not. */
export function inputRefusal(
  { input }: { readonly input: z.ZodType },
  given: unknown = {},
): string | undefined {
  const [issue] = input.safeParse(given).error?.issues ?? [];
  return issue && `its input is refused: ${[...issue.path, issue.message].join(': ')}`;
}
