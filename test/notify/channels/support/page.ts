import type { Page } from '../../../../src/incident/page.ts';

export function pageTo(contact: string, more: Partial<Page> = {}): Page {
  return {
    key: 'incident/shop/down/1/1',
    target: 'shop',
    contact,
    severity: 'sev1',
    urgent: false,
    holdable: true,
    thread: 'incident/shop/down/1',
    event: 'trigger',
    subject: 'sev1 shop: The shop is down',
    body: '**The shop is down**\n\n- Since: 2026-01-05T02:00:00Z',
    at: '2026-01-05T02:00:00.000Z',
    ...more,
  };
}
