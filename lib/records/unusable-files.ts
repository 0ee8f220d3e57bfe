import { ConfigError, type Problem } from '../shared/errors.ts';

/** Why files cannot be read as one run, and what to do instead. */
export interface UnusableFile {
  /** The file or files, as the user named them. */
  readonly file: string;
  /** What is wrong, so that it reads on from the name: `is a PNG image`. */
  readonly fault: string;
  readonly todo: string;
}

const ALLOWED = 'records of one run: what k6 run --console-output FILE or --out json=FILE wrote, plain or .gz';

function toProblem({ file, fault, todo }: UnusableFile): Problem {
  return { key: 'results file', got: `${file}, which ${fault}`, allowed: ALLOWED, paste: todo };
}

/** Bad input of which the first line says already what it is and what to do. */
export class UnusableFilesError extends ConfigError {
  constructor(files: readonly UnusableFile[]) {
    super(files.map(toProblem));
    this.message = files.map(({ file, fault, todo }) => `${file} ${fault}; ${todo}`).join('\n');
  }
}
