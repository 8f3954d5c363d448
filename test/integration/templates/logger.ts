import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Lifeline, startLifeline } from '../../../src/dev/server/lifeline.ts';

/** Which handler of Python's logging has which file, as the two manuals have them. */
const HANDLERS = {
  ahgd: `open('ahgd.log', logging.FileHandler('ahgd.log'), PLAIN)`,
  'analytics-hub': `
open('app', handlers.RotatingFileHandler('analytics_hub.log', maxBytes=10_000_000, backupCount=5), PLAIN)
open('errors', handlers.RotatingFileHandler('errors.log', maxBytes=10_000_000, backupCount=10), PLAIN)
open('access', handlers.TimedRotatingFileHandler('access.log', when='midnight'), '127.0.0.1 - - [%(day)s +0000] "GET / HTTP/1.1" 200 5 "-" "x"')
open('telemetry', handlers.TimedRotatingFileHandler('telemetry.jsonl', when='W0'), '{"timestamp": %(created)f, "event_type": "page_view"}')`,
} as const;

/** Writes a line of each log twenty times a second, and holds all of them open. */
const script = (template: keyof typeof HANDLERS) => `
import logging, logging.handlers as handlers, time
PLAIN = '%(asctime)s - app.%(name)s - INFO - line'
loggers = []
def open(name, handler, layout):
    handler.setFormatter(logging.Formatter(layout))
    logger = logging.getLogger(name)
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    loggers.append(logger)
${HANDLERS[template]}
while True:
    for logger in loggers:
        logger.info('', extra={'day': time.strftime('%d/%b/%Y:%H:%M:%S', time.gmtime())})
    time.sleep(0.05)
`;

/** The logs of a template's application, as its own Python writes them, in `<directory>/logs`. */
export function startLogger(template: keyof typeof HANDLERS, directory: string): Promise<Lifeline> {
  const logs = join(directory, 'logs');
  mkdirSync(logs, { recursive: true });
  if (template === 'ahgd') appendFileSync(join(logs, 'ahgd.log'), '');
  return startLifeline('python3', ['-c', script(template)], {
    cwd: logs,
    env: { ...process.env, TZ: 'UTC' },
    log: join(directory, 'logger.out'),
    grace: 0,
  });
}
