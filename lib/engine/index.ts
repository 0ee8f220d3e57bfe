export type {
  EngineOptions,
  EngineProgress,
  EngineResult,
  ThresholdResult,
  TrendProgress,
} from './engine-options.ts';
export { runBundle } from './run-bundle.ts';
