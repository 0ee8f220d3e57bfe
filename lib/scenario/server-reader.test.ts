import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createServerReader, type ServerPage } from './server-reader.ts';

beforeEach(() => vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => vi.useRealTimers());

it('leaves a page alone that hangs twice in a row, and goes on with the others', async () => {
  const asked: string[] = [];
  const written: Readonly<Record<string, unknown>>[] = [];
  const get = async ({ url }: { readonly url: string }): Promise<ServerPage> => {
    asked.push(url);
    const looks = asked.filter((other) => other === url).length;
    const isLate = url === 'http://a/hang' || (url === 'http://a/once' && looks === 3);
    if (!isLate) return { text: 'vllm:num_requests_running 1\n', error: null };
    await new Promise((resolve) => setTimeout(resolve, 2000));
    return { text: '', error: 'request timeout' };
  };
  const serverMetrics = ['http://a/hang', 'http://a/once', 'http://a/good'];
  const look = createServerReader({ serverMetrics, serverMetricNames: [], gpuMetrics: [] }, 'run', get, (line) => {
    written.push(line);
  });
  for (let i = 0; i < 5; i++) {
    const looking = look();
    await vi.advanceTimersByTimeAsync(2000);
    await looking;
  }
  const times = (url: string): number => asked.filter((other) => other === url).length;
  expect([times('http://a/hang'), times('http://a/once'), times('http://a/good')]).toEqual([2, 5, 5]);
  const errors = written.filter(({ error }) => error !== undefined).map(({ url, error }) => [url, error]);
  expect(errors).toEqual([
    ['http://a/hang', 'request timeout'],
    ['http://a/hang', 'request timeout, twice'],
    ['http://a/once', 'request timeout'],
  ]);
});

it('asks a page again that refuses at once', async () => {
  let asked = 0;
  const get = async (): Promise<ServerPage> => {
    asked++;
    return { text: '', error: 'status 503' };
  };
  const settings = { serverMetrics: ['http://a/m'], serverMetricNames: [], gpuMetrics: [] };
  const look = createServerReader(settings, 'run', get, () => undefined);
  for (let i = 0; i < 4; i++) await look();
  expect(asked).toBe(4);
});

it('leaves a page out that was cut, and takes it whole when it comes again', async () => {
  const page = 'vllm:num_requests_running 1\nvllm:num_requests_waiting 12\n';
  const pages = [page, page.slice(0, -2), page];
  const written: Readonly<Record<string, unknown>>[] = [];
  const look = createServerReader(
    { serverMetrics: ['http://a/m'], serverMetricNames: [], gpuMetrics: [] },
    'run',
    async () => ({ text: pages.shift() ?? '', error: null }),
    (line) => written.push(line),
  );
  for (let i = 0; i < 3; i++) await look();
  const shared = { v: 2, run_id: 'run', at: '1970-01-01T00:16:40.000Z', url: 'http://a/m' };
  const whole = { ...shared, lines: page.trimEnd().split('\n'), whole: true };
  expect(written).toEqual([whole, { ...shared, error: 'a page that was cut' }, whole]);
});

it('tells pages apart whose addresses differ in what is masked alone, and reads one that is named twice once', async () => {
  const asked: string[] = [];
  const written: Readonly<Record<string, unknown>>[] = [];
  const pages = ['a', 'b', 'a', 'c'].map((token) => `http://a/m?token=${token}`);
  const look = createServerReader(
    { serverMetrics: pages, serverMetricNames: [], gpuMetrics: [] },
    'run',
    async ({ url }) => {
      asked.push(url);
      return { text: '', error: 'status 503' };
    },
    (line) => written.push(line),
  );
  await look();
  expect(asked).toEqual(['a', 'b', 'c'].map((token) => `http://a/m?token=${token}`));
  expect(written.map(({ url }) => url)).toEqual([
    'http://a/m?token=**********',
    'http://a/m?token=**********#2',
    'http://a/m?token=**********#3',
  ]);
});
