import type { RunConfig } from '../config/run-config.ts';

/** The API a run speaks once `openai` is decided by the URL, as evalscope does. */
export function resolveApi(config: Pick<RunConfig, 'api' | 'url'>): 'openai-chat' | 'openai-completions' {
  if (config.api !== 'openai') return config.api;
  const path = config.url.split(/[?#]/, 1)[0] ?? '';
  return /\/completions\/?$/.test(path) && !/\/chat\/completions\/?$/.test(path) ? 'openai-completions' : 'openai-chat';
}
