import { inputFields } from '../../src/cli/input/input-fields.ts';
import type { RunbookFacts } from '../../src/engine/run/runbook-facts.ts';
import { type RunbookDoc, runbookDocs } from './runbook-docs.ts';

const WHEN_HELD = {
  wait: 'It waits while another run has the target.',
  skip: 'It is skipped, with a notice, while another run has the target.',
  preempt: 'It asks a run that has the target to stop, and then takes it.',
};
const WHEN_INCOMPLETE = {
  refuse: 'It is refused while the target is incomplete because a run was terminated.',
  recover: 'It puts right what a terminated run left incomplete.',
  leave:
    'It goes in although a terminated run left the target incomplete, and leaves that to be repaired.',
};

/** docs/runbooks.md: what the catalogue says of every runbook, family by family. */
export function runbooksPage(): string {
  const families = Object.entries(Object.groupBy(runbookDocs(), ({ facts }) => facts.family));
  const blocks = families.flatMap(([family, docs]) => [`## ${family}`, ...docs.flatMap(blocksOf)]);
  return `# Runbooks

What the catalogue says of each: written by \`npm run docs\`, and compared by a test. How to start one by hand:
\`runbook start <runbook> -t <target>\`, by itself: [schedules](schedules.md).

${blocks.join('\n\n')}
`;
}

function blocksOf({ facts, doc }: RunbookDoc): string[] {
  const steps = Object.values(facts.plan).map((title, index) => `${index + 1}. ${title}`);
  return [`### ${facts.name}`, doc, factsOf(facts).join('\n'), steps.join('\n')];
}

function factsOf(facts: RunbookFacts): string[] {
  const { name, severity, kind, expected } = facts;
  return [
    `- Severity ${severity}, expected to take ${expected}.`,
    ...(facts.beside
      ? ['- It runs beside any other run: what it changes, no other run does.']
      : kind === 'acts'
        ? claimOf(facts)
        : ['- It runs beside any other run: it changes nothing but its own state directory.']),
    ...timesOf(facts),
    ...inputFields(facts).map(({ flag, description, required, choices }) => {
      const more = [...(required ? ['required'] : []), ...(choices ? [choices.join(', ')] : [])];
      return `- \`${flag}\`${more.length > 0 ? ` (${more.join('; ')})` : ''}: ${description}.`;
    }),
    ...(kind === 'acts'
      ? [`- [Every fault at every call](../test/runbooks/${name}/matrix.md).`]
      : []),
  ];
}

function claimOf({ whenHeld = 'wait', whenIncomplete, downtime, plan }: RunbookFacts): string[] {
  return [
    `- ${WHEN_HELD[whenHeld]}`,
    `- ${WHEN_INCOMPLETE[whenIncomplete ?? 'refuse']}`,
    ...(downtime
      ? [
          `- The application may be down from "${plan[downtime.from]}" until "${plan[downtime.until]}".`,
        ]
      : []),
  ];
}

function timesOf({ kind, governed, lateness, onlyInWindow }: RunbookFacts): string[] {
  return [
    ...(onlyInWindow ? ['- It begins and ends inside the maintenance window.'] : []),
    ...(lateness
      ? [`- A scheduled run that would begin more than ${lateness} late is skipped.`]
      : []),
    ...(kind === 'acts' && governed === false
      ? [
          '- When it starts by itself, `automation off` and the limit of automatic runs do not hold it back.',
        ]
      : []),
  ];
}
