/**
 * What a line of ours in k6's console file can be, by the value of its first key: a request; the configuration of the run,
 * with `args`; the words of a connection test that failed, with `lines`; the beginning of the load, after that test, with `began_at`; one
 * look at what connecting takes; one look at a server's metrics; what the engine counted, at its end; after that, that the command
 * line ended the load on purpose, since it had told enough. Kinds may be added: a reader counts those that it does not know.
 */
export const KINDS = ['record', 'run', 'connection-test', 'start', 'probe', 'server', 'end', 'enough'] as const;
export type OwnKind = (typeof KINDS)[number];

/** Of all lines that this version writes. */
export const RECORD_VERSION = 2;

/** What all lines of ours begin with, and nothing else does; the kind and a quote follow. */
export const LINE_START = '{"llm_perf":"';

/** Fields of a record's objects. `JSON.stringify` looks for the fields that it is given at every depth. */
const INNER_FIELDS = ['kind', 'status', 'detail', 'id', 'turn', 'turns'];

/**
 * A line without its line end: `{"llm_perf":"record","v":2,…}`. Fields that are null are left out, and are null to who reads it.
 *
 * Naming the fields takes a fifth of the time that copying the record without its nulls takes in k6.
 */
export function formatLine(kind: OwnKind, content: object): string {
  const json = kind === 'record' ? JSON.stringify(content, listFields(content)) : JSON.stringify(content);
  return `${LINE_START}${kind}",${json.slice(1)}`;
}

function listFields(record: object): string[] {
  const values = record as Readonly<Record<string, unknown>>;
  const fields = Object.keys(record).filter((field) => values[field] !== null);
  return values['failure'] === null && values['conversation'] === null ? fields : fields.concat(INNER_FIELDS);
}

/** The kind that a line names, known or not; null for a line that is not ours, or ends within its kind. */
export function kindOfLine(line: string): string | null {
  if (!line.startsWith(LINE_START)) return null;
  const end = line.indexOf('"', LINE_START.length);
  return end === -1 ? null : line.slice(LINE_START.length, end);
}

/** The JSON of what a line says beside its kind. */
export function contentOfLine(line: string, kind: string): string {
  return `{${line.slice(LINE_START.length + kind.length + 1).replace(/^,/, '')}`;
}
