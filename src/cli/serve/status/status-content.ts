import type { Client } from '@temporalio/client';
import { fingerprintOf } from '../../../config/fingerprint.ts';
import type { Target } from '../../../config/schema/target.ts';
import { redacted } from '../../../os/redacted.ts';
import type { StatusFile } from '../../../state/figures/status-file.ts';
import { recentIncidents } from '../../local/status/recent-incidents.ts';
import { statusOf } from '../../local/status/status-of.ts';
import type { StatusLine } from '../../local/status/status-line.ts';
import { linesFrom, noAnswer } from '../../local/status/temporal-lines.ts';

type Content = Omit<StatusFile, 'version' | 'every'>;

const LETTERS = 4000;

/**
 * What `runbook status` tells of targets, with their incidents, asked over one connection. While Temporal does not answer, what was
 * known of runs and incidents stays, with its time.
 */
export function statusContents(client: Client) {
  const known = new Map<string, Content['incidents']>();
  const said = new Map<string, NonNullable<Content['asked']>>();
  const incidentsOf = recentIncidents(client);

  return async (target: Target): Promise<Content> => {
    const { name } = target;
    const incidents = (await incidentsNow(name)) ?? known.get(name);
    known.set(name, incidents);
    const { at, verdict, lines, figures } = await statusOf(target, { local: false, ask });
    return {
      target: name,
      at,
      verdict,
      lines: lines.map(shownLine),
      // Not their source, which may be an address that nobody else need know.
      figures: figures.map(({ value, unit, limit, ...figure }) => ({
        name: shown(figure.name),
        unit,
        at: figure.at,
        verdict: figure.verdict,
        note: shown(figure.note),
        ...(value !== undefined && { value }),
        ...(limit !== undefined && { limit: shown(limit) }),
      })),
      ...(incidents && { incidents }),
      ...(said.has(name) && { asked: said.get(name)! }),
    };
  };

  async function ask(target: Target): Promise<readonly StatusLine[]> {
    try {
      const lines = await linesFrom(client, target);
      const at = new Date().toISOString();
      const policy = fingerprintOf(target);
      said.set(target.name, { at, policy, lines: lines.map(shownLine) });
      return lines;
    } catch (error) {
      return [noAnswer(error as Error, client)];
    }
  }

  async function incidentsNow(target: string): Promise<Content['incidents']> {
    try {
      const all = (await incidentsOf(target)).map(({ title, quiet, reason, end, ...facts }) => ({
        ...facts,
        title: shown(title),
        ...(quiet !== undefined && { quiet: shown(quiet) }),
        ...(reason !== undefined && { reason: shown(reason) }),
        ...(end !== undefined && { end: shown(end) }),
      }));
      return { at: new Date().toISOString(), all };
    } catch {
      return undefined;
    }
  }
}

function shownLine({ subject, text, hint, ...line }: StatusLine): StatusLine {
  return {
    ...line,
    subject: shown(subject),
    text: shown(text),
    ...(hint !== undefined && { hint: shown(hint) }),
  };
}

function shown(text: string): string {
  return redacted(text.slice(0, LETTERS)).slice(0, LETTERS);
}
