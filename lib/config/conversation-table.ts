import { delay } from './delay-type.ts';
import { duration } from './duration-type.ts';
import { textOrFile } from './file-types.ts';
import { lengthSpread } from './length-type.ts';
import type { FlagRow } from './parameter.ts';
import { choice, integer, onOff, text } from './scalar-types.ts';

/** Settings of datasets whose prompts are conversations. */
export const CONVERSATION_TABLE = {
  multiTurn: {
    group: 'Workload',
    type: onOff,
    default: false,
    help: "evalscope's word beside a dataset: its conversations are sent turn by turn, as those of multi-turn.",
  },
  minTurns: {
    type: integer(1),
    default: 1,
    example: ['2'],
    help: 'Leaves out conversations of fewer turns; of random-multi-turn the fewest that are made.',
  },
  maxTurns: {
    type: integer(1),
    defaultText: 'as many as there are',
    example: ['5'],
    help: 'Ends longer conversations there; of random-multi-turn the most that are made.',
  },
  history: {
    type: choice(['served', 'recorded']),
    default: 'served',
    example: ['recorded'],
    help: "What the next turns repeat: the service's own answers, or those of the file where it has some.",
  },
  turnDelay: {
    type: delay,
    defaultText: 'as the file says, else none',
    example: ['2s'],
    help: 'How long a user thinks before the next turn where the file does not say: 2s, uniform:1s,5s, exponential:2s, normal:2s,500ms, lognormal:2s,1s.',
  },
  systemPrompt: {
    type: textOrFile,
    defaultText: 'none',
    example: ['You are a helpful assistant.'],
    help: 'What all conversations begin with.',
  },
  sessionHeader: {
    type: text('the name of a header', /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/),
    example: ['X-Session-ID'],
    help: 'Header with the id of the conversation, by which routers send its turns to one server.',
  },
  users: {
    type: integer(1),
    example: ['20'],
    help: 'So many users, each of which starts a turn every users / rate seconds: with --rate the requests per second of all of them.',
  },
} as const satisfies Readonly<Record<string, FlagRow>>;

/** Settings of the dataset that makes conversations, beside those of random. */
export const RANDOM_TURNS_TABLE = {
  firstTurnLength: {
    group: 'Workload',
    type: lengthSpread,
    defaultText: 'input-len',
    example: ['1000'],
    help: 'random-multi-turn: tokens of the first turn.',
  },
  turnLength: {
    aliases: ['subsequent-turn-length'],
    type: lengthSpread,
    defaultText: 'input-len',
    example: ['uniform:50,200'],
    help: 'random-multi-turn: tokens that each later turn adds.',
  },
  conversationPrefixLength: {
    type: integer(0, 10_000_000),
    default: 0,
    example: ['2000'],
    help: 'random-multi-turn: more tokens of the first turn, of each conversation its own; prefix-length is of a system prompt that they share.',
  },
} as const satisfies Readonly<Record<string, FlagRow>>;

/** Settings of the dataset that plays what was recorded. */
export const TRACE_TABLE = {
  maxGapS: {
    group: 'Workload',
    flag: 'max-gap',
    type: duration(null),
    defaultText: 'as recorded',
    example: ['30s'],
    help: 'Cuts longer gaps of a trace, between starts and between the turns of a conversation, to this.',
  },
  startOffsetS: {
    flag: 'start-offset',
    type: duration(0),
    default: 0,
    example: ['10m'],
    help: 'Leaves out what starts before this time of the trace.',
  },
  endOffsetS: {
    flag: 'end-offset',
    type: duration(null),
    defaultText: 'its end',
    example: ['20m'],
    help: 'Leaves out what starts at this time of the trace, or later.',
  },
  turnRule: {
    type: choice(['idle-gap', 'timestamp']),
    default: 'idle-gap',
    example: ['timestamp'],
    help: 'When later turns of a trace start: as long after the end of the turn before as recorded, or at their time.',
  },
  matchOutputLength: {
    type: onOff,
    default: false,
    help: 'Makes answers as long as recorded, with max_tokens and ignore_eos.',
  },
} as const satisfies Readonly<Record<string, FlagRow>>;
