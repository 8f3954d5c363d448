interface Bar {
  readonly label: string;
  readonly value: number;
  /** Shown behind the bar. */
  readonly text: string;
  readonly ours: boolean;
}

export interface Group {
  readonly title: string;
  readonly bars: readonly Bar[];
}

const WIDTH = 760;
const LEFT = 250;
const ROW = 24;

/** Groups of bars of seconds, shorter is better. Each group has a scale of its own. */
export function plot(title: string, groups: readonly Group[]): string {
  let y = 40;
  const parts: string[] = [];
  for (const { title: name, bars } of groups) {
    y += 24;
    parts.push(`<text x="16" y="${y}" font-weight="600">${escaped(name)}</text>`);
    const longest = Math.max(...bars.map(({ value }) => value));
    for (const { label, value, text, ours } of bars) {
      y += ROW;
      const width = Math.max(1, ((WIDTH - LEFT - 190) * value) / longest);
      parts.push(
        `<text x="${LEFT - 10}" y="${y}" text-anchor="end">${escaped(label)}</text>`,
        `<rect x="${LEFT}" y="${y - 13}" width="${width.toFixed(1)}" height="16" rx="2" fill="${ours ? '#2f6f4f' : '#b9b4a8'}"><title>${escaped(`${label}: ${text}`)}</title></rect>`,
        `<text x="${(LEFT + width + 8).toFixed(1)}" y="${y}" fill="#555">${escaped(text)}</text>`,
      );
    }
    y += 12;
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${y + 16}" viewBox="0 0 ${WIDTH} ${y + 16}" font-family="system-ui, sans-serif" font-size="13">`,
    `<rect width="100%" height="100%" fill="#fff"/>`,
    `<text x="16" y="28" font-size="16" font-weight="600">${escaped(title)}</text>`,
    ...parts,
    '</svg>\n',
  ].join('\n');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
