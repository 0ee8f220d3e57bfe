import { divide } from '../shared/divide.ts';
import { formatCount } from '../shared/format-count.ts';
import type { Milliseconds } from '../shared/units.ts';
import type { ServerSummary } from './summarize-server.ts';

/** What the client counted of all that it sent, warm-ups among it. */
export interface ClientCounts {
  /** Requests that completed. */
  readonly completed: number;
  /** Requests that failed, were cancelled, or never finished: nobody knows how much of them the server counts. */
  readonly uncertain: number;
  /** The most parts that a request has and a server may count as requests: choices, or inputs and a query; 1 for one answer. */
  readonly parts: number;
  /** Sums over the completed requests; null where one of them has no count of the server's. */
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  /** As `input_tokens`, with a prompt once for each choice, as vLLM counts it. */
  readonly choice_input_tokens: number | null;
  /** Of all with a first token, warm-ups among them. */
  readonly ttft_avg_ms: Milliseconds | null;
  /** The standard error of that mean. */
  readonly ttft_error_ms: Milliseconds | null;
}

/** The server's count of something beside ours. */
export interface CountPair {
  readonly server: number;
  readonly client: number;
}

/** The two sides of the wire beside each other; null where one of them does not say. */
export interface Reconciliation {
  readonly requests: CountPair | null;
  readonly prompt_tokens: CountPair | null;
  readonly generation_tokens: CountPair | null;
  /** Our mean TTFT less the server's: network, queueing in front of it, and the client. */
  readonly ttft_beyond_server_ms: Milliseconds | null;
  /** The GPUs' energy over the output tokens, which the server counted, else the client; null where nobody measured it. */
  readonly energy_per_output_token_j: number | null;
  readonly output_tokens_per_j: number | null;
  /** Where the two disagree by more than chance, a sentence each. */
  readonly notes: readonly string[];
}

/** A share of tokens that rounding, a special token at the end of an answer, and a look that came early explain. */
const TOLERATED_RATIO = 0.005;
/** A difference of means is chance within three standard errors. */
const SIGNIFICANT_ERRORS = 3;
const SIGNIFICANT_RATIO = 0.05;

/** Counts of both sides beside each other. Where requests failed, the server may have counted up to as many more. */
export function reconcile(server: ServerSummary, client: ClientCounts): Reconciliation {
  const pair = (ofServer: number | null, ofClient: number | null): CountPair | null =>
    ofServer === null || ofClient === null ? null : { server: ofServer, client: ofClient };
  const requests = pair(server.requests, client.completed);
  const prompt_tokens = pair(server.prompt_tokens, client.input_tokens);
  const generation_tokens = pair(server.generation_tokens, client.output_tokens);
  const ofServer = server.ttft?.mean_ms ?? null;
  const output = server.generation_tokens ?? client.output_tokens;
  const beyond = ofServer === null || client.ttft_avg_ms === null ? null : client.ttft_avg_ms - ofServer;
  return {
    requests,
    prompt_tokens,
    generation_tokens,
    ttft_beyond_server_ms: beyond,
    energy_per_output_token_j: divide(server.gpu_energy_j, output),
    output_tokens_per_j: divide(output, server.gpu_energy_j),
    notes: [
      ...noteRequests(requests, client),
      ...(notePromptOfChoices(prompt_tokens, client.choice_input_tokens) ??
        noteTokens('prompt', prompt_tokens, client.uncertain)),
      ...noteTokens('generated', generation_tokens, client.uncertain),
      ...noteTtft(beyond, ofServer, client),
    ],
  };
}

function noteRequests(pair: CountPair | null, { uncertain, parts }: ClientCounts): string[] {
  if (pair === null) return [];
  const { server, client } = pair;
  const most = parts * (client + uncertain);
  if (server > most) {
    const sent = client + uncertain;
    const told = parts === 1 ? `${sent}` : `${sent} of at most ${parts} parts each`;
    return [
      `The server counted ${formatCount(server, 'request')} and this run sent ${told}: ${server - most} came from others, so its numbers are not of this run alone.`,
    ];
  }
  if (server >= client) return [];
  return [
    `The server counted ${formatCount(server, 'request')} where ${client} completed: a server behind the URL is not among those whose metrics were read, or one was restarted.`,
  ];
}

/** null where the prompts were not counted once for each choice. */
function notePromptOfChoices(pair: CountPair | null, byChoice: number | null): string[] | null {
  if (pair === null || byChoice === null || byChoice === pair.client) return null;
  const { server, client } = pair;
  if (Math.abs(server - byChoice) > TOLERATED_RATIO * byChoice) return null;
  return [
    `The server counts a prompt once for each of its choices: its ${server} prompt tokens are the ${client} of the answers' usage.`,
  ];
}

function noteTokens(what: 'prompt' | 'generated', pair: CountPair | null, uncertain: number): string[] {
  if (pair === null) return [];
  const { server, client } = pair;
  const most = Math.max(server, client);
  const isOff = Math.abs(server - client) > TOLERATED_RATIO * most;
  // What became of a request that failed only the server knows.
  if (!isOff || (uncertain > 0 && server > client)) return [];
  return [
    `The server counted ${server} ${what} tokens and the answers' usage adds up to ${client}, ${formatPercent(Math.abs(server - client) / most)} apart.`,
  ];
}

function noteTtft(beyond: Milliseconds | null, ofServer: Milliseconds | null, client: ClientCounts): string[] {
  if (beyond === null || ofServer === null || client.ttft_error_ms === null) return [];
  const isLess = beyond < -SIGNIFICANT_ERRORS * client.ttft_error_ms && -beyond > SIGNIFICANT_RATIO * ofServer;
  if (!isLess) return [];
  return [
    `The server's own mean TTFT, ${ofServer.toFixed(1)} ms, is ${(-beyond).toFixed(1)} ms longer than what the client waited: it counts other requests, or from another moment.`,
  ];
}

function formatPercent(ratio: number): string {
  return `${(ratio * 100).toFixed(1)} %`;
}

/** A prefix cache that served this much was not cold. */
export const COLD_LIMIT = 0.01;

/** The warning where a server had prompts of this run in its cache; null where it had not, or does not say. */
export function describeWarmCache({ prefix_cache_hit_ratio: ratio }: ServerSummary): string | null {
  if (ratio === null || ratio < COLD_LIMIT) return null;
  return `The server's prefix cache held ${formatPercent(ratio)} of the prompt tokens: TTFT is better than with prompts that it has not seen.`;
}
