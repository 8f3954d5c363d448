import { CancellationScope, sleep } from '@temporalio/workflow';
import { z } from 'zod';
import type { FailureType } from '../../config/failure-types.ts';
import { countText } from '../../config/text/count-text.ts';
import { defineRunbook } from '../../engine/define-runbook.ts';
import { failed } from '../../engine/run/failed.ts';
import { attempted } from '../parts/attempted.ts';

interface Contained {
  readonly text: string;
  readonly addresses: readonly string[];
  readonly until?: string;
  /** Why those that were to be blocked are not. */
  readonly failure?: Error;
}

/**
 * Security is paged and evidence is sealed at once, whatever has the target: it claims none. Blocking waits for approval beside that: when nobody answers, the next level is called.
 * The incident stays open when the run has ended: people resolve it, and fill what only they know.
 */
export const securityIncident = defineRunbook({
  name: 'security-incident',
  title: 'Security incident response',
  purpose:
    'Somebody attacks: page security, seal evidence and send it away, and after approval block who does it',
  family: 'security',
  severity: 'sev1',
  kind: 'acts',
  beside: true,
  expected: '1h',
  governed: false,
  endsPartly: true,

  input: z.object({
    type: z
      .string()
      .max(200)
      .optional()
      .describe('What it is, such as "brute force": for the report'),
    description: z.string().max(4000).optional().describe('What was seen: for the report'),
    addresses: z
      .string()
      .max(5000)
      .optional()
      .describe(
        'Whom to block: addresses and networks, such as "203.0.113.0/24", separated by blanks or commas. Without: those who have failed to log in too often',
      ),
    for: z
      .string()
      .max(20)
      .optional()
      .describe('How long, such as "4h". Without: as the target says'),
    block: z
      .enum(['ask', 'no'])
      .default('ask')
      .describe('Whether addresses may be blocked: "ask" waits for approval'),
  }),

  plan: {
    page: 'Page security',
    evidence: 'Collect evidence, and seal it',
    send: 'Send the seal off the host',
    propose: 'Find whom to block, and whom not',
    block: 'Block the addresses',
    escalate: 'Call the next level, when nobody answers',
    report: 'Create incident report',
    assign: 'Have people fill it',
  },

  async run({ input, run, stamp, because, by, step }) {
    const fingerprint = `security-${stamp.replace('_', '-')}`;
    const what = input.type ?? 'Security incident';
    const said = [input.description, because].filter(Boolean).join('. ');
    const called = await step.page(
      ({ responders }) =>
        responders.call({
          fingerprint,
          title: `${what}${said ? `: ${said}` : ''}`,
          details: `${said || 'Nothing more is known yet'}\nStarted by ${by}. Evidence is being collected by ${run}`,
        }),
      { note: (done) => done?.note ?? '', ifFailed: undefined },
    );

    // Neither waits for the other: a person takes minutes, and so does a copy of gigabytes.
    const [preserved, contained] = await Promise.all([preserve(), contain()]);

    const actions = [
      called ? `Security was paged: ${called.note}` : 'Security could not be paged by the run',
      preserved.text,
      contained.text,
    ];
    const report = await step.report(
      ({ security }) =>
        security.report(stamp, {
          incident: called?.incident ?? `none: ${fingerprint}`,
          ...(input.type !== undefined && { type: input.type }),
          ...(input.description !== undefined && { description: input.description }),
          actions,
        }),
      { note: (done) => done?.note ?? '', ifFailed: undefined },
    );
    await step.assign(
      ({ responders }) =>
        responders.assign(
          fingerprint,
          (report?.fields ?? []).map((field) => `Fill in "${field}" of ${report?.file}`),
        ),
      {
        note: ({ owner, due, count }) => `${count} for ${owner}, until ${due}`,
        ifFailed: { owner: '', due: '', count: 0 },
      },
    );
    const output = {
      incident: called?.incident,
      evidence: preserved.directory,
      seal: preserved.seal,
      blocked: contained.addresses,
      until: contained.until,
      report: report?.file,
      actions,
    };
    // All else is done: what remains is that they go on.
    if (contained.failure) throw contained.failure;
    return output;

    async function preserve() {
      const sealed = await step.evidence(({ security }) => security.collect(stamp), {
        note: (done) => done?.note ?? '',
        ifFailed: undefined,
      });
      if (!sealed) {
        step.send.omit('There is no evidence');
        return { text: 'Evidence could not be collected' };
      }
      const { directory, head, publicKey, signature, missing } = sealed;
      const body = [
        `Evidence of ${run} is sealed in ${directory}. Keep this message: it tells whether any of it was changed.`,
        `\`${JSON.stringify(head)}\``,
        `Public key: \`${publicKey}\``,
        `Signature of the line above, with a line feed, namespace "evidence@durable-runbooks":\n\n\`\`\`\n${signature.trim()}\n\`\`\``,
      ].join('\n\n');
      const sent = await step.send(
        async ({ channels, responders }) => {
          await responders.note(
            fingerprint,
            `Evidence ${head.hash}, ${countText(head.lines, 'line')}, key ${publicKey}`,
          );
          return channels.deposit(`Seal of the evidence of ${run}`, body, head.at);
        },
        { note: (done) => `Sent by ${done?.channels.join(', ')}`, ifFailed: undefined },
      );
      const where = sent
        ? `its seal was sent by ${sent.channels.join(', ')}`
        : 'its seal was not sent off the host';
      const gaps = missing.length > 0 ? `. Not copied: ${missing.join('; ')}` : '';
      return {
        directory,
        seal: head.hash,
        text: `Evidence was sealed in ${directory}, ${where}${gaps}`,
      };
    }

    async function contain(): Promise<Contained> {
      const proposal = await step.propose(
        ({ security }) =>
          security.propose(
            addressesIn(input.addresses),
            ...(input.for === undefined ? [] : [input.for]),
          ),
        { note: (done) => done?.note ?? '', ifFailed: undefined },
      );
      const none = (text: string): Contained => {
        step.block.omit(text);
        step.escalate.omit('Nobody was asked');
        return { text: `Nobody was blocked: ${text}`, addresses: [] };
      };
      if (!proposal) return none('nobody could be found');
      const { addresses, spared, escalateAfter } = proposal;
      if (addresses.length === 0) return none(proposal.note);
      if (input.block === 'no') return none('it was not allowed by "block"');

      const asking = attempted(
        step.block(
          ({ security }) =>
            security.block({ addresses, for: proposal.for, reason: `${what}, ${run}` }),
          {
            approve: `${addresses.join(', ')} would be cut off for ${proposal.for}${spared.length > 0 ? `. Not blocked: ${spared.join('; ')}` : ''}`,
            undo: ({ security }) => security.unblock(),
            note: ({ note }) => note,
          },
        ),
      );
      const { result, reason } = await escalatedUnless(asking, escalateAfter);
      if (!result)
        return {
          text: `Nobody was blocked: ${reason.message}`,
          addresses: [],
          failure: failed(reason.type as FailureType, reason.message),
        };
      // It ends by itself, and must not end because something else fails.
      step.block.dropUndo();
      return { text: `Blocked: ${result.note}`, addresses: result.addresses, until: result.until };
    }

    /** What comes of `asking`. When that takes too long, the next level is called meanwhile. */
    async function escalatedUnless<Answer>(
      asking: Promise<Answer>,
      after: string,
    ): Promise<Answer> {
      const timer = new CancellationScope();
      let begun = false;
      const calling = timer.run(async () => {
        await sleep(after);
        begun = true;
        await step.escalate(
          ({ responders }) =>
            responders.escalate(
              fingerprint,
              `Nobody has approved within ${after} that addresses are blocked`,
            ),
          { note: (open) => (open ? 'Called' : 'Its incident is over'), ifFailed: false },
        );
      });
      const ended = calling.catch(() => {});
      const answer = await asking;
      if (!begun) {
        timer.cancel();
        step.escalate.omit('It was answered in time');
      }
      await ended;
      return answer;
    }
  },
});

function addressesIn(text: string | undefined): string[] {
  return (text ?? '').split(/[\s,;]+/).filter((one) => one !== '');
}
