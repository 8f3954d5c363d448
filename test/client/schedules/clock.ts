/** What a clock on the wall of a zone shows, by the rules that JavaScript itself carries. */
interface WallTime {
  readonly weekday: string;
  readonly day: number;
  /** `02:30`. */
  readonly time: string;
}

const STEP_MILLISECONDS = 15 * 60_000;
const ORDINALS = ['first', 'second', 'third', 'fourth', 'fifth'];

/** The quarters of an hour at which `isDue`: slow and simple, and without anything that the product uses. */
export function quartersWhen(
  from: string,
  until: string,
  timeZone: string,
  isDue: (wall: WallTime) => boolean,
): string[] {
  const quarters = wallTimes(from, until, timeZone).filter(({ wall }) => isDue(wall));
  return quarters.map(({ time }) => new Date(time).toISOString());
}

const computed = new Map<string, { readonly time: number; readonly wall: WallTime }[]>();

function wallTimes(from: string, until: string, timeZone: string) {
  const key = [from, until, timeZone].join();
  const known = computed.get(key);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    weekday: 'long',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const times: { time: number; wall: WallTime }[] = [];
  for (let time = Date.parse(from); time <= Date.parse(until); time += STEP_MILLISECONDS) {
    const parts = new Map(format.formatToParts(time).map(({ type, value }) => [type, value]));
    const wall = {
      weekday: parts.get('weekday')!.toUpperCase(),
      day: Number(parts.get('day')),
      time: `${parts.get('hour')}:${parts.get('minute')}`,
    };
    times.push({ time, wall });
  }
  computed.set(key, times);
  return times;
}

/** Whether `first SUNDAY 02:00` is now. */
export function isMoment(moment: string): (wall: WallTime) => boolean {
  if (moment === 'hourly') return ({ time }) => time.endsWith(':00');
  const [time, weekday, ordinal] = moment.split(' ').toReversed();
  return (wall) =>
    wall.time === time &&
    (weekday === undefined || wall.weekday === weekday) &&
    (ordinal === undefined || ORDINALS[Math.ceil(wall.day / 7) - 1] === ordinal);
}
