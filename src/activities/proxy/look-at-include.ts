import { basename } from 'node:path';
import type { Target } from '../../config/schema/target.ts';
import { readDoor } from '../runtime/door/door.ts';
import { shown } from '../runtime/door/nginx.ts';

/** What somebody finds who looks before the proxy is to be closed for the first time. `well`: it can be. Changes nothing. */
export async function lookAtInclude(
  target: Target,
): Promise<{ readonly well: boolean; readonly finding: string } | undefined> {
  const drain = target.proxy?.drain;
  if (!drain) return undefined;
  const { include } = drain;
  try {
    const door = readDoor(target);
    if (!door) return { well: false, finding: `"${include}" is not there: make it, empty` };
    const text = await shown(target, drain);
    // As nginx heads each file; in a container it may lie elsewhere.
    if (!text.includes(`/${basename(include)}:\n`))
      return { well: false, finding: `The proxy does not include "${include}"` };
    return door.state === 'open'
      ? { well: true, finding: `It includes "${include}", and lets users through` }
      : { well: true, finding: `It refuses users since ${door.since}, by ${door.run}` };
  } catch (error) {
    return { well: false, finding: (error as Error).message };
  }
}
