import type { K6Thresholds } from '../../conditions/check-thresholds.ts';
import type { Gate } from '../../conditions/gates.ts';
import type { RequestRecord } from '../../measure/request-record.ts';
import type { ReadReport } from '../../records/node-read-report.ts';
import { choosePercentile, type PercentileRule } from '../../stats/percentile-rule.ts';
import { createErrorCounter, type ErrorStatistics } from '../../verdict/error-statistics.ts';
import { createGateJudge, type GateResult } from '../../verdict/judge-gates.ts';
import { createThresholdJudge } from '../../verdict/judge-thresholds.ts';
import type { ThresholdResult } from '../../verdict/threshold-result.ts';

/** What decides whether a run passes. */
export interface Conditions {
  readonly thresholds: K6Thresholds;
  readonly gates: readonly Gate[];
  /** true: an INVALID measurement does not pass. */
  readonly requireValid: boolean;
  /** Where the verdict goes as JUnit XML; null: into the folder. */
  readonly junit: string | null;
}

export const NO_CONDITIONS: Conditions = { thresholds: {}, gates: [], requireValid: false, junit: null };

/** What the records say of the conditions. */
interface Judgement {
  readonly thresholds: readonly ThresholdResult[];
  readonly gates: readonly GateResult[];
  readonly errors: ErrorStatistics;
  /** Lines about conditions that nobody could judge. */
  readonly notes: readonly string[];
}

/** Takes the records of a run in any order, and judges it. */
export interface RunJudge {
  add(record: RequestRecord): void;
  /**
   * @param engine what the engine found itself; empty where only the samples are there
   * @param missing requests that the engine finished and whose records are not there
   */
  judge(samples: ReadReport, rule: PercentileRule, engine: readonly ThresholdResult[], missing: number): Judgement;
}

export function createRunJudge(conditions: Conditions): RunJudge {
  const gateJudge = createGateJudge(conditions.gates);
  const thresholdJudge = createThresholdJudge(conditions.thresholds);
  const errorCounter = createErrorCounter();
  return {
    add(record) {
      gateJudge.add(record);
      thresholdJudge.add(record);
      errorCounter.add(record);
    },
    judge(samples, rule, engine, missing) {
      const { droppedIterations, tags } = samples;
      // No condition gets better by a request of which nothing is known.
      const unknownRequests = samples.unfinishedRequests + samples.lostRecords + missing;
      const incomplete = samples.requestsWithoutRecord + missing > 0;
      const { results, notes } = thresholdJudge.judge({
        engine,
        unfinishedRequests: unknownRequests,
        droppedIterations,
        incomplete,
        tags,
      });
      const gates = gateJudge.judge({
        percentile: choosePercentile(rule),
        unfinishedRequests: unknownRequests,
        droppedIterations,
      });
      return { thresholds: results, gates, errors: errorCounter.summarize(samples.unfinishedRequests), notes };
    },
  };
}
