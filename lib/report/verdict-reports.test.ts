import { describe, expect, it } from 'vitest';
import { QUICK_START_SUMMARY } from '../../tests/fixtures/example-summary.ts';
import type { GateResult } from '../verdict/judge-gates.ts';
import type { ThresholdResult } from '../verdict/threshold-result.ts';
import { listChecks, passes, type RunVerdict } from './text/check-list.ts';
import { renderGithubAnnotations } from './text/github-annotations.ts';
import { renderJunit } from './text/junit.ts';
import { renderMarkdownSummary } from './text/markdown-summary.ts';
import { renderReport } from './text/render-report.ts';
import { renderEnding } from './text/run-ending.ts';

const passed: ThresholdResult = {
  metric: 'llm_ttft',
  expression: 'p(95)<500',
  ok: true,
  value: 46.3,
  limit: 500,
  margin: 453.7,
  judged_on: 'records',
};
const unknown: ThresholdResult = { metric: 'http_reqs', expression: 'count>0', ok: true, judged_on: 'engine' };
const gate = (changes: Partial<GateResult> = {}): GateResult => ({
  gate: 'p99(ttft)<40',
  unit: 'ms',
  value: 46.3,
  operator: '<',
  limit: 40,
  margin: -6.3,
  ok: false,
  note: null,
  ...changes,
});
const share = gate({
  gate: 'goodput(ttft<500, tpot<50)>=0.95',
  unit: 'share',
  value: 0.99,
  operator: '>=',
  limit: 0.95,
  margin: 0.04,
  ok: true,
});
const infinite = gate({
  gate: 'adjusted_p99(latency)<9',
  value: null,
  margin: null,
  note: 'infinite: failed requests take for ever',
});

const VERDICT: RunVerdict = {
  thresholds: [passed, unknown],
  gates: [gate(), share, infinite],
  validity: { verdict: 'SUSPECT', reasons: ['the client was late; look: 3, 4'] },
  requireValid: false,
  nothing: null,
};
const NOTHING: RunVerdict = {
  thresholds: [],
  gates: [],
  validity: { verdict: 'VALID', reasons: [] },
  requireValid: false,
  nothing: null,
};
const CONTEXT = { ...VERDICT, model: 'qwen2.5', summary: QUICK_START_SUMMARY };

describe('listChecks and passes', () => {
  it('fail with one condition, and pass without any', () => {
    expect(passes(VERDICT)).toBe(false);
    expect(passes({ ...VERDICT, gates: [share] })).toBe(true);
    expect(passes(NOTHING)).toBe(true);
  });

  it('look at the measurement only when asked to, and let SUSPECT pass', () => {
    const invalid: RunVerdict = { ...NOTHING, validity: { verdict: 'INVALID', reasons: ['CPU'] } };
    expect(passes(invalid)).toBe(true);
    expect(passes({ ...invalid, requireValid: true })).toBe(false);
    expect(passes({ ...NOTHING, validity: { verdict: 'SUSPECT', reasons: [] }, requireValid: true })).toBe(true);
    expect(listChecks({ ...invalid, requireValid: true })).toEqual([
      { group: 'measurement', name: '--require-valid (VALID or SUSPECT)', state: 'crossed', detail: 'INVALID; CPU' },
    ]);
  });
});

describe('the tables in a terminal', () => {
  it('list thresholds and gates with value and distance from the limit', () => {
    const text = renderReport(QUICK_START_SUMMARY, { dbPath: null, notes: [], ...VERDICT }, { tables: 'all' });
    expect(text).toContain(
      [
        'Thresholds: 2 passed, 0 crossed',
        '  passed   llm_ttft: p(95)<500 (46.3, 453.7 to spare)',
        '  passed   http_reqs: count>0',
        '',
        'Gates: 1 passed, 2 crossed',
        '  crossed  p99(ttft)<40 (46.3 ms, 6.3 ms beyond the limit)',
        '  passed   goodput(ttft<500, tpot<50)>=0.95 (99 %, 4 % to spare)',
        '  crossed  adjusted_p99(latency)<9 (infinite: failed requests take for ever)',
        '',
      ].join('\n'),
    );
  });
});

describe('renderJunit', () => {
  it('has a suite for each kind of condition and a case for each condition', () => {
    expect(renderJunit(CONTEXT)).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="k6-llm-perf" tests="5" failures="2" errors="0" time="10.739">
  <testsuite name="thresholds" tests="2" failures="0" errors="0" skipped="0" time="10.739">
    <testcase classname="qwen2.5.thresholds" name="llm_ttft: p(95)&lt;500" time="0">
      <system-out>46.3, 453.7 to spare</system-out>
    </testcase>
    <testcase classname="qwen2.5.thresholds" name="http_reqs: count&gt;0" time="0"/>
  </testsuite>
  <testsuite name="gates" tests="3" failures="2" errors="0" skipped="0" time="10.739">
    <testcase classname="qwen2.5.gates" name="p99(ttft)&lt;40" time="0">
      <failure type="crossed" message="46.3 ms, 6.3 ms beyond the limit">p99(ttft)&lt;40: 46.3 ms, 6.3 ms beyond the limit</failure>
    </testcase>
    <testcase classname="qwen2.5.gates" name="goodput(ttft&lt;500, tpot&lt;50)&gt;=0.95" time="0">
      <system-out>99 %, 4 % to spare</system-out>
    </testcase>
    <testcase classname="qwen2.5.gates" name="adjusted_p99(latency)&lt;9" time="0">
      <failure type="crossed" message="infinite: failed requests take for ever">adjusted_p99(latency)&lt;9: infinite: failed requests take for ever</failure>
    </testcase>
  </testsuite>
</testsuites>
`);
  });

  it('is whole without conditions, and whatever a name holds', () => {
    expect(renderJunit({ ...CONTEXT, ...NOTHING })).toContain('tests="0" failures="0"');
    const text = renderJunit({
      ...CONTEXT,
      model: 'a"b<c>&\u0001\ud800',
      thresholds: [],
      gates: [gate({ gate: 'x\n"y"' })],
    });
    expect(text).toContain('classname="a&quot;b&lt;c&gt;&amp;??.gates" name="x&#10;&quot;y&quot;"');
  });
});

describe('renderGithubAnnotations', () => {
  it('has an error for each crossed condition, and a warning for a doubtful measurement', () => {
    expect(renderGithubAnnotations(VERDICT)).toEqual([
      '::error title=Gate crossed::p99(ttft)<40 (46.3 ms, 6.3 ms beyond the limit)',
      '::error title=Gate crossed::adjusted_p99(latency)<9 (infinite: failed requests take for ever)',
      '::warning title=Measurement SUSPECT::the client was late; look: 3, 4',
    ]);
    expect(renderGithubAnnotations(NOTHING)).toEqual([]);
  });

  it('lets no text out of its line', () => {
    const crossed = { ...unknown, metric: 'a\r\n::error::b%25 ##[group]', ok: false };
    expect(renderGithubAnnotations({ ...NOTHING, thresholds: [crossed] })).toEqual([
      '::error title=Threshold crossed::a\\r\\n:\\:error::b%2525 ##\\[group]: count>0',
    ]);
  });

  it('shows no more than GitHub does, and says so', () => {
    const many = Array.from({ length: 12 }, (_, i) => gate({ gate: `gate ${i}` }));
    const lines = renderGithubAnnotations({ ...NOTHING, gates: many });
    expect(lines).toHaveLength(10);
    expect(lines.at(-1)).toBe('::error title=Crossed::and 3 more, see the report');
  });
});

describe('renderMarkdownSummary', () => {
  it('does not round a failed request away', () => {
    // 2,999 of 3,000 are 99.967 %, which one digit would make 100.0 %.
    const counts = { total_requests: 3000, completed_requests: 2999, failed_requests: 1, cancelled_requests: 0 };
    const summary = { ...QUICK_START_SUMMARY, ...counts, percentiles: [] };
    expect(renderMarkdownSummary({ ...CONTEXT, summary, examples: new Map() })).toContain('2999 (99.97 %)');
  });

  it('tells the verdict, the headline numbers, the conditions and the failures', async () => {
    const summary = {
      ...QUICK_START_SUMMARY,
      total_requests: 17,
      failed_requests: 2,
      failures: { ...QUICK_START_SUMMARY.failures, 'rate-limited': 2 },
    };
    const examples = new Map([['rate-limited', 'HTTP 429; slow down | <b>now</b> @team [x](http://evil)']] as const);
    await expect(renderMarkdownSummary({ ...CONTEXT, summary, examples })).toMatchFileSnapshot('__golden__/summary.md');
  });

  it('lets no text of a server or a name be markup', () => {
    const text = renderMarkdownSummary({
      ...CONTEXT,
      ...NOTHING,
      model: '<img src=x> | `a` ![b](c) \u001b[31m',
      examples: new Map(),
    });
    const heading = text.split('\n')[0] ?? '';
    expect(heading).toBe('## Load test of &lt;img src=x&gt; \\| \\`a\\` \\!\\[b\\]\\(c\\) \\\\u001b\\[31m');
  });

  it('counts conditions without the measurement, which --require-valid takes while it is SUSPECT', () => {
    const titleOf = (verdict: RunVerdict): string =>
      renderMarkdownSummary({ ...CONTEXT, ...verdict, examples: new Map() }).split('\n')[0] ?? '';
    const required = { ...VERDICT, requireValid: true };
    expect(titleOf(required)).toBe('## Load test of qwen2.5: 2 of 5 crossed');
    const passing = { ...required, thresholds: [], gates: [share] };
    expect(titleOf(passing)).toBe('## Load test of qwen2.5: passed');
    expect(renderEnding({ summary: QUICK_START_SUMMARY, verdict: passing, page: 'p' })).toContain(
      'Verdict   1 of 1 passed; measurement SUSPECT: the client was late; look: 3, 4\n',
    );
    const invalid = { ...passing, validity: { verdict: 'INVALID', reasons: ['CPU'] } } as const;
    expect(titleOf(invalid)).toBe('## Load test of qwen2.5: the measurement is INVALID');
    expect(renderEnding({ summary: QUICK_START_SUMMARY, verdict: invalid, page: 'p' })).toContain(
      'measurement INVALID (--require-valid): CPU\n',
    );
    expect(renderMarkdownSummary({ ...CONTEXT, ...invalid, examples: new Map() })).toContain(
      '| ❌ | `--require-valid (VALID or SUSPECT)` | INVALID; CPU |',
    );
  });

  it('has the tables that flags asked for, with what belongs below them', () => {
    const slices = { title: 'By stage', headers: ['Stage', 'Reqs'], rows: [['1', '12|3']], line: 'By start.' };
    const text = renderMarkdownSummary({ ...CONTEXT, ...NOTHING, examples: new Map(), tables: [slices] });
    expect(text).toContain('\n\nBy stage:\n\n| Stage | Reqs |\n| --- | --- |\n| 1 | 12\\|3 |\n\nBy start.\n\n');
  });

  it('has no value where there is none', () => {
    const summary = { ...QUICK_START_SUMMARY, total_requests: 0, completed_requests: 0, ttft_avg_ms: null };
    const text = renderMarkdownSummary({ ...CONTEXT, ...NOTHING, summary, examples: new Map() });
    expect(text).toContain('| 0 | 0 (–) |');
    expect(text).toContain('| TTFT | – |');
  });
});
