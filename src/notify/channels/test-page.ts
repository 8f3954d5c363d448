import type { Page } from '../../incident/page.ts';

type Facts = Pick<Page, 'target' | 'contact' | 'urgent' | 'thread' | 'at'>;

/** A page that only finds out whether it arrives. `why` says who sends it, and for what. */
export function testPage(facts: Facts, why: string): Page {
  const { target, contact, thread } = facts;
  return {
    ...facts,
    key: `${thread}/${contact}`,
    severity: 'sev4',
    event: 'trigger',
    subject: `Test page of ${target}`,
    body: `**Nothing is wrong.** ${why}`,
    holdable: false,
  };
}
