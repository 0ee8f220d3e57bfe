/** How one service says that something went wrong. */
export interface ServiceError {
  /** As names of shapes have it. */
  readonly name: string;
  /** For the documents. */
  readonly title: string;
  /** The status that it comes with outside a stream. */
  readonly status: number;
  readonly body: unknown;
}

/** Error objects as services write them. */
export const SERVICE_ERRORS: readonly ServiceError[] = [
  {
    name: 'openai',
    title: "OpenAI's `error` object",
    status: 429,
    body: {
      error: {
        message: 'Rate limit reached for requests per minute',
        type: 'requests',
        param: null,
        code: 'rate_limit_exceeded',
      },
    },
  },
  {
    name: 'vllm',
    title: "vLLM's `object: error`",
    status: 400,
    body: {
      object: 'error',
      message: "This model's maximum context length is 4096 tokens",
      type: 'BadRequestError',
      param: null,
      code: 400,
    },
  },
  {
    name: 'fastapi',
    title: "FastAPI's `detail`",
    status: 500,
    body: { detail: 'CUDA out of memory' },
  },
  {
    name: 'fastapi-list',
    title: "FastAPI's `detail` as a list of places",
    status: 422,
    body: { detail: [{ type: 'missing', loc: ['body', 'model'], msg: 'Field required', input: {} }] },
  },
  {
    name: 'azure',
    title: "Azure's content filter",
    status: 400,
    body: {
      error: {
        message: "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
        type: null,
        param: 'prompt',
        code: 'content_filter',
        status: 400,
        innererror: { code: 'ResponsibleAIPolicyViolation', content_filter_result: { hate: { filtered: true } } },
      },
    },
  },
  {
    name: 'anthropic',
    title: "Anthropic's `type: error`",
    status: 529,
    body: { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
  },
  {
    name: 'error-type',
    title: '`error_type` and `error_message` beside `choices: null`',
    status: 400,
    body: { id: 'x', choices: null, error_type: 'invalid_request', error_message: 'context length exceeded' },
  },
  {
    name: 'msg-code',
    title: '`code` and `msg`',
    status: 500,
    body: { code: 50505, msg: 'Model service overloaded. Please try again later.', data: null },
  },
  {
    name: 'google',
    title: "Google's list of one `error` with a status word",
    status: 503,
    body: [{ error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' } }],
  },
  {
    name: 'bedrock',
    title: "Bedrock's exception name and `message`",
    status: 429,
    body: { __type: 'ThrottlingException', message: 'Too many tokens, please wait before trying again.' },
  },
  {
    name: 'list',
    title: 'a list of `errors`',
    status: 500,
    body: { errors: [{ message: 'AiError: Inference timed out', code: 3046 }], success: false },
  },
  {
    name: 'text',
    title: '`error` as a text',
    status: 500,
    body: { error: 'an unknown error was encountered while running the model' },
  },
  {
    name: 'tgi',
    title: "Text Generation Inference's `error` and `error_type`",
    status: 422,
    body: { error: 'Input validation error: inputs must have less than 1024 tokens', error_type: 'validation' },
  },
  {
    name: 'bedrock-stream',
    title: "Bedrock's exception as a key",
    status: 424,
    body: { modelStreamErrorException: { message: 'The system encountered an unexpected error' } },
  },
  {
    name: 'minimax',
    title: "MiniMax's `base_resp`",
    status: 500,
    body: { choices: null, base_resp: { status_code: 1008, status_msg: 'insufficient balance' } },
  },
  {
    name: 'baidu',
    title: "Baidu's `error_code` and `error_msg`",
    status: 400,
    body: { error_code: 336_103, error_msg: 'the max length of current question is 4800' },
  },
  {
    name: 'tencent',
    title: "Tencent's `Response.Error`",
    status: 500,
    body: { Response: { Error: { Code: 'FailedOperation', Message: 'engine request timeout' }, RequestId: 'x' } },
  },
  {
    name: 'code-message',
    title: '`code` and `message`',
    status: 500,
    body: { code: 10_013, message: 'the content was not approved', sid: 'x' },
  },
  {
    name: 'status-word',
    title: 'a failed `status` and its `reason`',
    status: 500,
    body: { id: 'x', status: 'failed', reason: 'worker lost', choices: [] },
  },
];
