/** A part of a run's output that is a list of records of one shape. */
export interface OutputTable {
  /** As its key reads: `errors by type`. */
  readonly title: string;
  readonly headings: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

type Cells = Readonly<Record<string, string | number | boolean | undefined>>;

/** What of an output is shown as tables, and all the rest of it. An empty list is neither. */
export function outputTables(output: Readonly<Record<string, unknown>>): {
  readonly tables: readonly OutputTable[];
  readonly rest: Readonly<Record<string, unknown>>;
} {
  const lists = Object.entries(output).filter(
    ([, value]) => Array.isArray(value) && value.every(isRow),
  );
  const tables = lists.flatMap(([key, value]) => tableOf(key, value as readonly Cells[]));
  const names = new Set(lists.map(([key]) => key));
  return {
    tables,
    rest: Object.fromEntries(Object.entries(output).filter(([key]) => !names.has(key))),
  };
}

/** `newBytes` reads as `new bytes`. */
export function words(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** As a title. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function tableOf(key: string, rows: readonly Cells[]): OutputTable[] {
  if (rows.length === 0) return [];
  const keys = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return [
    {
      title: words(key),
      headings: keys.map(words),
      rows: rows.map((row) => keys.map((name) => String(row[name] ?? ''))),
    },
  ];
}

function isRow(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every(
      (cell) => cell === undefined || ['string', 'number', 'boolean'].includes(typeof cell),
    )
  );
}
