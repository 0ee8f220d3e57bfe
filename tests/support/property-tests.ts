import fc from 'fast-check';

/**
 * Property tests draw the same cases in every run, so that a change fails by what it changes and not by the draw.
 * `FUZZ_RUNS=10000 npm test -- lib` draws that many new ones for each property; a failure prints the seed that repeats it.
 */
const runs = process.env['FUZZ_RUNS'];

fc.configureGlobal(runs === undefined ? { seed: 20_261_125 } : { numRuns: Number(runs) });
