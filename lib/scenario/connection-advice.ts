import { classifyErrorText } from '../measure/classify-error-text.ts';
import { cleanServerText } from '../shared/server-text.ts';
import type { Exchange } from '../stream/exchange.ts';

/** What to look at, by what the test request ran into. */
const ADVICE: Readonly<Record<string, string>> = {
  refused:
    'is the server started, and are host, port and scheme of --url (URL) right? `curl -i <url>` from this machine tells',
  timeout:
    'the server did not answer in time: is it still loading the model, or is a firewall in between? --connect-timeout allows more',
  '400':
    'the server does not take the request body: see its message above; --extra-args and --query-template change the body',
  '401': 'give the key with the environment variable API_KEY (or OPENAI_API_KEY)',
  '403': 'the key is known but not allowed to do this: check the key and the model',
  '404':
    'check the path of --url (URL), which usually ends in /v1/chat/completions, and that --model (MODEL) is one the server serves (GET /v1/models)',
  '422':
    'the server does not take the request body: see its message above; --extra-args and --query-template change the body',
  '429': 'the server limits the rate already: wait, or use a key with a higher limit',
  '503': 'the server is not ready, often because the model is still loading: wait and start again',
};

/**
 * Whether the connection test went well, and what to say when not.
 *
 * @returns null when the server answered 200; else lines for a person
 */
export function adviseOnConnection(url: string, exchange: Exchange, mask: (text: string) => string): string[] | null {
  if (exchange.status === 200) return null;
  const cause = exchange.status === 0 ? classifyErrorText(exchange.error) : String(exchange.status);
  const seen = exchange.status === 0 ? exchange.error : `HTTP ${exchange.status}: ${exchange.text.trim()}`;
  const advice = ADVICE[cause] ?? 'see the server log';
  return [
    `connection test failed: POST ${mask(url)}`,
    `  got:   ${cleanServerText(seen, mask)}`,
    `  check: ${advice}`,
    '  --no-test-connection (NO_TEST_CONNECTION=true) starts the load without this test',
  ];
}
