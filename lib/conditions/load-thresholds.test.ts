import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadThresholds } from './load-thresholds.ts';
import { PROFILES } from './profiles.ts';

const noFile = {
  readText: (path: string): string => {
    throw new Error(`no file ${path}`);
  },
};

function load(thresholds: unknown) {
  return loadThresholds('gate.json', { readText: () => JSON.stringify(thresholds) });
}

const GUARD = { llm_requests_completed: ['count>0'] };

describe('the profiles that come with the project', () => {
  it.each(Object.keys(PROFILES))('%s is right, guards itself and says where its numbers come from', (name) => {
    const loaded = loadThresholds(name, noFile);
    expect(loaded.problems).toEqual([]);
    expect(loaded.notes).toEqual([]);
    expect(loaded.thresholds['llm_requests_completed']).toContain('count>0');
    expect(PROFILES[name]).toMatchObject({ about: expect.stringMatching(/./), source: expect.stringMatching(/./) });
    const file = readFileSync(new URL(`../../thresholds/${name}.json`, import.meta.url), 'utf8');
    expect(JSON.parse(file)).toEqual(PROFILES[name]);
  });
});

describe('loadThresholds', () => {
  it('takes a plain k6 object and one in the form of our profiles', () => {
    const thresholds = { llm_ttft: ['p(95)<500'], ...GUARD };
    expect(load(thresholds).thresholds).toEqual(thresholds);
    expect(load({ about: 'x', source: 'y', thresholds }).thresholds).toEqual(thresholds);
  });

  it('has none where none are asked for', () => {
    expect(loadThresholds(null, noFile)).toEqual({ thresholds: {}, gates: [], problems: [], notes: [] });
  });

  it('keeps the options of k6, and writes a delay in milliseconds with its unit', () => {
    const object = { threshold: 'rate<0.5', abortOnFail: true, delayAbortEval: '1m30s' };
    expect(load({ llm_request_failed: [object], ...GUARD }).thresholds['llm_request_failed']).toEqual([object]);
    const bare = load({ llm_request_failed: [{ ...object, delayAbortEval: 5000 }], ...GUARD });
    expect(bare.thresholds['llm_request_failed']).toEqual([{ ...object, delayAbortEval: '5000ms' }]);
  });

  it('puts into the words of k6 what it does not know itself', () => {
    const object = { threshold: 'mean<5', abortOnFail: true };
    expect(load({ llm_ttft: ['p95<200', 'max<0.5s', object, ' p(99) < 5'], ...GUARD }).thresholds['llm_ttft']).toEqual([
      'p(95)<200',
      'max<500',
      { threshold: 'avg<5', abortOnFail: true },
      ' p(99) < 5',
    ]);
    const others = { http_req_duration: ['med<1s'], 'llm_request_failed{model:a}': ['rate<1%'], ...GUARD };
    expect(load(others).thresholds).toMatchObject({
      http_req_duration: ['p(50)<1000'],
      'llm_request_failed{model:a}': ['rate<0.01'],
    });
  });

  it('keeps an empty list, which makes k6 show a sub-metric without judging it', () => {
    expect(load({ 'llm_ttft{model:a}': [], llm_tpot: null, ...GUARD }).thresholds).toEqual({
      'llm_ttft{model:a}': [],
      llm_tpot: [],
      ...GUARD,
    });
  });

  it('adds a guard where a run without any answer would pass, and says so', () => {
    const loaded = load({ llm_ttft: ['p(95)<500'] });
    expect(loaded.thresholds).toEqual({ llm_ttft: ['p(95)<500'], ...GUARD });
    expect(loaded.notes).toEqual([
      'gate.json: added llm_requests_completed count>0: without it a run of nothing passes',
    ]);
  });

  it('keeps what is there beside the guard', () => {
    expect(load({ llm_requests_completed: ['count<100'] }).thresholds).toEqual({
      llm_requests_completed: ['count<100', 'count>0'],
    });
  });

  it.each([['count>0'], ['count>=15'], ['count==15'], ['rate>0.5']])('takes %s for a guard', (expression) => {
    expect(load({ llm_requests_completed: [expression] }).notes).toEqual([]);
  });

  it('notes tags that no sample has', () => {
    expect(load({ 'llm_ttft{nosuch:1,model:a}': ['p(99)<1'], ...GUARD }).notes).toEqual([
      'gate.json: no sample of ours has a tag nosuch; without samples "llm_ttft{nosuch:1,model:a}" judges nothing',
    ]);
  });

  it.each([
    ['a text instead of an array', { llm_ttft: 'p(95)<200' }, '"llm_ttft": ["p(95)<200"]'],
    ['an unknown metric', { llm_tft: ['p(95)<200'] }, '"llm_ttft": ["p(95)<200"]'],
    ['an unknown metric with tags', { 'lm_itl{model:a}': ['med<9'] }, '"llm_itl{model:a}": ["med<9"]'],
    ['a name of every object', { toString: ['p(95)<200'] }, '"llm_ttft": ["p(95)<200"]'],
    ['a unit of something else', { llm_output_tokens: ['avg<200ms'] }, '"llm_output_tokens": ["p(95)<500"]'],
    ['a percentile above 100', { llm_ttft: ['p(101)<200'] }, '"llm_ttft": ["p(95)<500"]'],
    ['a method of another type', { llm_ttft: ['count>1'] }, '"llm_ttft": ["p(95)<500"]'],
    ['two expressions in one', { llm_ttft: ['avg<50 || avg>9'] }, '"llm_ttft": ["p(95)<500"]'],
    ['a percentile of a rate', { llm_request_failed: ['p(95)<1'] }, '"llm_request_failed": ["rate<0.01"]'],
    ['a comma in a tag value', { 'llm_ttft{url:a,b}': ['avg<1'] }, '"llm_ttft{model:qwen2.5}": ["avg<1"]'],
    ['a tag without value', { 'llm_ttft{group:}': ['avg<1'] }, '"llm_ttft{model:qwen2.5}": ["avg<1"]'],
    ['a number', { llm_ttft: [5] }, '"threshold": "p(95)<500"'],
    ['a mistyped option', { llm_ttft: [{ threshold: 'avg<1', abortOnFial: true }] }, '"abortOnFail": true'],
    ['a delay without unit', { llm_ttft: [{ threshold: 'avg<1', delayAbortEval: '10' }] }, '"delayAbortEval": "10s"'],
  ])('refuses %s with a line to paste', (_, thresholds, paste) => {
    const { problems, thresholds: loaded } = load(thresholds);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.paste).toContain(paste);
    expect(problems[0]?.key).toContain('gate.json');
    expect(loaded).toEqual({});
  });

  it('offers lines that are right themselves', () => {
    const { problems } = load({ llm_tft: 'p95<1', vus: 'max<3', iterations: ['p(1)<2'], llm_ttft: ['x'] });
    expect(problems).toHaveLength(4);
    for (const { paste } of problems) expect(load(JSON.parse(`{${paste}}`)).problems).toEqual([]);
  });

  it('lists every problem at once', () => {
    const { problems } = load({ llm_ttft: ['q95<200', 'avg<1', 'p(101)<1'], nope: ['avg<1'], llm_itl: 'avg<1' });
    expect(problems.map(({ got }) => got)).toEqual(['"q95<200"', '"p(101)<1"', '"nope"', '"avg<1"']);
  });

  it('offers a profile where there is neither profile nor file', () => {
    const { problems } = loadThresholds('interactive-chta', noFile);
    expect(problems).toEqual([
      {
        key: 'THRESHOLDS (--thresholds)',
        got: '"interactive-chta": no profile of that name, and no file that can be read',
        allowed: 'interactive-chat, batch, smoke, or the path of a JSON file',
        paste: '--thresholds interactive-chat',
      },
    ]);
    expect(loadThresholds('x/y', noFile, 'env').problems[0]?.paste).toBe('-e THRESHOLDS=interactive-chat');
  });

  it.each(['{', '[]', '"p(95)<1"', 'null'])('refuses a file that holds %s', (text) => {
    expect(loadThresholds('gate.json', { readText: () => text }).problems).toHaveLength(1);
  });

  it('tolerates a byte order mark', () => {
    expect(loadThresholds('g', { readText: () => `\uFEFF${JSON.stringify(GUARD)}` }).thresholds).toEqual(GUARD);
  });

  it('takes gates beside thresholds, or alone, which need no guard', () => {
    const both = load({ thresholds: GUARD, gates: ['success_rate>=0.99'] });
    expect(both).toMatchObject({ thresholds: GUARD, problems: [], notes: [] });
    expect(both.gates.map(({ source }) => source)).toEqual(['success_rate>=0.99']);
    const alone = load({ about: 'x', gates: ['p99(ttft)<500'] });
    expect(alone).toMatchObject({ thresholds: {}, problems: [], notes: [] });
    expect(alone.gates).toHaveLength(1);
  });

  it('lists the problems of thresholds and gates together, each with a line to paste', () => {
    const { problems, gates } = load({ thresholds: { llm_ttft: ['count<1'] }, gates: ['ttft<500', 'p99(ttft)<500'] });
    expect(gates).toEqual([]);
    expect(problems.map(({ key, paste }) => [key, paste])).toEqual([
      ['gate.json, llm_ttft', '"llm_ttft": ["p(95)<500"]'],
      ['gate.json, gates', '"gates": ["p99(ttft)<500"]'],
    ]);
    expect(load({ gates: 'p99(ttft)<500' }).problems[0]).toMatchObject({
      allowed: 'an array of gates, even for a single one',
      paste: '"gates": ["p99(ttft)<500"]',
    });
    expect(load({ thresholds: [], gates: ['p99(ttft)<500'] }).problems).not.toEqual([]);
  });
});

describe('a line to paste', () => {
  it.each([
    ['llm_requests{}', ['p(95)<500']],
    ['llm_ttft}', ['p(95)<500']],
    ['vuz{', null],
    ['tpot{a', ['count>0']],
    ['llm_ttft{model:"a"}', 'p(95)<500'],
    ['llm_ttft{model:"a"}', [{ threshold: 1 }]],
    [`llm_ttft{model:${'x'.repeat(10_000)}}`, ['count>0']],
  ])('is right itself, and short, for %s', (selector, list) => {
    const [problem] = load({ [selector]: list }).problems;
    expect(load(JSON.parse(`{${problem?.paste}}`)).problems).toEqual([]);
    expect(problem?.paste.length).toBeLessThan(200);
  });
});
