import type { Milliseconds } from '../../shared/units.ts';
import { holds, parseThresholdExpression, type ThresholdExpression } from './expression.ts';
import type { ThresholdSetting } from './threshold-setting.ts';

/** A threshold and how it last came out. */
export class Threshold {
  readonly setting: ThresholdSetting;
  readonly expression: ThresholdExpression;
  ok = true;

  /** @throws {EngineError} exit code 104 when the expression is malformed */
  constructor(setting: ThresholdSetting) {
    this.setting = setting;
    this.expression = parseThresholdExpression(setting.source);
  }

  /** @param value what the sink reads; undefined (no value there) passes */
  judge(value: number | undefined): boolean {
    this.ok = value === undefined || holds(value, this.expression);
    return this.ok;
  }

  /** Whether a failure after `elapsed` ends the run. */
  aborts(elapsed: Milliseconds): boolean {
    const { abortOnFail, delayAbortEval } = this.setting;
    return abortOnFail && (delayAbortEval === null || delayAbortEval < elapsed);
  }
}
