import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { logs } from '../../../src/activities/health/machine/logs.ts';
import { reviewLog } from '../../../src/activities/logs/review/review.ts';
import { LogFile } from '../../../src/config/schema/logs.ts';
import { sampler } from '../../activities/health/support/sampling.ts';
import { badOf, type Fault, type Place } from './fault.ts';

const HOUR = 3_600_000;
const REVIEW = [
  'grep -c "ERROR" logs/ahgd.log',
  'grep "ERROR" logs/ahgd.log | sort | uniq -c | sort -nr | head -5',
];
const LAST_LINES = `tail -100 logs/ahgd.log | grep -i error | wc -l | awk '{if ($1 > 0) print "❌ " $1 " errors in last 100 log lines"}'`;

/** Logs of four weeks, in which each day is as the last: what differs is the fault. */
export async function logFaults(place: Place): Promise<Fault[]> {
  const burst = await reviewed(place, 'burst');
  const silent = await reviewed(place, 'silent');
  return [
    {
      ...burst.fault,
      name: '400 different errors in one hour, where 2 are usual',
      strike: async () => {
        const lines = Array.from({ length: 400 }, (_, at) => `ERROR - Export ${at} failed`);
        const at = stamp(Date.now() - 60_000);
        appendFileSync(burst.file, lines.map((line) => `${at} - app.views - ${line}\n`).join(''));
        return () => {};
      },
    },
    {
      ...silent.fault,
      name: 'The log is silent for 30 hours, where 30 lines an hour are usual',
      strike: async () => {
        silent.wait(30 * HOUR);
        return () => {};
      },
    },
    errorsInLastLines(place),
  ];
}

/** A log that was reviewed for four weeks, and how it is looked at. */
async function reviewed({ target, directory }: Place, name: string) {
  const file = join(directory, `${name}.log`);
  const own = { ...target, state: join(directory, `state-${name}`) };
  const log = LogFile.parse({ file, format: 'python' });
  let now = Date.now();
  const begin = now - 28 * 24 * HOUR;
  writeFileSync(file, linesOf(begin - HOUR, begin));
  await reviewLog(own, log, begin);
  appendFileSync(file, linesOf(begin, now));
  const commands = [...REVIEW, LAST_LINES].map((text) => ({
    manual: 'A' as const,
    text,
    here: { 'logs/ahgd.log': file },
  }));
  const look = async () => findingsOf(await reviewLog(own, log, now));
  const wait = (length: number) => (now += length);
  return { file, wait, fault: { commands, by: 'log-review', look } };
}

function errorsInLastLines({ target, directory }: Place): Fault {
  const file = join(directory, 'last.log');
  writeFileSync(file, linesOf(Date.now() - 3 * HOUR, Date.now(), false));
  const sample = sampler({
    ...target,
    logs: [LogFile.parse({ file, format: 'python' })],
    metrics: { errorsInLog: { warning: 1 } },
  });
  return {
    name: 'All is well, and a page named "errors" is opened',
    commands: [{ manual: 'A', text: LAST_LINES, here: { 'logs/ahgd.log': file } }],
    by: 'health-check',
    look: async () => badOf(await sample(logs)),
    strike: async () => {
      appendFileSync(file, `${stamp(Date.now())} - app.views - INFO - GET /errors rendered\n`);
      return () => {};
    },
  };
}

function findingsOf({ findings }: { readonly findings: readonly string[] }) {
  return Object.fromEntries(findings.map((one) => [one.replaceAll(/\d+/g, 'n'), one]));
}

/** 30 lines an hour, of which 2 are errors, and none of the last 100. */
function linesOf(from: number, until: number, errors = true): string {
  let text = '';
  for (let at = from, line = 0; at < until; at += HOUR / 30, line += 1)
    text += `${stamp(at)} - app.views - ${errors && line % 15 === 0 && at < until - 4 * HOUR ? 'ERROR - Query failed' : 'INFO - GET / rendered'}\n`;
  return text;
}

function stamp(at: number): string {
  return new Date(at).toISOString().slice(0, 23).replace('T', ' ').replace('.', ',');
}
