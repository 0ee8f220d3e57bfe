import { isObject, type JsonObject } from '../shared/json.ts';

/** Words in place of a reason that say that there is none. */
const NO_REASON = /^\s*(?:null|none|nil|undefined)?\s*$/i;

/** Reasons of OpenAI, vLLM, SGLang, TGI, Anthropic, Mistral, Cohere, Gemini, Zhipu and their like, in lower case. */
const KNOWN_REASONS = [
  'stop',
  'length',
  'tool_calls',
  'tool_call',
  'tool_use',
  'function_call',
  'content_filter',
  'eos',
  'eos_token',
  'stop_sequence',
  'stop_token',
  'end_turn',
  'max_tokens',
  'max_output_tokens',
  'max_length',
  'model_length',
  'complete',
  'completed',
  'incomplete',
  'done',
  'finish',
  'finished',
  'end',
  'sensitive',
  'safety',
  'recitation',
  'refusal',
  'pause_turn',
  'repetition',
  'model_context_window_exceeded',
];

/** Words of reasons with which a server gave up: DeepSeek's `insufficient_system_resource`, vLLM's `abort`. */
const FAILED_REASON =
  /error|abort|cancel|fail|exception|time_?out|timed_out|overload|insufficient|interrupt|unavailable|network|disconnect|crash|reject|preempt|kill|dead|evict|shut_?down/i;

/**
 * Why a choice ended; null while it has not. An empty text, blanks and `"null"` are not a reason, whatever a server means by
 * them: they come with every chunk of an answer that was cut, too.
 */
export function readFinishReason(choice: JsonObject, source: JsonObject): string | null {
  return (
    reasonOf(choice['finish_reason']) ??
    reasonOf(choice['finishReason']) ??
    reasonOf(choice['done_reason']) ??
    reasonOf(choice['finish_details']) ??
    reasonOf(source['finish_reason'])
  );
}

/** SGLang's own API has an object with a `type`. */
function reasonOf(value: unknown): string | null {
  const reason = isObject(value) ? value['type'] : value;
  return typeof reason === 'string' && !NO_REASON.test(reason) ? reason.trim() : null;
}

/** `failed`: the server gave up on the answer. `unknown`: nobody knows what it means; the answer counts as complete. */
export function classifyFinishReason(reason: string): 'known' | 'failed' | 'unknown' {
  if (KNOWN_REASONS.includes(reason.toLowerCase())) return 'known';
  return FAILED_REASON.test(reason) ? 'failed' : 'unknown';
}
