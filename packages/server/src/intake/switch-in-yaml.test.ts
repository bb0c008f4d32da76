import { expect, it } from 'vitest';
import { switchInYaml } from './switch-in-yaml.ts';

it('changes one word and keeps the rest', () => {
  const yaml = 'trigger:\n  # on weekdays\n  name: t\n  enabled: true\n  inputYaml: |\n    pipeline: {}\n';
  expect(switchInYaml(yaml, false)).toBe(yaml.replace('true', 'false'));
});

it('adds the key where it is missing, and leaves what is no trigger', () => {
  expect(switchInYaml('trigger:\n  name: t\n', false)).toContain('enabled: false');
  expect(switchInYaml('other: 1\n', false)).toBe('other: 1\n');
});

it('leaves every number as it is written', () => {
  const conditions = '  spec:\n    - value: 12e4567\n    - value: 007\n    - value: 1.10\n';
  const off = switchInYaml(`trigger:\n  enabled: true\n${conditions}`, false);
  expect(off).toBe(`trigger:\n  enabled: false\n${conditions}`);
});
