import { join } from 'node:path';

/** What the parts of a benchmark share. */
export interface BenchContext {
  /** Fewer pairs and less load, for a look. */
  readonly quick: boolean;
  readonly pairs: number;
  /** k6 with k6/x/sse; null: the Node half alone. */
  readonly k6Path: string | null;
  /** Of the generated file of the report step. */
  readonly sizeMb: number;
  /** The `openqa.js` of another build, measured beside ours; null for none. */
  readonly against: string | null;
  /** Which part of the judge's runs: the second of three is [2, 3]. */
  readonly slice: readonly [number, number];
  /** The checkout, and the folder that everything was built into. */
  readonly root: string;
  readonly build: string;
  /** Says what is going on. */
  readonly say: (text: string) => void;
}

/** A figure, as the table shows it and the results file keeps it. */
export interface Figure {
  readonly part: string;
  readonly name: string;
  /** The figure, short. */
  readonly value: string;
  /** What stands behind it, in a line. */
  readonly detail: string;
  /** What is aimed at, and whether it is reached; absent where there is no aim. */
  readonly aim?: { readonly text: string; readonly reached: boolean };
  readonly values: Readonly<Record<string, unknown>>;
}

export type Part = (context: BenchContext) => Promise<Figure[]>;

/** Paths of what was built. */
export function built({ build }: BenchContext) {
  return {
    bundle: join(build, 'dist', 'openqa.js'),
    cli: join(build, 'dist', 'node', 'cli.js'),
    script: (name: string) => join(build, 'bench', `${name}.js`),
  };
}

/** A script that is compared with counting events, and what it is called in the tables. */
export interface Subject {
  readonly what: string;
  readonly script: string;
}

/** What is measured, and the least that a script does which times every chunk. */
export function subjects(context: BenchContext): { readonly bundle: Subject; readonly least: Subject } {
  const { bundle, script } = built(context);
  return {
    bundle: { what: 'dist/openqa.js', script: bundle },
    least: { what: 'clock, text and Trend alone', script: script('time-events') },
  };
}
