import { describe, expect, it } from 'vitest';
import { RESET_FLAGS } from '../cli/run/reset-cache.ts';
import { DATASET_ARGS_FLAGS } from './dataset-args.ts';
import { DATASET_TABLES } from './dataset-tables.ts';
import { describeEnvironment, describeUnread } from './environment-settings.ts';
import { PARAMETERS } from './parameters.ts';
import { PROMPT_FLAGS } from './prompt-flags.ts';

const KEY = ['sk', 'Zq7xVb93LmN0pRtW'].join('-');

describe('describeEnvironment', () => {
  it('lists settings of the environment, with values that give nothing away', () => {
    expect(
      describeEnvironment(
        { MODEL: 'm', SEED: '7', URL: `http://u:${KEY}@h`, OPENAI_API_KEY: KEY, HOME: '/root', ENGINE: 'node' },
        {},
      ),
    ).toBe('settings from the environment: URL, MODEL, OPENAI_API_KEY, SEED=7, ENGINE=node');
    expect(describeEnvironment({ ANTHROPIC_API_KEY: KEY }, { URL: 'http://h/v1/messages' })).toContain('ANTHROPIC');
    expect(describeEnvironment({ ANTHROPIC_API_KEY: KEY }, { URL: 'http://h/v1' })).toBeNull();
  });

  it('leaves out what a flag says, what is empty, and what a shell sets', () => {
    expect(describeEnvironment({ MODEL: 'a', NUMBER: '', PROMPT: '$P$G' }, { MODEL: 'b' })).toBeNull();
    expect(describeEnvironment({ SEED: KEY }, {})).toBe('settings from the environment: SEED');
  });
});

/** What shells, GitHub, GitLab, Jenkins, CircleCI, Azure, Buildkite, Docker, Kubernetes, npm and Python set. */
const USUAL =
  'AGENT_ID AGENT_NAME API_URL AR BASH_ENV BRANCH_NAME BUILDKITE BUILD_ID BUILD_NUMBER BUILD_URL CC CHANGE_ID CI CI_API_V4_URL CI_COMMIT_SHA CI_JOB_ID CI_JOB_NAME CI_JOB_STAGE CI_JOB_TOKEN CI_NODE_INDEX CI_NODE_TOTAL CI_PIPELINE_ID CI_PROJECT_DIR CI_PROJECT_NAME CI_REGISTRY CI_RUNNER_ID CIRCLECI CIRCLE_BRANCH CIRCLE_JOB COLUMNS COLORTERM CONDA_PREFIX CXX DBUS_SESSION_BUS_ADDRESS DEBIAN_FRONTEND DEBUG DISPLAY DOCKER_HOST EDITOR ENV EXECUTOR_NUMBER FORCE_COLOR GITHUB_ACTIONS GITHUB_ENV GITHUB_JOB GITHUB_PATH GITHUB_REF GITHUB_SHA GITHUB_TOKEN GITLAB_CI GOPATH GOROOT HISTSIZE HOME HOST HOSTNAME HOSTTYPE HTTPS_PROXY HTTP_PROXY IFS IMAGE INIT_CWD JAVA_HOME JENKINS_HOME JENKINS_URL JOB_NAME JOB_URL KUBERNETES_PORT KUBERNETES_SERVICE_HOST LANG LANGUAGE LC_ALL LD_LIBRARY_PATH LESS LINES LOGLEVEL LOGNAME LOG_LEVEL LS_COLORS MAIL MAILTO MAKEFLAGS MODE MODULES NAME NAMESPACE NODE NODE_ENV NODE_NAME NODE_OPTIONS NODE_VERSION NO_COLOR NO_PROXY NPM_CONFIG_CACHE NUMBER_OF_PROCESSORS OLDPWD OPENAI_BASE_URL OPENAI_MODEL OPENAI_ORG_ID OS OSTYPE OUTPUT PAGER PATH PIPELINE_ID PORT PPID PROCESSOR_IDENTIFIER PROFILE PROJECT PROMPT_COMMAND PS1 PWD PYTHONPATH RANDOM REGION RELEASE REPO RUNNER_ARCH RUNNER_NAME RUNNER_OS RUNNER_TEMP RUNNER_TOOL_CACHE SECONDS SERVICE SESSION SHELL SHLVL SSH_AGENT_PID SSH_AUTH_SOCK STAGE STAGE_NAME SUDO_USER SYSTEM_DEBUG TAG TARGET TEAM TEMP TERM TERM_PROGRAM TMP TMPDIR TOKEN TRAVIS TZ UID USER USERNAME VERSION VIRTUAL_ENV VISUAL WORKSPACE XDG_RUNTIME_DIR K6_VUS K6_OUT K6_CLOUD_TOKEN LLM_PERF_HEADERS'.split(
    ' ',
  );

describe('describeUnread', () => {
  it.each([
    ['NUMBRE', 'NUMBER'],
    ['NUMBERS', 'NUMBER'],
    ['MODLE', 'MODEL'],
    ['PARALEL', 'PARALLEL'],
    ['TEMPRATURE', 'TEMPERATURE'],
    ['MAX_TOKEN', 'MAX_TOKENS'],
    ['DATASET-PATH', 'DATASET_PATH'],
    ['model', 'MODEL'],
    ['parallel', 'PARALLEL'],
    ['THRESHOLD', 'THRESHOLDS'],
    ['APIKEY', 'API_KEY'],
  ])('takes %s for %s', (name, meant) => {
    expect(describeUnread({ [name]: '3' })).toEqual([
      `${name} is not a setting, and nothing reads it: did you mean ${meant}?`,
    ]);
  });

  it('says nothing of the variables that systems and CI jobs set, nor of the settings themselves', () => {
    const environment = Object.fromEntries([...USUAL, 'NUMBER', 'MODEL', 'OPENAI_API_KEY'].map((name) => [name, 'x']));
    expect(describeUnread(environment)).toEqual([]);
  });

  it('names settings of every script that its report alone keeps', () => {
    for (const name of ['REQUIRE_VALID', 'REQUIRE_COLD', 'JUNIT', 'NO_TIMESTAMP'])
      expect(describeUnread({ [name]: 'on' })).toEqual([`${name} has no effect in this script`]);
    expect(describeUnread({ TABLES: 'none', SLICE: '10s', PRICE_INPUT: '1' })).toEqual([]);
  });

  it('names settings that the command line alone reads, or scripts of other datasets', () => {
    const all = [...PROMPT_FLAGS, ...DATASET_ARGS_FLAGS, ...RESET_FLAGS].map(({ env }) => env);
    // These two say nothing without another one.
    for (const name of all.filter((env) => !['APPLY_CHAT_TEMPLATE', 'PREFIX_ROLE'].includes(env)))
      expect(describeUnread({ [name]: '1' })).toEqual([`${name} has no effect in this script`]);
    const own = PARAMETERS.filter(({ name }) => !Object.hasOwn(DATASET_TABLES, name));
    for (const name of ['INPUT_LEN', 'MAX_TURNS', 'MULTI_TURN', 'PREFIX_LENGTH']) {
      expect(describeUnread({ [name]: '1' }, own)).toHaveLength(1);
      expect(describeUnread({ [name]: '1' })).toEqual([]);
    }
  });
});
