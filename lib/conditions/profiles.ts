import batch from '../../thresholds/batch.json';
import interactiveChat from '../../thresholds/interactive-chat.json';
import smoke from '../../thresholds/smoke.json';

/** The profiles that come with the project, as their files hold them; part of every bundle, a few hundred bytes. */
export const PROFILES: Readonly<Record<string, unknown>> = {
  'interactive-chat': interactiveChat,
  batch,
  smoke,
};
