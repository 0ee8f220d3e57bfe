import type { JSONValue } from 'k6';
import type { Response } from 'k6/http';
import type { Timings } from '../net/round-trip.ts';
import { selectJson } from './json-path.ts';

/** What a response is made of. */
export interface ResponseParts {
  readonly url: string;
  readonly status: number;
  readonly statusText: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | ArrayBuffer | null;
  readonly timings: Timings;
  readonly error: string;
  readonly errorCode: number;
}

/** A response of `k6/http`; checked against k6's own type. Cookies, TLS details and HTML are not there. */
export class HttpResponse
  implements
    Pick<
      Response,
      'body' | 'error' | 'error_code' | 'headers' | 'json' | 'proto' | 'status' | 'status_text' | 'timings' | 'url'
    >
{
  readonly url: string;
  readonly status: number;
  readonly status_text: string;
  readonly proto = 'HTTP/1.1';
  readonly headers: Record<string, string>;
  readonly body: string | ArrayBuffer | null;
  readonly timings: Timings & { readonly looking_up: number };
  readonly error: string;
  readonly error_code: number;

  constructor(parts: ResponseParts) {
    this.url = parts.url;
    this.status = parts.status;
    this.status_text = parts.statusText;
    this.headers = { ...parts.headers };
    this.body = parts.body;
    this.timings = { ...parts.timings, looking_up: 0 };
    this.error = parts.error;
    this.error_code = parts.errorCode;
  }

  /**
   * The body as JSON, or the part that a path (`choices.0.text`) names, undefined where there is none.
   *
   * @throws {Error} when the body is null or, without a path, no JSON
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
