import fc from 'fast-check';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import {
  resolveTriggerInputs as resolveInputs,
  resolveTriggerReferences as resolveReferences,
  type ResolvedInputs,
} from './language/trigger-inputs.ts';
import { triggerScope, type CustomWebhookEvent } from './triggers/trigger-scope.ts';

const resolveTriggerInputs = (inputYaml: string, event: CustomWebhookEvent): ResolvedInputs =>
  resolveInputs(inputYaml, triggerScope(event));
const resolveTriggerReferences = (
  written: readonly string[],
  event: CustomWebhookEvent,
): ReturnType<typeof resolveReferences> => resolveReferences(written, triggerScope(event));

const yaml = (value: string): string =>
  `pipeline:\n  identifier: p\n  variables:\n    - name: v\n      type: String\n      value: ${value}\n`;

function resolve(value: string, payload: unknown, headers: Record<string, string> = {}): unknown {
  const resolved = resolveTriggerInputs(yaml(value), {
    payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
    headers,
  });
  if (resolved.kind === 'failed') return resolved;
  return (parse(resolved.inputYaml) as { pipeline: { variables: { value: unknown }[] } }).pipeline.variables[0]?.value;
}

describe('resolveTriggerInputs', () => {
  it.each([
    ['<+trigger.payload.tag>', { tag: 'v1' }, 'v1'],
    ['v-<+trigger.payload.tag>-x', { tag: 'v1' }, 'v-v1-x'],
    ['<+trigger.payload.none>', {}, 'null'],
    ['<+trigger.payload.count>', { count: 5 }, 5],
    ['<+trigger.payload.list>', { list: [1, 'a'] }, '[1,"a"]'],
    ['<+eventPayload.tag>', { tag: '1.10' }, '1.10'],
    ["<+trigger.header['X-Team']>", {}, 'blue'],
    ['<+pipeline.name>', {}, '<+pipeline.name>'],
  ])('reads %s', (value, payload, expected) => {
    expect(resolve(value, payload, { 'x-team': 'blue' })).toEqual(expected);
  });

  it('gives text that is no YAML back as it is', () => {
    const text = 'pipeline: [<+trigger.payload.x>';
    expect(resolveTriggerInputs(text, { payload: '{}', headers: {} })).toEqual({
      kind: 'resolved',
      inputYaml: text,
      known: new Map(),
    });
  });

  it('S9: tells what an expression that stays is going to give', () => {
    const resolved = resolveTriggerInputs(yaml('"v-<+trigger.payload.tag>"'), {
      payload: '{"tag":"<+x>"}',
      headers: {},
    });
    expect(resolved).toMatchObject({ kind: 'resolved', known: new Map([['v-<+trigger.payload.tag>', 'v-<+x>']]) });
  });

  it('S9: whatever a payload holds stays one value, and is never an expression', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('<+input>', 'a: b\n- c', '*x', '!!js/x', '"')),
        (tag) => {
          const found = resolve('<+trigger.payload.tag>', { tag });
          if (tag.includes('<+')) expect(found).toBe('<+trigger.payload.tag>');
          else expect(found).toBe(tag);
        },
      ),
    );
  });
});

describe('resolveTriggerReferences', () => {
  it.each([
    [['a', 'b'], {}, ['a', 'b']],
    [['set_<+trigger.payload.env>'], { env: 'prod' }, ['set_prod']],
    [["<+trigger.payload.sets.split(',')>", 'last'], { sets: 'a,b' }, ['a', 'b', 'last']],
    [['<+trigger.payload.list>'], { list: ['x', 'y'] }, ['x', 'y']],
    [['<+trigger.payload.none>'], {}, ['null']],
  ] as const)('%j of %j gives %j', (written, payload, references) => {
    const facts = { payload: JSON.stringify(payload), headers: {} };
    expect(resolveTriggerReferences(written, facts)).toEqual({ kind: 'resolved', references });
  });

  it('says what cannot be resolved', () => {
    const result = resolveTriggerReferences(['<+trigger.payload.a.b(>'], { payload: '{}', headers: {} });
    expect(result).toMatchObject({ kind: 'failed', message: expect.stringContaining('<+trigger.payload.a.b(>') });
  });
});
