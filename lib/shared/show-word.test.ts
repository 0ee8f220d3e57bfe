import { describe, expect, it } from 'vitest';
import { isHarmless, showPath, showValue } from './show-word.ts';

/** Made here in pieces, so that no scanner of this repository takes them for real ones. */
const KEYS = [
  ['sk', 'Zq7xVb93LmN0pRtW'].join('-'),
  ['sk', 'proj', 'abcdefghijklmnop'].join('-'),
  ['hf', 'AbCdEfGhIjKlMnOpQrStUvWx'].join('_'),
  'Hn5Yc-81kQwEa_27',
  '3f2a9c1e7b5d4860',
  '0123456789abcdef0123456789abcdef',
  '5a1e0c1e-7d3b-4a55-9d1c-0a8e7f6b5c4d',
  'Bearer Zq7xVb93LmN0pRtW',
  'Authorization=Bearer abc',
  'x-api-key: something',
  'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln',
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcd',
  'a9B8c7D6e5',
  'http://me:hunter2@gpu/v1',
  'me:hunter2@gpu/v1',
  'http://hunter2@gpu/v1',
  'http://gpu/v1?key=abc123',
];

describe('isHarmless', () => {
  it.each(KEYS)('holds %s for a key', (key) => {
    expect(isHarmless(key)).toBe(false);
    expect(showValue(key)).toMatch(/^a (word|text) of \d+ characters, which is not shown$/);
    expect(showPath(key)).not.toContain(key.slice(3, 9));
    expect(showPath(`outputs/${key}`)).not.toContain(key.slice(-6));
  });

  it.each([
    ...['qwen2.5', 'llama3.1:8b', 'gpt-4o-mini', 'gpt-oss-20b', 'interactive-chat', 'fast', '10', '1e3'],
    ...['-1.5', '10 minutes', '5min', 'p99(ttft)<500', 'goodput(ttft<500, tpot<50)>=0.95', 'line_by_line', '0', ''],
    ...['http_req_duration', 'avg<1000', 'success_rate>=0.99', '20261126_120000', 'parallel_4_number_40', '1,000'],
    ...['http://gpu:80/v1/models/claude@2024?api-version=1', 'http://@gpu/v1?key='],
  ])('shows %j', (word) => {
    expect(showValue(word)).toBe(JSON.stringify(word));
  });
});

describe('showPath', () => {
  it.each([
    'prompts.jsonl',
    './outputs/20261126_120000/qwen2.5',
    '/home/ann/llm-AbC1d2/key.txt',
    'C:\\data\\set.csv',
    'missing',
  ])('shows %j', (path) => {
    expect(showPath(path)).toBe(JSON.stringify(path));
  });

  it('masks the part that is like a key', () => {
    expect(showPath('/home/me/runs/0123456789abcdef0123/samples.json')).toBe('"/home/me/runs/**********/samples.json"');
  });
});
