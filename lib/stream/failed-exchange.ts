import type { Milliseconds } from '../shared/units.ts';
import { toEventTexts } from './event-texts.ts';
import type { Exchange } from './exchange.ts';

/** Exceptions that no server causes by what it does to a connection: a fault in this program. */
const OWN_FAULT = /^(?:Range|Type|Reference|Syntax|Internal|Eval|URI)Error\b/;

/** What is left of a request that ended in an exception: an engine's error before the response, or a fault of our own. */
export function failedExchange(error: unknown, endMs: Milliseconds): Exchange {
  const text = String(error);
  return {
    status: 0,
    headers: {},
    error: text.replace(/^(?:Go)?Error: /, ''),
    times: null,
    data: toEventTexts([]),
    done: false,
    text: '',
    firstByteMs: null,
    endMs,
    ...(OWN_FAULT.test(text) ? { internalError: text } : {}),
  };
}
