import { describe, expect, it } from 'vitest';
import { createChangedLines } from './changed-lines.ts';
import { parseServerReading, serverReadingContent } from './server-reading.ts';

const page = (...lines: readonly string[]): string => `${lines.join('\n')}\n`;
const running = (engine: number, value: number): string => `vllm:num_requests_running{engine="${engine}"} ${value}`;
const bucket = (count: number): string => `vllm:time_to_first_token_seconds_bucket{le="1"} ${count}`;

describe('the lines of a look', () => {
  it('are the known ones that changed, and those of histograms once', () => {
    const { changed } = createChangedLines([]);
    const look = (n: number, count: number) =>
      page('# HELP x', 'process_open_fds 4', `vllm:num_requests_running ${n}\r`, bucket(count));
    const [line, first] = ['vllm:num_requests_running 1', bucket(7)];
    expect(changed(look(1, 7))).toEqual({ lines: [first, line], whole: true });
    expect(changed(look(2, 7))).toEqual({ lines: ['vllm:num_requests_running 2'] });
    expect(changed(look(2, 8))).toEqual({ lines: [] });
    expect(changed('')).toEqual({ lines: [], whole: true });
    // Behind a look that failed all is new.
    expect(changed(look(1, 7))).toEqual({ lines: [first, line], whole: true });
  });

  it('are all that every look keeps where series come, go, or move', () => {
    const { changed } = createChangedLines([]);
    const [a, b] = [running(0, 4), running(1, 6)];
    expect(changed(page(a, b, bucket(1)))).toEqual({ lines: [bucket(1), a, b], whole: true });
    expect(changed(page(a, bucket(2)))).toEqual({ lines: [a], whole: true });
    expect(changed(page(a, bucket(2)))).toEqual({ lines: [] });
    expect(changed(page(running(2, 4)))).toEqual({ lines: [running(2, 4)], whole: true });
    expect(changed(page('x 1'))).toEqual({ lines: [], whole: true });
    expect(changed(page(a, b))).toEqual({ lines: [a, b], whole: true });
    expect(changed(page(b, a))).toEqual({ lines: [b, a], whole: true });
  });

  it('are those that are asked for by name, of families that nobody knows and of histograms', () => {
    const look = (n: number) =>
      page(
        ...[
          '# TYPE mine gauge',
          `mine{a="b c"} ${n}`,
          '# TYPE other gauge',
          `other ${n}`,
          '# TYPE my_seconds histogram',
        ],
        ...[
          `my_seconds_bucket{le="+Inf"} ${n}`,
          `my_seconds_count ${n}`,
          `my_seconds_sum ${n}`,
          '# TYPE z gauge',
          'z 1',
        ],
      );
    const { changed } = createChangedLines(['mine', 'my_seconds_count']);
    const kept = (n: number) => [`mine{a="b c"} ${n}`, `my_seconds_count ${n}`];
    expect(changed(look(1))).toEqual({ lines: kept(1), whole: true });
    expect(changed(look(2))).toEqual({ lines: kept(2) });
    expect(createChangedLines(['fans']).changed(page('# TYPE fans counter', 'fans_total 2'))).toMatchObject({
      lines: ['fans_total 2'],
    });
  });

  it('are found behind a type that is not theirs, which they lack themselves', () => {
    const look = page('# TYPE x gauge', 'x 1', running(0, 4), '', '#vllm:num_requests_waiting 9', running(1, 6));
    expect(createChangedLines([]).changed(look).error).toBeUndefined();
    expect(createChangedLines([]).changed(look)).toMatchObject({ lines: [running(0, 4), running(1, 6)] });
    // A comment, a blank name, and a mark of the order of bytes.
    const odd = page(
      '\uFEFF# TYPE x gauge',
      '# TYPE',
      '#',
      `${running(0, 4)}`,
      '# TYPE  y',
      '{"vllm:num_requests_waiting"} 2',
    );
    expect(createChangedLines([]).changed(odd)).toMatchObject({
      lines: [running(0, 4), '{"vllm:num_requests_waiting"} 2'],
    });
  });

  it('are none of a page that was cut: within a line, or without its mark of the end', () => {
    const cut = { error: 'a page that was cut' };
    const { changed } = createChangedLines([]);
    const whole = page(running(0, 4), running(1, 16));
    expect(changed(whole)).toEqual({ lines: [running(0, 4), running(1, 16)], whole: true });
    expect(changed(whole.slice(0, -2))).toEqual(cut);
    expect(changed(whole)).toEqual({ lines: [running(0, 4), running(1, 16)], whole: true });
    expect(changed(whole.slice(0, -20))).toEqual(cut);
    expect(changed(whole)).toEqual({ lines: [running(0, 4), running(1, 16)], whole: true });
    // The mark may lack its line end, as OpenMetrics has it.
    const { changed: marked } = createChangedLines([]);
    expect(marked(`${whole}# EOF`)).toMatchObject({ whole: true });
    expect(marked(`${whole}# EOF\n`)).toEqual({ lines: [] });
    expect(marked(page(running(0, 4)))).toEqual(cut);
    // Some exporters end no page with a line end.
    const { changed: bare } = createChangedLines([]);
    expect(bare(running(0, 3))).toEqual({ lines: [running(0, 3)], whole: true });
    expect(bare(running(0, 4))).toEqual({ lines: [running(0, 4)] });
    // What is no page of metrics was not cut.
    expect(createChangedLines([]).changed('<html><body>Sign in</body></html>')).toEqual({ lines: [] });
  });

  it('read back as they were', () => {
    const back = (news: Parameters<typeof serverReadingContent>[2]) =>
      parseServerReading(JSON.parse(JSON.stringify(serverReadingContent(1500, 'http://a/metrics', news))));
    const shared = { at_ms: 1500, url: 'http://a/metrics' };
    expect(back({ lines: ['x 1'] })).toEqual({ ...shared, lines: ['x 1'], error: null });
    expect(back({ lines: [], whole: true })).toEqual({ ...shared, lines: [], isWhole: true, error: null });
    expect(back({ error: 'status 404' })).toEqual({ ...shared, lines: [], error: 'status 404' });
    expect([{}, null, [], { at: 'x', url: 'y' }, { at: '2026-01-01T00:00:00Z' }].map(parseServerReading)).toEqual([
      null,
      null,
      null,
      null,
      null,
    ]);
  });

  it('are those of a family without a comment, behind one whose name theirs begins with', () => {
    const { changed } = createChangedLines([]);
    const look = page('# TYPE vllm:num gauge', 'vllm:num 1', running(0, 2));
    expect(changed(look)).toEqual({ lines: [running(0, 2)], whole: true });
  });
});
