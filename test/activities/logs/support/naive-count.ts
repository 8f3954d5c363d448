type Names = Map<string, number>;

/** What a log has, as anybody would count it: all of it in memory, line by line, in the one layout that is generated. */
export function naiveCount(format: 'python' | 'json' | 'access', lines: readonly string[]) {
  let [errors, warnings] = [0, 0];
  const all = {
    messages: names(),
    types: names(),
    alerts: names(),
    events: names(),
    logins: names(),
  };
  if (format === 'python') countPython();
  else for (const line of lines) (format === 'json' ? countJson : countAccess)(line);
  const { messages, types, alerts, events, logins } = all;
  return {
    errors,
    warnings,
    messages: sorted(messages).slice(0, 5),
    types: sorted(types),
    alerts: sorted(alerts),
    events: sorted(events),
    logins: sorted(logins),
  };

  function countPython(): void {
    const starts = lines.flatMap((line, index) => (line.startsWith('2026-') ? [index] : []));
    starts.forEach((start, index) => {
      const line = lines[start]!.slice(0, 2000);
      const [, logger = '', level = ''] = line.split(' - ');
      const message = line.split(' - ').slice(3).join(' - ');
      const trace = lines.slice(start + 1, starts[index + 1]).filter((one) => /^\S/.test(one));
      const thrown = trace.length > 1 ? trace[1]!.split(':')[0]! : undefined;
      for (const alert of ['SLOW QUERY', 'HIGH MEMORY', 'TIMEOUT'])
        if (line.includes(alert)) add(all.alerts, alert);
      if (/Failed login|login failed|invalid|FAILED/.test(line))
        add(all.logins, /from (\S+)/.exec(line)?.[1] ?? 'unknown');
      if (level === 'WARNING') warnings += 1;
      const isError = level === 'ERROR' || level === 'CRITICAL';
      if (!isError && thrown === undefined) return;
      errors += 1;
      add(all.types, thrown ?? (logger === 'é.ü' ? 'no exception' : `no exception, of ${logger}`));
      add(all.messages, sortOf(isError ? message : trace[1]!));
    });
  }

  function countJson(line: string): void {
    if (!line.endsWith('}')) return;
    const {
      level,
      message,
      error_type: type,
      event_type: event,
    } = JSON.parse(line) as Record<string, string>;
    for (const alert of ['SLOW QUERY', 'TIMEOUT'])
      if (message?.includes(alert)) add(all.alerts, alert);
    if (event !== undefined) add(all.events, event);
    if (level === 'warning') warnings += 1;
    if (level !== 'error' && level !== 'CRITICAL') return;
    errors += 1;
    add(all.types, type ?? 'no exception');
    add(all.messages, sortOf(message!));
  }

  function countAccess(line: string): void {
    const [, address = '', path = '', status = ''] =
      /^(\S+) .*"(\S+ [^?]+).*?" (\d+) /.exec(line) ?? [];
    if (status === '401') add(all.logins, address);
    if (status.startsWith('4')) warnings += 1;
    if (!status.startsWith('5')) return;
    errors += 1;
    add(all.types, `HTTP ${status}`);
    add(all.messages, path);
  }
}

function names(): Names {
  return new Map();
}

function add(counts: Names, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function sortOf(message: string): string {
  const text = message
    .replaceAll('\u0000', '\uFFFD')
    .replaceAll(/'[^']*'/g, '<text>')
    .replaceAll(/\b\d{8,}\b/g, '<hex>')
    .replaceAll(/\d+(?:,\d+)?/g, '<n>');
  return text.length > 160 ? `${text.slice(0, 159)}…` : text;
}

function sorted(counts: Names) {
  return [...counts]
    .toSorted(([one, count], [other, more]) => more - count || one.localeCompare(other))
    .map(([name, count]) => ({ name, count }));
}
