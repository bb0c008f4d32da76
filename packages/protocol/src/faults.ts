/** Faults that a server can be told to make (`/bridle/api/faults`), for tests of those who talk to it. */
import { Type, type Static } from 'typebox';

const TEXT_MAX = 500;
const RULES_MAX = 100;
const DELAY_MS_MAX = 600_000;

const Pattern = Type.String({ minLength: 1, maxLength: TEXT_MAX, description: '`*` stands for any text.' });
const Delay = Type.Object(
  { kind: Type.Literal('delay'), ms: Type.Integer({ minimum: 0, maximum: DELAY_MS_MAX }) },
  { additionalProperties: false },
);
const HOW_OFTEN = {
  times: Type.Optional(Type.Integer({ minimum: 1, description: 'How often it happens; absent = always.' })),
  probability: Type.Optional(
    Type.Number({ minimum: 0, maximum: 1, description: 'Of each match; the seed decides. Absent = 1.' }),
  ),
};

export const RequestFault = Type.Object(
  {
    match: Type.Object(
      {
        method: Type.Optional(Type.String({ maxLength: TEXT_MAX })),
        path: Type.Optional(Pattern),
        header: Type.Optional(
          Type.Object(
            { name: Type.String({ minLength: 1, maxLength: TEXT_MAX }), value: Pattern },
            { additionalProperties: false },
          ),
        ),
      },
      { additionalProperties: false },
    ),
    ...HOW_OFTEN,
    action: Type.Union([
      Delay,
      Type.Object(
        {
          kind: Type.Literal('status'),
          status: Type.Unsafe<number>(Type.Integer({ enum: [429, 500, 501, 502, 503, 504] })),
          retryAfterSeconds: Type.Optional(Type.Integer({ minimum: 0, maximum: 86_400 })),
        },
        { additionalProperties: false },
      ),
      Type.Object({ kind: Type.Literal('reset') }, { additionalProperties: false }),
    ]),
  },
  { additionalProperties: false },
);
export type RequestFault = Static<typeof RequestFault>;

export const StepFault = Type.Object(
  {
    match: Type.Object(
      { pipeline: Type.Optional(Pattern), stage: Type.Optional(Pattern), step: Type.Optional(Pattern) },
      { additionalProperties: false },
    ),
    ...HOW_OFTEN,
    action: Type.Union([
      Delay,
      Type.Object(
        {
          kind: Type.Literal('fail'),
          message: Type.Optional(Type.String({ maxLength: TEXT_MAX })),
          errorTypes: Type.Optional(Type.Array(Type.String({ maxLength: TEXT_MAX }), { maxItems: 20 })),
        },
        { additionalProperties: false },
      ),
      Type.Object({ kind: Type.Literal('expire') }, { additionalProperties: false }),
    ]),
  },
  { additionalProperties: false },
);
export type StepFault = Static<typeof StepFault>;

export const FaultRules = Type.Object(
  {
    seed: Type.Optional(Type.Integer({ description: 'The same seed and the same calls give the same faults.' })),
    requests: Type.Optional(Type.Array(RequestFault, { maxItems: RULES_MAX })),
    steps: Type.Optional(Type.Array(StepFault, { maxItems: RULES_MAX })),
    triggers: Type.Optional(
      Type.Object(
        {
          delayMs: Type.Integer({ minimum: 0, maximum: DELAY_MS_MAX, description: 'Events stay QUEUED for so long.' }),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);
export type FaultRules = Static<typeof FaultRules>;

const Counts = Type.Object({ matched: Type.Integer(), applied: Type.Integer() });

export const FaultReport = Type.Object({
  rules: FaultRules,
  /** By the place of their rules. */
  requests: Type.Array(Counts),
  steps: Type.Array(Counts),
});
export type FaultReport = Static<typeof FaultReport>;
