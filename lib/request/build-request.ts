import type { RunConfig } from '../config/run-config.ts';
import type { Prompt } from '../dataset/prompt.ts';
import type { ApiRequest } from './api-request.ts';
import { streams } from './generation-parameters.ts';
import { buildChatBody } from './openai-chat.ts';
import { buildCompletionsBody } from './openai-completions.ts';

/** The API a run speaks once `openai` is decided by the URL, as evalscope does. */
export function resolveApi(config: Pick<RunConfig, 'api' | 'url'>): 'openai-chat' | 'openai-completions' {
  if (config.api !== 'openai') return config.api;
  const path = config.url.split(/[?#]/, 1)[0] ?? '';
  return /\/completions\/?$/.test(path) && !/\/chat\/completions\/?$/.test(path) ? 'openai-completions' : 'openai-chat';
}

/** The headers of every request of a run. `identity`, since gzip makes a server or proxy hold chunks back. */
export function buildHeaders(config: RunConfig): Record<string, string> {
  return {
    'Content-Type': 'application/json',
    'Accept-Encoding': 'identity',
    ...(config.apiKey === null ? {} : { Authorization: `Bearer ${config.apiKey}` }),
    ...config.headers,
  };
}

/** Turns one prompt into one request. */
export function buildRequest(prompt: Prompt, config: RunConfig): ApiRequest {
  const build = resolveApi(config) === 'openai-chat' ? buildChatBody : buildCompletionsBody;
  return {
    url: config.url,
    headers: buildHeaders(config),
    body: JSON.stringify(build(prompt, config)),
    stream: streams(config),
    connectTimeoutMs: config.connectTimeoutS * 1000,
    totalTimeoutMs: config.totalTimeoutS * 1000,
    readTimeoutMs: config.readTimeoutS * 1000,
  };
}

/** The request of the connection test: the run's own body, but tiny and without streaming. */
export function buildConnectionTest(config: RunConfig): ApiRequest {
  const { minTokens: _, ...rest } = config;
  const tiny: RunConfig = {
    ...rest,
    minTokens: null,
    maxTokens: Math.min(config.maxTokens, 10),
    stream: false,
    given: new Set([...config.given, 'stream', 'maxTokens']),
    totalTimeoutS: Math.min(config.connectTimeoutS, config.totalTimeoutS),
  };
  return buildRequest({ messages: [{ role: 'user', content: 'hello' }] }, tiny);
}
