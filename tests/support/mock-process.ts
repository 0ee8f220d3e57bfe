import { once } from 'node:events';
import { startCli } from './cli.ts';

/** What the mock really did with one request; times in milliseconds on its own clock. */
export interface MockTiming {
  readonly index: number;
  readonly path: string;
  readonly status: number | null;
  readonly stream: boolean;
  readonly model: string | null;
  readonly arrival_ms: number;
  readonly headers_ms: number | null;
  readonly end_ms: number | null;
  readonly aborted: boolean;
  readonly prompt_tokens: number | null;
  readonly completion_tokens: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly has_authorization: boolean;
  readonly body: Readonly<Record<string, unknown>> | null;
  readonly chunks: readonly { readonly from_ms: number; readonly at_ms: number; readonly kind: string }[];
}

/** A mock in a process of its own: in the test's, its work would show up in what is measured. */
export interface MockProcess {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts `k6-llm-perf mock` on a free port. */
export async function startMockProcess(flags: readonly string[]): Promise<MockProcess> {
  const { child } = startCli(['mock', '--port', '0', ...flags]);
  let said = '';
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', (piece: Buffer) => {
      said += piece.toString();
      const found = /(http:\S+)\/v1\/chat\/completions/.exec(said)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.on('close', (code) => reject(new Error(`the mock ended with ${code}: ${said}`)));
  });
  return {
    url,
    stop: async () => {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}

/** Every request a mock has seen since its last reset, in the order of arrival. */
export async function readTimings(mock: { readonly url: string }): Promise<readonly MockTiming[]> {
  return (await (await fetch(`${mock.url}/__timings`)).json()) as MockTiming[];
}

/** Makes a mock forget what it has seen; its next request is its first again. */
export async function resetMock(mock: { readonly url: string }): Promise<void> {
  await (await fetch(`${mock.url}/__reset`, { method: 'POST' })).text();
}

/** Resolves when a mock has seen that many requests since its last reset. */
export async function requestsSeen(mock: { readonly url: string }, count: number): Promise<void> {
  while ((await readTimings(mock)).length < count);
}
