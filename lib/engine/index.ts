export { askOnce } from './ask-once.ts';
export { runBundle } from './run-bundle.ts';
