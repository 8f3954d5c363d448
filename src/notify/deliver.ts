import type { Target } from '../config/schema/target.ts';
import type { Delivery, Page } from '../incident/page.ts';

/** Gives a message to a target's channels. Never throws: a failure is a delivery that says so. */
export type Deliver = (target: Target, page: Page) => Promise<readonly Delivery[]>;
