import { openaiChat } from '../api/openai-chat.ts';
import type { RequestContext } from './build-record.ts';

/** What a scenario knows of a streaming request that starts at 0, for tests. */
export function exampleContext(changes: Partial<RequestContext> = {}): RequestContext {
  return {
    index: 0,
    runId: null,
    segment: null,
    scenario: 'openqa',
    startedAt: '2026-01-01T00:00:00.000Z',
    startMs: 0,
    scheduledMs: null,
    clientLagMs: null,
    totalTimeoutMs: 60_000,
    model: 'm',
    api: openaiChat,
    choices: 1,
    mostOutputTokens: null,
    datasetIndex: null,
    stream: true,
    ttftRule: 'first-output',
    preparedInputTokens: null,
    keepText: 'never',
    prompt: '',
    mask: (text) => text,
    ...changes,
  };
}
