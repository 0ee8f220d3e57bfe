/** What a piece of text says: what holds, what is to be doubted, what does not hold, and what names a line. */
export type Tone = 'good' | 'doubt' | 'bad' | 'label';

/** Colours a text for a terminal, or leaves it as it is. */
export type Paint = (tone: Tone, text: string) => string;

export const PLAIN: Paint = (_, text) => text;
