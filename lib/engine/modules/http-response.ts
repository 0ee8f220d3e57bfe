import type { JSONValue } from 'k6';
import type { Response } from 'k6/http';
import type { Timings } from '../net/round-trip.ts';
import { selectJson } from './json-path.ts';

type Field = 'body' | 'error' | 'error_code' | 'headers' | 'status' | 'status_text' | 'url';

const NO_TIMINGS: Timings = {
  duration: 0,
  blocked: 0,
  connecting: 0,
  tls_handshaking: 0,
  sending: 0,
  waiting: 0,
  receiving: 0,
};

/**
 * A response of `k6/http`; checked against k6's own type. Cookies, TLS details and HTML are not there. What is not given
 * has the value of a request that failed.
 */
export class HttpResponse implements Pick<Response, Field | 'json' | 'proto' | 'timings'> {
  readonly url: string = '';
  readonly status: number = 0;
  readonly status_text: string = '';
  readonly proto = 'HTTP/1.1';
  readonly headers: Record<string, string> = {};
  readonly body: string | ArrayBuffer | null = null;
  readonly timings: Timings & { readonly looking_up: number };
  readonly error: string = '';
  readonly error_code: number = 0;

  constructor({ timings = NO_TIMINGS, ...fields }: Partial<Pick<HttpResponse, Field>> & { timings?: Timings }) {
    Object.assign(this, fields);
    this.timings = { ...timings, looking_up: 0 };
  }

  /**
   * The body as JSON, or the part that a path (`choices.0.text`) names, undefined where there is none.
   *
   * @throws {Error} when the body is null or, without a path, not JSON
   */
  json(selector?: string): JSONValue {
    if (this.body === null) {
      throw new Error(
        "the body is null so we can't transform it to JSON - this likely was because of a request error getting the response",
      );
    }
    const text = typeof this.body === 'string' ? this.body : new TextDecoder().decode(this.body);
    if (selector === undefined) return JSON.parse(text) as JSONValue;
    return selectJson(text, selector) as JSONValue;
  }
}
