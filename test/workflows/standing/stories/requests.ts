import type { Severity } from './act.ts';
import type { openHearing } from './hearing.ts';
import type { openMinutes } from './minutes.ts';

/** A person has asked for somebody: they are called, whatever is held back, and whoever has it. */
interface Request {
  /** One of these is enough. Empty: anybody. */
  readonly contacts: readonly string[];
  readonly at: number;
}

/** Times are looked at each minute. */
const TOLERANCE = 2;

/** Whom people have asked for, until they were told or the fault is over. */
export function openRequests(
  { all, timeOf, told }: ReturnType<typeof openHearing>,
  { healthyFrom }: ReturnType<typeof openMinutes>,
  say: (at: number, what: string) => void,
) {
  let open: readonly Request[] = [];

  return {
    ask(contacts: readonly string[], at: number): void {
      open = [...open, { contacts, at }];
    },

    /** It is over: nobody need come any more. */
    forget(): void {
      open = [];
    },

    look(now: number, severity: Severity): void {
      open = open.filter((request) => {
        const { contacts, at } = request;
        const isHeard = all().some(
          (one) =>
            timeOf(one) >= at - TOLERANCE &&
            told(one, severity) &&
            (contacts.length === 0 || contacts.includes(one.page.contact)),
        );
        if (isHeard) return false;
        const deadline = healthyFrom(at, now);
        if (deadline === undefined || deadline + TOLERANCE >= now) return true;
        const whom = contacts.join(' or ') || 'anybody';
        say(now, `${severity}: ${whom} was asked for at minute ${at}, and was not told`);
        return false;
      });
    },
  };
}
