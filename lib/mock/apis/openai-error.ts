import { type ErrorDetail, messageOf } from '../mock-api.ts';

const TYPES: Readonly<Record<number, readonly [type: string, code: string | null, message: string]>> = {
  400: ['invalid_request_error', null, 'The request is not valid'],
  401: ['authentication_error', 'invalid_api_key', 'Incorrect API key provided'],
  403: ['permission_error', null, 'This key may not use the model'],
  404: ['not_found_error', 'model_not_found', 'The model does not exist'],
  405: ['invalid_request_error', 'method_not_allowed', 'This method is not allowed here'],
  408: ['timeout_error', null, 'The request took too long'],
  413: ['invalid_request_error', 'context_length_exceeded', 'The prompt is too long'],
  429: ['rate_limit_error', 'rate_limit_exceeded', 'Rate limit reached'],
  503: ['unavailable_error', 'overloaded', 'The server is overloaded'],
};

/** An error as OpenAI's API writes it. */
export function openAiError(status: number, detail: ErrorDetail = {}): string {
  const [type, usualCode, text] = TYPES[status] ?? ['server_error', null, 'The server had an error'];
  const { param = null, code = usualCode } = detail;
  return JSON.stringify({ error: { message: messageOf(detail, text), type, param, code: code ?? status } });
}
