import { describe, expect, it } from 'vitest';
import { nameOfLine, parseSample } from './parse-metrics.ts';

const read = (line: string) => {
  const sample = parseSample(line);
  return sample === null ? null : [sample.name, Object.fromEntries(sample.labels), sample.value];
};

/** Examples of prometheus.io/docs/instrumenting/exposition_formats and of the OpenMetrics specification, with its exemplars. */
describe('a line of a page of metrics', () => {
  it.each([
    [
      'http_requests_total{method="post",code="200"} 1027 1395066363000',
      ['http_requests_total', { method: 'post', code: '200' }, 1027],
    ],
    ['metric_without_timestamp_and_labels 12.47', ['metric_without_timestamp_and_labels', {}, 12.47]],
    [
      'something_weird{problem="division by zero"} +Inf -3982045',
      ['something_weird', { problem: 'division by zero' }, Number.POSITIVE_INFINITY],
    ],
    ['x -Inf', ['x', {}, Number.NEGATIVE_INFINITY]],
    ['x NaN', ['x', {}, Number.NaN]],
    ['x nan', ['x', {}, Number.NaN]],
    ['x\t1.5e-3', ['x', {}, 0.0015]],
    ['x{} 1', ['x', {}, 1]],
    ['x { a = "b" , c="d", } 1', ['x', { a: 'b', c: 'd' }, 1]],
    [
      'msdos_file_access_time_seconds{path="C:\\\\DIR\\\\FILE.TXT",error="Cannot find file:\\n\\"FILE.TXT\\""} 1.458255915e9',
      [
        'msdos_file_access_time_seconds',
        { path: 'C:\\DIR\\FILE.TXT', error: 'Cannot find file:\n"FILE.TXT"' },
        1458255915,
      ],
    ],
    ['foo_bucket{le="0.1"} 8 # {} 0.054', ['foo_bucket', { le: '0.1' }, 8]],
    ['foo_bucket{le="1"} 11 # {trace_id="KOO5S4vxi0o"} 0.67 1520879607.789', ['foo_bucket', { le: '1' }, 11]],
    ['a{b="} 7"} 3', ['a', { b: '} 7' }, 3]],
    ['{"a.b",c="d"} 4', ['a.b', { c: 'd' }, 4]],
    ['{"a.b"} 4', ['a.b', {}, 4]],
    ['x{a="\u{1F600}"} 2', ['x', { a: '\u{1F600}' }, 2]],
  ])('%s', (line, expected) => {
    expect(read(line)).toEqual(expected);
  });

  it.each([
    '',
    '# HELP x y',
    '# EOF',
    'x',
    'x{',
    'x{a="b} 1',
    'x{a=b} 1',
    'x{a="b"}1',
    '1x 2',
    'x one',
    'x 1,5',
    'x{a="b"',
  ])('is none: %j', (line) => {
    expect(parseSample(line)).toBeNull();
  });

  it('has its name read without the rest', () => {
    expect(
      ['vllm:x{a="b"} 1', 'x 1', 'x\t1 2', 'x\t1', '# TYPE x gauge', '', '{"a.b",c="d"} 4', '{"', 'x'].map(nameOfLine),
    ).toEqual(['vllm:x', 'x', 'x', 'x', '', '', 'a.b', '', '']);
  });
});
