import { Cron as Pattern } from 'croner';
import { z } from 'zod';
import { ordinals, Weekday } from './times.ts';

const number = '(?:\\d+|[a-z]{3})';
const part = `(?:\\*|${number}(?:-${number})?)(?:/\\d+)?`;
const fiveFields = new RegExp(`^(?:${part}(?:,${part})*(?: |$)){5}$`, 'i');

/** `30 2 * * MON-FRI`: minute, hour, day of the month, month, day of the week, as Temporal understands them. */
export const Cron = z.string().superRefine((text, context) => {
  const fault = faultOf(text);
  if (fault)
    context.addIssue({ code: 'custom', message: `${fault}, found ${JSON.stringify(text)}` });
});

function faultOf(text: string): string | undefined {
  if (!fiveFields.test(text)) return faultOfFields(text);
  const [, , dayOfMonth, , dayOfWeek] = text.split(' ');
  if (dayOfMonth !== '*' && dayOfWeek !== '*')
    return `Expected a day of the month or of the week: cron takes either, Temporal only both at once; for one weekday a month there is ${momentOf(text, 'first', dayOfWeek!)}`;
  try {
    const next = new Pattern(text, { mode: '5-part', timezone: 'UTC' }).nextRun();
    return next ? undefined : 'Expected a time that comes';
  } catch (error) {
    return (error as Error).message.replace(/^CronPattern: /, 'Expected cron fields: ');
  }
}

const NICKNAMES: Readonly<Record<string, string>> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * SUN',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
};

/** What other crons know and Temporal does not is named, with what says the same here. */
function faultOfFields(text: string): string {
  const inFull = NICKNAMES[text.trim().toLowerCase()];
  if (inFull !== undefined) return `Expected five fields: in full it is "${inFull}"`;
  const [, day, nth] = /(\w+)#(\d+)/.exec(text) ?? [];
  if (day !== undefined) {
    const ordinal = ordinals[Number(nth) - 1];
    const instead = ordinal
      ? `for the ${ordinal} ${weekdayOf(day)} of a month there is ${momentOf(text, ordinal, day)}`
      : `there is only ${momentOf(text, 'first', day)} to ${momentOf(text, 'fourth', day)}, because not each month has a fifth`;
    return `Expected five fields without "#", which Temporal does not know: ${instead}`;
  }
  const fields = text.trim().split(/\s+/);
  if (fields.length > 5)
    return `Expected five fields, the first of them the minute: here are ${fields.length}, and there is none for seconds or years`;
  if (/(?:^| |\d)L|\dW|LW/i.test(text))
    return 'Expected five fields without "L" or "W", which Temporal does not know: name a day that each month has, such as 1 or 28';
  if (text.includes('?')) return 'Expected five fields with "*" in place of "?"';
  if (/(?:^| )H/i.test(text))
    return 'Expected five fields without "H": name a minute, and spread the starts by "jitter"';
  return 'Expected five fields, such as "30 2 * * MON-FRI"';
}

/** As `at` says it. */
function momentOf(text: string, ordinal: string, day: string): string {
  const [minute = '', hour = ''] = text.trim().split(/\s+/);
  const time = [hour, minute].every((field) => /^\d{1,2}$/.test(field))
    ? `${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`
    : '02:00';
  return `"at: ${ordinal} ${weekdayOf(day)} ${time}"`;
}

/** Cron counts from Sunday, and has it twice. */
function weekdayOf(day: string): Weekday {
  const named = Weekday.options.find((name) => name.startsWith(day.slice(0, 3).toUpperCase()));
  return named ?? Weekday.options[(Number(day) + 6) % 7] ?? 'MONDAY';
}
