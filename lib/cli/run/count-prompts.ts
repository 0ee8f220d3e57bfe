import type { RunConfig } from '../../config/parameters.ts';
import type { RunSummary } from '../../stats/run-summary.ts';

/** How many prompts a run sent, warm-up included, of which a conversation is one. */
export function countPrompts(
  { total_requests, conversations }: Pick<RunSummary, 'total_requests' | 'conversations'>,
  warmupRequests: number,
  { warmupNum }: Pick<RunConfig, 'warmupNum'>,
): number {
  if (conversations === null) return total_requests + warmupRequests;
  return conversations.conversations + (warmupNum >= 1 ? Math.min(warmupNum, warmupRequests) : warmupRequests);
}

interface RunOfPrompts {
  readonly config: Pick<RunConfig, 'prompt'>;
  /** Prompts that it was to send; null where only time bounds them. */
  readonly sent: number | null;
  /** So many it has, and then begins anew. */
  readonly promptCount: number;
}

/** What nobody could say before a run that only time bounds: how much of it repeated prompts of its own. */
export function describeRounds({ config, sent, promptCount }: RunOfPrompts, prompts: number): string[] {
  if (sent !== null || prompts <= promptCount || config.prompt !== null) return [];
  const share = Math.max(1, Math.round((1 - promptCount / prompts) * 100));
  return [
    `${share} % of the ${prompts} prompts repeat earlier ones of this run, which the service's prefix cache may hold: a run that only time bounds has ${promptCount}; --number beside --duration makes as many as it says.`,
  ];
}
