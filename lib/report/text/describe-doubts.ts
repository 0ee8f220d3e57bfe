import { describeLoad, type PointLoad } from '../html/point-load.ts';

/** What is said of whether the measurement at a load can be believed. */
interface JudgedPoint extends PointLoad {
  readonly validity: { readonly verdict: string; readonly reasons: readonly string[] };
}

/** What is said of one of several runs. */
export interface RunRemark {
  /** The run, as a sentence names it: `parallel 8`, `run 2`. */
  readonly name: string;
  readonly text: string;
}

/** So many runs are named, and the others counted. */
const MOST_NAMED = 3;
/** What differs from one run to the next in what is the same cause: numbers, and which statistics of a metric they are of. */
const PARTICULARS = /\b(?:p[\d.]+|mean|of|ms)\b|[\d.]+|[(),]/g;

/** Reasons that differ in numbers alone are of one cause. */
export function causeOfReason(reason: string): string {
  return reason.replace(PARTICULARS, '').replace(/\s+/g, ' ');
}

/** A line for each cause for which the measurement at one of several loads is not VALID. */
export function describeDoubts(points: readonly JudgedPoint[]): string[] {
  return groupByCause(
    points.flatMap((point) => listDoubts(point).map((text) => ({ name: describeLoad(point), text }))),
    causeOfReason,
  ).map((line) => `Measurement at ${line}`);
}

/** Why a run is not VALID, each with the verdict; empty where it is. */
export function listDoubts({ validity: { verdict, reasons } }: Pick<JudgedPoint, 'validity'>): string[] {
  return verdict === 'VALID' ? [] : reasons.map((reason) => `${verdict}: ${reason}`);
}

/** A line for each cause: the runs that have it, and what is said of the first of them. */
export function groupByCause(remarks: readonly RunRemark[], causeOf: (text: string) => string): string[] {
  const groups = new Map<string, { readonly text: string; readonly names: Set<string> }>();
  for (const { name, text } of remarks) {
    const cause = causeOf(text);
    const group = groups.get(cause) ?? { text, names: new Set() };
    groups.set(cause, group);
    group.names.add(name);
  }
  return [...groups.values()].map(({ text, names }) => `${joinNames([...names])}: ${text}`);
}

function joinNames(names: readonly string[]): string {
  const more = names.length - MOST_NAMED;
  return more > 0 ? `${names.slice(0, MOST_NAMED).join(', ')} and ${more} more` : names.join(', ');
}
