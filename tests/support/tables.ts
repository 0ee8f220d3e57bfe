/** The tables of a report as a person reads them. */
export interface Tables {
  /** Value by key, of the summary and of the further results. */
  readonly rows: Readonly<Record<string, string>>;
  /** The cells of the percentile table, one array a row, the percentile first. */
  readonly percentiles: readonly (readonly string[])[];
}

/** Reads the tables out of what a run or a report printed. */
export function readTables(text: string): Tables {
  const rows: Record<string, string> = {};
  const percentiles: string[][] = [];
  let last = '';
  let isOfRecords = false;
  for (const line of text.split('\n')) {
    // Tables that only records have.
    if (/^(What users feel|Cost|The server): $/.test(line)) isOfRecords = true;
    else if (line === '') isOfRecords = false;
    if (!line.startsWith('|') || isOfRecords) continue;
    const cells = line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim());
    const [key, value] = cells as [string, string];
    // A value that is wider than the table goes on below.
    if (cells.length === 2 && key === '') rows[last] = `${rows[last]} ${value}`;
    else if (cells.length === 2) {
      last = key;
      rows[key] = value;
    } else if (/^\d+%?$/.test(key)) percentiles.push(cells);
  }
  return { rows, percentiles };
}

/** The number in a row; NaN where there is none. */
export function numberIn(tables: Tables, key: string): number {
  return Number(tables.rows[key]);
}
