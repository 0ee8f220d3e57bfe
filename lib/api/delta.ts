/** What a server says about tokens; null where it says nothing usable. */
export interface Usage {
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly cachedTokens: number | null;
  /** Tokens that were written to a cache; there only where `inputTokens` leaves out what a cache gave or took. */
  readonly writtenTokens?: number | null;
  /** Whether these are the counts of a server's timings, which count only where no usage came. */
  readonly isTimings: boolean;
}

/** What one event says about one choice. */
export interface ChoiceDelta {
  readonly index: number;
  readonly hasOutput: boolean;
  readonly finishReason: string | null;
}

/** One event of a completion stream, or the whole answer without streaming, as far as measuring needs it. */
export interface Delta {
  /**
   * `chunk`: choices or usage. `other`: neither, such as a ping; it moves no time. `error`: the server's words that it
   * failed. `malformed`: what cannot be read.
   */
  readonly kind: 'chunk' | 'other' | 'error' | 'malformed';
  /** Whether `choices` is there and not empty. */
  readonly hasChoices: boolean;
  /** Content, reasoning, a tool call, sound, a picture: something the model made. */
  readonly hasOutput: boolean;
  /** Visible answer text. */
  readonly hasContent: boolean;
  /** Reasoning, and no other output. */
  readonly isReasoning: boolean;
  /** Whether the output is in `message`, as in a whole answer: after chunks with a `delta` it repeats them. */
  readonly isWhole: boolean;
  readonly text: string;
  readonly choices: readonly ChoiceDelta[];
  readonly usage: Usage | null;
  /** Text in fields that nobody knows: their names, and the text. It is output where the answer has no other. */
  readonly unknownFields: readonly string[];
  readonly unknownText: string;
  /** The text of every kind but `chunk`, else empty. */
  readonly problem: string;
}
