import { buildPercentileJson, buildSummaryJson } from '../../evalscope/quick-start.ts';
import type { ReadReport } from '../../records/node-read-report.ts';
import { createRunReportCollector } from '../../report/html/data/collect-run.ts';
import type { RunVerdict } from '../../report/text/check-list.ts';
import { renderJunit } from '../../report/text/junit.ts';
import { renderMarkdownNoRun } from '../../report/text/markdown-summary.ts';
import { writeNamedFile } from '../../shared/node-files.ts';
import { collectRunData } from '../../stats/run-data.ts';
import { summarizeData } from '../../stats/summarize-data.ts';
import { findNothingMeasured } from '../../verdict/nothing-measured.ts';
import type { ThresholdResult } from '../../verdict/threshold-result.ts';
import { judgeRun } from '../../verdict/validity.ts';
import { createFileGuard } from '../support/file-guard.ts';
import type { Report, ReportSettings } from './create-report.ts';
import type { Conditions } from './judge-run.ts';

/** A run that sent nothing. */
export interface NoRunSource {
  /** What the engine left before it ended. */
  readonly samples: ReadReport;
  /** What ended it, where the connection test did not. */
  readonly end: string | null;
  readonly model: string;
  readonly settings: ReportSettings;
  readonly conditions: Conditions;
}

/**
 * The report of a run that did not take place: no numbers, no verdict on the client, no folder; what CI systems read says
 * why. Conditions are listed as what nobody could judge.
 */
export function reportNoRun({ samples, end, model, settings, conditions }: NoRunSource): Report {
  const run = collectRunData([]);
  const summary = summarizeData(run, settings);
  const told = samples.connectionFailure ?? (end === null ? null : [`no request was sent: ${end}`]);
  const nothing = findNothingMeasured(summary, null, told);
  const thresholds = Object.entries(conditions.thresholds).flatMap(([metric, list]) =>
    list.map((item): ThresholdResult => {
      const expression = typeof item === 'string' ? item : item.threshold;
      return { metric, expression, ok: true, value: null };
    }),
  );
  const gates = conditions.gates.map(({ source, unit, operator, limit }) => ({
    ...{ gate: source, unit, operator, limit },
    ...{ value: null, margin: null, ok: false, note: 'there was no run' },
  }));
  const validity = judgeRun(summary, nothing);
  const verdict: RunVerdict = { thresholds, gates, validity, requireValid: conditions.requireValid, nothing };
  const guard = createFileGuard();
  const { junit } = conditions;
  if (junit !== null) {
    guard.attempt(junit, () => writeNamedFile(junit, renderJunit({ ...verdict, model, summary })));
  }
  const tell = (why: string): string => `${[why, ...guard.notes()].join('\n')}\n`;
  const text = tell(nothing?.text ?? '');
  // On a terminal, what the test said is on the screen already.
  const shown = samples.connectionFailure === null ? text : tell('nothing was measured: the connection test failed');
  return {
    summary,
    summaryJson: buildSummaryJson(summary, null),
    percentilesJson: buildPercentileJson(summary),
    text,
    show: ({ columns }) => (columns === undefined ? text : shown),
    thresholds: [],
    gates: [],
    validity,
    verdict,
    passed: false,
    markdown: renderMarkdownNoRun(model, verdict),
    samples,
    intervals: null,
    drift: [],
    charts: createRunReportCollector().build(run, {
      summary,
      validity,
      thresholds: [],
      nothing,
      notes: [],
      args: settings.args,
      percentileRule: settings.percentileRule,
    }),
  };
}
