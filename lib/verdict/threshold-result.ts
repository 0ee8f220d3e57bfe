/** One threshold and how it came out. */
export interface ThresholdResult {
  readonly metric: string;
  readonly expression: string;
  readonly ok: boolean;
  /** What was compared with the limit; absent or null where nobody tells. */
  readonly value?: number | null;
  readonly limit?: number;
  /** How far the value is from the limit; above 0: room to spare. */
  readonly margin?: number | null;
  /** `records`: exactly, in the report step; `engine`: by the engine itself, on its own samples. */
  readonly judged_on?: 'records' | 'engine';
}
