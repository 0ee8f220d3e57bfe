import type { MockOptions } from './knobs.ts';

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

/**
 * An error as OpenAI's API writes it.
 *
 * @param message what happened; by default a sentence for the status
 * @param key     a key to show in the message, as some gateways do; null shows none
 */
export function errorJson(status: number, message?: string, key: string | null = null): string {
  const [type, code, text] = TYPES[status] ?? ['server_error', null, 'The server had an error'];
  const shown = key === null ? (message ?? text) : `${message ?? text}: ${key}`;
  return JSON.stringify({ error: { message: shown, type, param: null, code: code ?? status } });
}

/** The bytes of an error answer in the shape that the knobs ask for; `type` null means no body and no length. */
export function errorBody(
  options: MockOptions,
  status: number,
  message?: string,
  key: string | null = null,
): { readonly type: string | null; readonly body: string } {
  const end = options.errorNewline ? '\n' : '';
  switch (options.errorBody) {
    case 'json':
      return { type: 'application/json', body: errorJson(status, message, key) + end };
    case 'html':
      return { type: 'text/html', body: errorPage(status, key) + end };
    case 'empty':
      return { type: 'application/json', body: '' };
    case 'none':
      return { type: null, body: '' };
    default:
      return options.errorBody satisfies never;
  }
}

function errorPage(status: number, key: string | null): string {
  const detail = key === null ? '' : `<p>Key: ${key}</p>`;
  return `<html><head><title>${status}</title></head><body><h1>${status} from the gateway</h1>${detail}</body></html>`;
}
