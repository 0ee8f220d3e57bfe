import type { Milliseconds } from '../shared/units.ts';
import type { RequestTruth } from './truth-errors.ts';

/** The part of the mock's `/__timings` that tells the truth; the prompt is kept with `--keep-messages`. */
interface MockTiming {
  readonly arrival_ms: Milliseconds;
  readonly completion_tokens: number;
  readonly max_late_ms: Milliseconds;
  readonly body: { readonly messages?: readonly { readonly content?: unknown }[] } | null;
  readonly chunks: readonly MockChunk[];
}

/** One event: the moments before and after its write. */
interface MockChunk {
  readonly from_ms: Milliseconds;
  readonly at_ms: Milliseconds;
  readonly kind: string;
  readonly tokens: number;
}

/** Events of the mock that carry no chunk of a completion. */
const NO_CHUNK = new Set(['done', 'ping']);

/** Truth by the text of the prompt, which has to be another for each request. */
export function readMockTruth(timings: unknown): ReadonlyMap<string, RequestTruth> {
  const truth = new Map<string, RequestTruth>();
  for (const timing of timings as readonly MockTiming[]) {
    const prompt = String(timing.body?.messages?.[0]?.content);
    if (truth.has(prompt)) throw new Error(`two requests had the prompt ${JSON.stringify(prompt)}`);
    const outputs = timing.chunks.filter(({ tokens }) => tokens > 0);
    truth.set(prompt, {
      arrivalMs: timing.arrival_ms,
      writesMs: outputs.map(({ from_ms }) => from_ms),
      outputsMs: outputs.map(({ at_ms }) => at_ms),
      lastChunkMs: timing.chunks.filter(({ kind }) => !NO_CHUNK.has(kind)).at(-1)?.at_ms ?? timing.arrival_ms,
      outputTokens: timing.completion_tokens,
      maxLateMs: timing.max_late_ms,
    });
  }
  return truth;
}
