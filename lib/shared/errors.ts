import { formatCount } from './format-count.ts';
/** Exit codes, k6's own numbers. */
export const EXIT_CODES = {
  ok: 0,
  thresholdsCrossed: 99,
  badConfiguration: 104,
  interrupted: 105,
  exception: 107,
  aborted: 108,
} as const;

/** One thing wrong with what the user gave: a setting, a dataset line, a threshold. */
export interface Problem {
  /** What it is about, as the user wrote or would write it: `PARALLEL (--parallel)`, `prompts.jsonl:17`. */
  readonly key: string;
  /** The value that was given, or `nothing`; never a secret. */
  readonly got: string;
  /** What is allowed, in a few words; or a question, which has its line to itself: `did you mean ttft?`. */
  readonly allowed: string;
  /** A line that can be pasted and is right. */
  readonly paste: string;
}

/** Bad input, all of it at once. Entries print `message` and leave with exit code 104. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(formatProblems(problems));
    this.problems = problems;
  }
}

/**
 * The text of a refusal, one block a problem.
 *
 * ```
 * 2 problems with the configuration:
 *   PARALLEL (--parallel): got "0"
 *     allowed: a whole number from 1
 *     try:     --parallel 8
 * ```
 */
export function formatProblems(problems: readonly Problem[]): string {
  const blocks = problems.map(
    ({ key, got, allowed, paste }) =>
      `  ${key}: got ${got}\n    ${allowed.endsWith('?') ? '' : 'allowed: '}${allowed}\n    try:     ${paste}`,
  );
  return [`${formatCount(problems.length, 'problem')} with the configuration:`, ...blocks].join('\n');
}
