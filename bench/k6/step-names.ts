/** Steps of measuring in k6, each with all before it: what a step costs is the difference to the one before. */
export const STEPS = ['count', 'clock', 'text', 'keep', 'read', 'record', 'format', 'add'] as const;
export type Step = (typeof STEPS)[number];
