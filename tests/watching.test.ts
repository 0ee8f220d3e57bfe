import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { SAMPLE_METRICS, type SampleType } from '../lib/metrics/sample-metrics.ts';
import { startMockServer } from '../lib/mock/server.ts';
import { describeK6 } from './support/engines.ts';
import { listen } from './support/listen.ts';

/** The metrics of the scripts. */
const METRICS = new Map(SAMPLE_METRICS.map((metric) => [metric.name, metric]));

/** Those of k6 that the dashboards use. */
const K6_METRICS = ['vus'];

/** What docs/watching.md tells k6 to send of a Trend. */
const STATS = (/K6_PROMETHEUS_RW_TREND_STATS='([^']+)'/.exec(readFileSync('docs/watching.md', 'utf8'))?.[1] ?? '')
  .split(',')
  .map((stat) => stat.replace(/^p\((\d+)\)$/, 'p$1'));

/** k6's names in Prometheus, observed of v1.3 and v2.2: a suffix by kind, `_total` also where a name ends in it already. */
function namesInPrometheus(): Map<string, { readonly isTime: boolean }> {
  const names = new Map<string, { isTime: boolean }>(K6_METRICS.map((name) => [`k6_${name}`, { isTime: false }]));
  for (const [name, { type, isTime }] of METRICS) {
    const suffixes = { trend: STATS.map((stat) => `_${stat}`), counter: ['_total'], rate: ['_rate'], gauge: [''] }[
      type
    ];
    for (const suffix of suffixes) names.set(`k6_${name}${suffix}`, { isTime });
  }
  return names;
}

interface Panel {
  readonly title: string;
  readonly targets: readonly { readonly expr: string }[];
  readonly fieldConfig: { readonly defaults: { readonly unit: string } };
}
const GRAFANA = JSON.parse(readFileSync('deploy/grafana/dashboard.json', 'utf8')) as {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
};

describe('deploy/grafana/dashboard.json', () => {
  const known = namesInPrometheus();
  const panels = GRAFANA.panels.map((panel) => [panel.title, panel] as const);

  it('is about something', () => {
    expect(METRICS.get('llm_ttft')).toMatchObject({ type: 'trend', isTime: true });
    expect(STATS).toContain('p99');
    expect(panels.length).toBeGreaterThan(10);
  });

  it.each(panels)('asks for metrics that exist, under their names in Prometheus: %s', (_, { targets }) => {
    for (const { expr } of targets) {
      const named = [...expr.matchAll(/\bk6_\w+/g)].map(([name]) => name);
      expect(named).not.toEqual([]);
      expect(named.filter((name) => !known.has(name))).toEqual([]);
    }
  });

  it.each(panels)(
    'shows times in seconds, which k6 makes of them, and nothing else: %s',
    (_, { targets, fieldConfig }) => {
      const isTime = targets.map(({ expr }) => known.get(/\bk6_\w+/.exec(expr)?.[0] ?? '')?.isTime);
      expect(new Set(isTime)).toEqual(new Set([fieldConfig.defaults.unit === 's']));
    },
  );

  it('chooses by tags that a metric with every request carries', () => {
    const queries = GRAFANA.templating.list.flatMap(({ definition }) => definition ?? []);
    expect(queries.length).toBeGreaterThan(1);
    for (const query of queries) expect(query).toContain('k6_llm_requests_sent_total');
  });
});

describe('deploy/k6-dashboard/dashboard.json', () => {
  const text = readFileSync('deploy/k6-dashboard/dashboard.json', 'utf8');
  const queries = [...text.matchAll(/"query": "([^"]+)"/g)].map(([, query]) => query as string);

  it('draws metrics that exist, with what their kind has', () => {
    expect(queries.length).toBeGreaterThan(10);
    const fields = { trend: /avg|p\d+/, counter: /rate/, rate: /rate/, gauge: /value/ };
    for (const query of queries) {
      const [, name = '', field = ''] = /^(\w+)\[\?!tags && (.+)\]$/.exec(query) ?? [];
      const type = METRICS.get(name)?.type ?? (K6_METRICS.includes(name) ? 'gauge' : undefined);
      expect(type, query).toBeDefined();
      expect(field, query).toMatch(fields[type as SampleType]);
    }
  });
});

/** A server that takes whatever is posted to it and remembers the headers. */
async function startReceiver() {
  const headers: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    headers.push(request.headers);
    request.resume();
    request.on('end', () => response.writeHead(204).end());
  });
  return { headers, url: `http://127.0.0.1:${await listen(server)}`, close: () => server.close() };
}

describeK6('what follows --', () => {
  it('goes to k6: another output gets the run, and none of our headers', async () => {
    const mock = await startMockServer({ ttftMs: 2, tpotMs: 1, outputTokens: 3 });
    const prometheus = await startReceiver();
    const outputs = mkdtempSync(join(tmpdir(), 'watching-'));
    try {
      const { stdout } = await promisify(execFile)(
        process.execPath,
        [
          ...[
            join('dist', 'node', 'cli.js'),
            '--engine',
            'k6',
            '--url',
            `${mock.url}/v1`,
            '--model',
            'm',
            '--number',
            '3',
          ],
          ...['--headers', 'x-team=secret-team', '--outputs-dir', outputs, '--no-timestamp'],
          ...['--', '--out', 'experimental-prometheus-rw'],
        ],
        {
          env: {
            ...process.env,
            K6_PROMETHEUS_RW_SERVER_URL: `${prometheus.url}/api/v1/write`,
            // The flag wins over it; in this form k6 would take it.
            HEADERS: 'x-exported:secret',
          },
        },
      );
      expect(stdout).toMatch(/\| Succeed requests +\| 3 /);
      expect(prometheus.headers.length).toBeGreaterThan(0);
      expect(JSON.stringify(prometheus.headers)).not.toContain('secret');
      const timings = (await (await fetch(`${mock.url}/__timings`)).json()) as { headers: Record<string, string> }[];
      expect(timings.at(-1)?.headers['x-team']).toBe('secret-team');
    } finally {
      prometheus.close();
      await mock.close();
    }
  });
});
