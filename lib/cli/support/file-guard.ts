/** Writes the files of a report, of which one that cannot be written costs neither the tables nor the others. */
export interface FileGuard {
  /**
   * @param name what is written, as a note names it
   * @returns whether it worked
   * @throws what is not a problem of files or the database: a bug
   */
  attempt(name: string, write: () => void): boolean;
  /** A line for each that could not be written. */
  notes(): string[];
}

export function createFileGuard(): FileGuard {
  const failed = new Map<string, string>();
  return {
    attempt(name, write) {
      try {
        write();
        return true;
      } catch (error) {
        if (!isFromStorage(error)) throw error;
        if (!failed.has(name)) failed.set(name, error.message);
        return false;
      }
    },
    notes: () => [...failed].map(([name, message]) => `${name} could not be written: ${message}`),
  };
}

/** Errors of the file system have a code, those of SQLite a name. */
function isFromStorage(error: unknown): error is Error {
  return error instanceof Error && (error.name === 'SQLite3Error' || ('code' in error && 'syscall' in error));
}
