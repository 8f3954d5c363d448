import { z } from 'zod';
import { By, upTo } from '../../config/border/texts.ts';
import { Login } from '../../config/border/who.ts';
import { AlertReport } from '../../incident/alert-report.ts';
import { NextEpisode } from '../../incident/messages.ts';
import { Page } from '../../incident/page.ts';
import {
  AuditEvent,
  ClaimRequest,
  Recording,
  NoticeRequest,
  EscalationQuestion,
} from './shapes.ts';
import type { Rows } from './rows.ts';

/** What the engine and the standing workflows call. */
export const engine = {
  'incidents.begin-next': z.tuple([NextEpisode]),
  'incidents.report': z.tuple([AlertReport]),
  'notices.notify': z.tuple([NoticeRequest]),
  'pages.plan': z.tuple([EscalationQuestion]),
  'pages.send': z.tuple([Page]),
  'people.identify': z.tuple([
    z.string().max(100),
    z.looseObject({ by: By, login: Login.optional(), id: z.uuid().optional() }),
  ]),
  'runs.audit': z.tuple([upTo(1000, AuditEvent)]),
  'runs.record': z.tuple([Recording]),
  'target.enter': z.tuple([upTo(1000, AuditEvent).optional()]),
  'target.expectActivity': z.tuple([z.string().max(100)]),
  'target.locate': z.tuple([z.string().max(100)]),
  'target.release': z.tuple([z.strictObject({ cleanedUp: z.boolean() })]),
  'target.take': z.tuple([ClaimRequest, upTo(1000, AuditEvent).optional(), z.boolean().optional()]),
} satisfies Partial<Rows>;
