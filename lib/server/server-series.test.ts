import { describe, expect, it } from 'vitest';
import { describeServerNotes } from '../report/tables/server-table.ts';
import { reconcile } from './reconcile.ts';
import type { ServerReading } from './server-reading.ts';
import { buildServerSeries } from './server-series.ts';
import { summarizeServer } from './summarize-server.ts';

const look = (seconds: number, lines: readonly string[], url = 'http://a/metrics', reader = 0): ServerReading => ({
  ...{ at_ms: seconds * 1000, url, lines, error: null, reader },
});
const down = (seconds: number): ServerReading => ({ ...look(seconds, []), error: 'ECONNREFUSED' });
const summarize = (readings: readonly ServerReading[], to = 10) =>
  summarizeServer(buildServerSeries(readings), { fromMs: 0, toMs: to * 1000 });
const notesOf = (readings: readonly ServerReading[], completed = 10) => {
  const series = buildServerSeries(readings);
  const summary = summarizeServer(series, { fromMs: 0, toMs: 10_000 });
  if (summary === null) throw new Error('no look');
  const client = { completed, uncertain: 0, parts: 1, input_tokens: null, output_tokens: null, ttft_avg_ms: null };
  return describeServerNotes(
    { summary, reconciliation: reconcile(summary, { ...client, choice_input_tokens: null, ttft_error_ms: null }) },
    series,
  );
};
const requests = (count: number) => [`vllm:request_success_total ${count}`];

describe('a server that is started anew', () => {
  const readings = [
    look(0, requests(900)),
    look(3, requests(904)),
    down(4),
    look(5, requests(2)),
    look(10, requests(6)),
  ];

  it('goes on from 0, and is named', () => {
    // 4 before, 6 since; what came between the looks at 3 and 5 s is lost.
    expect(summarize(readings)?.requests).toBe(10);
    expect(notesOf(readings)[1]).toBe(
      'The counts at http://a/metrics fell once and went on from there: a server was restarted. What it had not shown is in no number, and no histogram is taken.',
    );
  });

  it('began anew once, whenever its counts are there again', () => {
    const tokens = (count: number) => `vllm:prompt_tokens_total ${count}`;
    const ttft = (count: number) => `vllm:time_to_first_token_seconds_count ${count}`;
    const restarted = [
      { ...look(0, [...requests(900), tokens(9000), ttft(900)]), isWhole: true },
      look(2, [...requests(904), tokens(9040)]),
      // A client library writes a count with its first value: at 4 s no request is over.
      { ...look(4, [tokens(20)]), isWhole: true },
      { ...look(6, [...requests(3), tokens(30)]), isWhole: true },
      // Histograms are on the first and the last look.
      look(10, [...requests(6), tokens(60), ttft(6)]),
    ];
    expect(summarize(restarted)).toMatchObject({ requests: 10, prompt_tokens: 100, ttft: null });
    expect(notesOf(restarted)[0]).toContain('fell once and went on from there');
    // Twice: from 904, and from 6.
    expect(summarize([...restarted, look(11, [...requests(2), tokens(70)])], 11)?.requests).toBeNull();
  });

  it('is none where a level or another number fell', () => {
    expect(notesOf([look(0, [...requests(0), 'x 9']), look(10, [...requests(10), 'x 1'])])).toEqual([]);
  });
});

describe('several servers behind one page', () => {
  it('have no counts in common: 10 requests are not the 1,060 that the falls would make', () => {
    const readings = [1000, 50, 1004, 56].map((count, index) => look(index * 3, requests(count)));
    const bucket = (count: number) => [`vllm:time_to_first_token_seconds_count ${count}`];
    expect(summarize([...readings, look(10, bucket(8))])).toMatchObject({ requests: null, ttft: null });
    expect(notesOf(readings)).toEqual([
      'The counts at http://a/metrics fell 2 times, as where several servers answer there in turn: no count is taken. Name the page of each, --server-metrics URL,URL.',
    ]);
  });
});

describe('a series that is no longer on its page', () => {
  const engine = (number: number, running: number, kv: number, requests: number) => [
    `vllm:num_requests_running{engine="${number}"} ${running}`,
    `vllm:kv_cache_usage_perc{engine="${number}"} ${kv}`,
    `vllm:request_success_total{engine="${number}"} ${requests}`,
  ];
  const whole = (seconds: number, ...lines: readonly string[]): ServerReading => ({
    ...look(seconds, lines),
    isWhole: true,
  });

  it('has no level from then on, and what it counted stays', () => {
    const readings = [
      whole(0, ...engine(0, 4, 0.25, 10), ...engine(1, 6, 0.75, 20)),
      look(2, ['vllm:request_success_total{engine="1"} 27']),
      whole(4, ...engine(0, 4, 0.25, 12)),
      look(6, []),
      look(8, ['vllm:request_success_total{engine="0"} 15']),
    ];
    // 4 + 6 in two looks and 4 in three; the mean of 0.25 and 0.75 in two, and 0.25 in three. 5 and 7 requests.
    expect(summarize(readings)).toMatchObject({
      running: { mean: expect.closeTo(32 / 5, 9), max: 10 },
      kv_cache_ratio: { mean: expect.closeTo(1.75 / 5, 9), max: 0.5 },
      requests: 12,
    });
    expect(notesOf(readings, 12)).toEqual([]);
  });

  it('goes on when it is there again, from 0 where it is smaller', () => {
    const gone = [whole(0, ...engine(0, 4, 0.25, 10), ...engine(1, 6, 0.75, 20)), whole(2, ...engine(0, 4, 0.25, 10))];
    const back = (requests: number) => [
      ...gone,
      whole(4, ...engine(0, 4, 0.25, 10), ...engine(1, 8, 0.25, requests)),
      look(6, [`vllm:request_success_total{engine="1"} ${requests + 2}`]),
    ];
    expect(summarize(back(23))).toMatchObject({ requests: 5, running: { mean: expect.closeTo(38 / 4, 9), max: 12 } });
    expect(notesOf(back(23), 5)).toEqual([]);
    expect(summarize(back(3))?.requests).toBe(5);
    expect(notesOf(back(3), 5)[0]).toContain('a server was restarted');
  });

  it('leaves no level where none is left, and that of an older name where a server has that', () => {
    const readings = [
      whole(0, 'vllm:kv_cache_usage_perc 0.5', 'vllm:num_requests_running 3'),
      whole(5, 'vllm:gpu_cache_usage_perc 0.25'),
    ];
    const { moments } = buildServerSeries(readings);
    expect(moments.map(({ levels }) => levels)).toEqual([
      { kv_cache_ratio: 0.5, running: 3 },
      { kv_cache_ratio: 0.25 },
    ]);
  });

  it('is so by each of two readers, and histograms are on the looks of nobody but the first and the last', () => {
    const count = (value: number) => `vllm:time_to_first_token_seconds_count ${value}`;
    const [both, one] = [[...engine(0, 4, 0.25, 10), ...engine(1, 6, 0.75, 20)], engine(0, 4, 0.25, 10)];
    const readings: ServerReading[] = [
      { ...whole(0, count(5), ...both), reader: 0 },
      { ...whole(1, count(5), ...both), reader: 1 },
      { ...whole(2, ...one), reader: 1 },
      // Looked before the other was answered, and has nothing new.
      { ...whole(3, ...one), reader: 0 },
      { ...look(4, []), reader: 1 },
      { ...whole(10, count(15), ...one), reader: 0 },
    ];
    const { moments } = buildServerSeries(readings);
    expect(moments.map(({ levels }) => levels.running)).toEqual([10, 10, 4, 4, 4, 4]);
    expect(summarize(readings)).toMatchObject({ requests: 0, ttft: { count: 10 } });
  });

  it('has no value where it was asked for by name', () => {
    const { moments } = buildServerSeries(
      [whole(0, 'fans{a="1"} 2', 'fans{a="2"} 3'), whole(1, 'fans{a="1"} 2')],
      ['fans'],
    );
    expect(moments.map(({ named }) => named['fans'])).toEqual([5, 2]);
  });
});

describe('two readers of a page', () => {
  it('whose answers came in another order than their questions see no server started anew', () => {
    // The second reader asked later, and was answered before the first.
    const readings = [
      look(0, requests(5), 'http://a/metrics', 0),
      look(0.1, requests(5), 'http://a/metrics', 1),
      look(9, requests(15), 'http://a/metrics', 0),
      look(9.1, requests(14), 'http://a/metrics', 1),
      look(10, requests(15), 'http://a/metrics', 1),
    ];
    expect(summarize(readings)?.requests).toBe(10);
    expect(notesOf(readings)).toEqual([]);
  });
});

describe('histograms with unlike buckets', () => {
  it('have percentiles by the edges that all of them have', () => {
    const page = (model: string, counts: Readonly<Record<string, number>>, sum: number) => [
      ...Object.entries(counts).map(
        ([le, count]) => `vllm:time_to_first_token_seconds_bucket{model_name="${model}",le="${le}"} ${count}`,
      ),
      `vllm:time_to_first_token_seconds_sum{model_name="${model}"} ${sum}`,
      `vllm:time_to_first_token_seconds_count{model_name="${model}"} ${counts['+Inf']}`,
    ];
    const before = [
      ...page('a', { '0.1': 0, '0.2': 0, '0.4': 0, '+Inf': 0 }, 0),
      ...page('b', { '0.2': 0, '0.3': 0, '+Inf': 0 }, 0),
    ];
    const after = [
      ...page('a', { '0.1': 30, '0.2': 30, '0.4': 40, '+Inf': 50 }, 5),
      ...page('b', { '0.2': 30, '0.3': 50, '+Inf': 50 }, 5),
    ];
    // 60 of 100 up to 200 ms, evenly: the 50th lies at 50 / 60 of it. No edge above it is in both.
    expect(summarize([look(0, before), look(10, after)])?.ttft).toEqual({
      ...{ count: 100, mean_ms: 100, p50_ms: expect.closeTo((200 * 50) / 60, 9), p99_ms: 200 },
    });
  });
});

describe('a histogram whose buckets are others than before', () => {
  it('has its mean and no percentiles, since nobody knows what was in them', () => {
    const page = (counts: Readonly<Record<string, number>>, sum: number) => [
      ...Object.entries(counts).map(([le, count]) => `vllm:time_to_first_token_seconds_bucket{le="${le}"} ${count}`),
      `vllm:time_to_first_token_seconds_sum ${sum}`,
      `vllm:time_to_first_token_seconds_count ${counts['+Inf']}`,
    ];
    const before = page({ '0.1': 5, '0.2': 5, '+Inf': 5 }, 1);
    const after = page({ '0.05': 10, '0.2': 15, '+Inf': 15 }, 2);
    // 10 more requests in 1 s more; of the 10 below 50 ms five may be from before.
    expect(summarize([look(0, before), look(10, after)])?.ttft).toEqual({
      ...{ count: 10, mean_ms: 100, p50_ms: null, p99_ms: null },
    });
  });
});

describe('series of one number', () => {
  const level = (lines: readonly string[]) => summarize([look(0, lines), look(10, lines)])?.running?.max;

  it('are added up by engine and model, and not by the ranks of one engine, which tell the same', () => {
    expect(
      level([
        'sglang:num_running_reqs{model_name="m",tp_rank="0",pp_rank="0"} 7',
        'sglang:num_running_reqs{model_name="m",tp_rank="1",pp_rank="0"} 7',
      ]),
    ).toBe(7);
    expect(
      level([
        'sglang:num_running_reqs{model_name="m",tp_rank="0",dp_rank="0"} 7',
        'sglang:num_running_reqs{model_name="m",tp_rank="1",dp_rank="1"} 5',
      ]),
    ).toBe(12);
    expect(level(['vllm:num_requests_running{engine="0"} 7', 'vllm:num_requests_running{engine="1"} 7'])).toBe(14);
  });

  it('count a request once: of the steps of an ensemble nobody knows which are requests', () => {
    const page = (count: number, models: readonly string[]) =>
      ['nv_trt_llm_request_metrics{request_type="scheduled"} 1'].concat(
        models.map((model) => `nv_inference_request_success{model="${model}",version="1"} ${count}`),
      );
    const count = (models: readonly string[]) =>
      summarize([look(0, page(0, models)), look(10, page(10, models))])?.requests;
    expect(count(['tensorrt_llm'])).toBe(10);
    expect(count(['ensemble', 'preprocessing', 'tensorrt_llm', 'postprocessing'])).toBeNull();
  });

  it('are the same in whichever order their labels are: 70 tokens are not the 9,070 of a new series', () => {
    const page = (labels: string, count: number) => [`vllm:prompt_tokens_total{${labels}} ${count}`];
    const readings = [
      look(0, page('engine="0",model_name="m"', 9000)),
      look(10, page('model_name="m",engine="0"', 9070)),
    ];
    expect(summarize(readings.map((reading) => ({ ...reading, isWhole: true })))?.prompt_tokens).toBe(70);
  });

  it('with the ending of a count and without it are one', () => {
    const page = (count: number) => [`vllm:prompt_tokens ${count}`, `vllm:prompt_tokens_total ${count}`];
    expect(summarize([look(0, page(0)), look(10, page(70))])?.prompt_tokens).toBe(70);
  });
});

describe('histograms', () => {
  it('are those of the last look, since the looks beside the load leave them out', () => {
    const page = (count: number) => [
      `vllm:time_to_first_token_seconds_sum ${count / 10}`,
      `vllm:time_to_first_token_seconds_count ${count}`,
    ];
    const running = ['vllm:num_requests_running 3'];
    // The load is from 1 to 9 s; the look at 9.5 s is one of those beside it.
    const readings = [look(0.5, [...running, ...page(5)]), look(2, running), look(9.5, running), look(9.9, page(15))];
    const summary = summarizeServer(buildServerSeries(readings), { fromMs: 1000, toMs: 9000 });
    expect(summary?.ttft).toMatchObject({ count: 10, mean_ms: expect.closeTo(100, 9) });
  });
});

describe('what OpenMetrics adds to a page', () => {
  it('is read over: exemplars, times of creation, and its end', () => {
    const page = (count: number) => [
      '# TYPE vllm:request_success counter',
      `vllm:request_success_total{finished_reason="stop"} ${count}.0 1700000000.123 # {trace_id="a b"} 1.0`,
      `vllm:request_success_created{finished_reason="stop"} 1.7e+09`,
      `vllm:time_to_first_token_seconds_bucket{le="0.1"} ${count} # {trace_id="x"} 0.067 1700000000.123`,
      `vllm:time_to_first_token_seconds_bucket{le="+Inf"} ${count}`,
      `vllm:time_to_first_token_seconds_sum ${count * 0.05}`,
      `vllm:time_to_first_token_seconds_count ${count}`,
      '# EOF',
    ];
    expect(summarize([look(0, page(4)), look(10, page(14))])).toMatchObject({
      ...{ requests: 10, ttft: { count: 10, mean_ms: expect.closeTo(50, 9), p50_ms: expect.closeTo(50, 9) } },
    });
  });
});

describe('energy by counters', () => {
  const energy = (millijoules: number, labels = '', uuid = 'a') =>
    `DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION{UUID="${uuid}"${labels}} ${millijoules}`;

  it('goes on where a device gets other labels, since it is as old as the device', () => {
    const readings = [
      look(0, [energy(8e9, ',pod=""')]),
      look(4, [energy(8e9 + 400_000, ',pod=""')]),
      look(7, [energy(8e9 + 700_000, ',pod="llm"')]),
      look(10, [energy(8e9 + 1_000_000, ',pod="llm"')]),
    ];
    // 1000 J of one card; not eight million.
    expect(summarize(readings)?.gpu_energy_j).toBeCloseTo(1000, 6);
    // As a collector writes a counter's name.
    const renamed = readings.map(({ lines, ...reading }) => ({
      ...reading,
      lines: lines.map((line) => line.replace('{', '_total{')),
    }));
    expect(summarize(renamed)?.gpu_energy_j).toBeCloseTo(1000, 6);
    expect(summarize([look(0, []), look(5, [energy(8e9)]), look(10, [energy(8e9 + 5000)])])?.gpu_energy_j).toBeCloseTo(
      5,
      6,
    );
  });

  it('is not known where the page was not renewed in most of the run, and noted where in some', () => {
    // A page that is renewed every 30 s, and a look every second.
    const lookEvery = (seconds: number) =>
      Array.from({ length: seconds + 1 }, (_, at) => look(at, [energy(300_000 * Math.floor((at + 10) / 30))]));
    const short = summarize(lookEvery(10));
    expect(short).toMatchObject({ gpu_energy_j: null, gpu_energy_still_ratio: 1 });
    const long = summarize(lookEvery(100), 100);
    // Renewed at 20, 50 and 80 s, and not for 29 s after each.
    expect(long).toMatchObject({ gpu_energy_j: 900, gpu_energy_still_ratio: 0.29 });
    expect(notesOf(lookEvery(10))[0]).toBe(
      "The GPUs' counters of energy stood still for 100.0% of the run, so its energy is not known: have the exporter renew them more often, or run longer.",
    );
    const steady = Array.from({ length: 11 }, (_, at) => look(at, [energy(300_000 * at)]));
    expect(summarize(steady)).toMatchObject({ gpu_energy_j: 3000, gpu_energy_still_ratio: 0 });
    expect(notesOf(steady)).toEqual([]);
  });
});
