import { Cron as Pattern } from 'croner';
import { z } from 'zod';

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
  if (!fiveFields.test(text)) return 'Expected five fields, such as "30 2 * * MON-FRI"';
  const [, , dayOfMonth, , dayOfWeek] = text.split(' ');
  if (dayOfMonth !== '*' && dayOfWeek !== '*')
    return 'Expected a day of the month or of the week: cron takes either, Temporal only both at once';
  try {
    const next = new Pattern(text, { mode: '5-part', timezone: 'UTC' }).nextRun();
    return next ? undefined : 'Expected a time that comes';
  } catch (error) {
    return (error as Error).message.replace(/^CronPattern: /, 'Expected cron fields: ');
  }
}
